"""Deliverers at work beside a test, in its loop."""

import asyncio
from datetime import datetime
from typing import Any

from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.enums import CallStatus
from deploy_ui.jobs.delivery.deliverer import Deliverer, Pace
from deploy_ui.models import Call
from deploy_ui.models import Deliverer as Row
from tests.services.calls.ended_calls import row
from tests.waiting import eventually_async

QUICK: dict[str, Any] = {"look_s": 0.02, "beat_s": 0.05, "linger_s": 60.0, "rest_s": 0.02}


class Delivering:
    """Starts deliverers, and stops them at the end."""

    def __init__(self) -> None:
        self._started: list[tuple[Deliverer, asyncio.Task[None]]] = []

    def start(self, **pace: Any) -> tuple[Deliverer, "asyncio.Task[None]"]:
        """Start one; `pace` are fields of Pace."""
        made = Deliverer(Pace(**QUICK | pace))
        task = asyncio.create_task(made.run())
        self._started.append((made, task))
        return made, task

    async def stop(self) -> None:
        """Stop all; raise what one of them died of."""
        for deliverer, _ in self._started:
            deliverer.stop()
        await asyncio.gather(*(task for _, task in self._started))


async def becomes(call_id: str, status: CallStatus, attempts: int | None = None) -> Call:
    """Wait until a call has this status, after so many attempts if that is given."""

    def look() -> Call:
        found = row(call_id)
        assert found.status == status, found
        assert attempts is None or found.attempts == attempts, found
        return found

    return await eventually_async(look)


def beat() -> datetime:
    """Return when the only deliverer last said that it lives."""
    with reading() as session:
        return session.exec(select(Row.beat_at)).one()
