"""Callbacks at work beside a test, with a clock and a resolver that the test moves."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from deploy_ui import clock
from deploy_ui.enums import CallbackStatus, CallStatus
from deploy_ui.jobs.delivery.callbacks import Callbacks
from deploy_ui.models import Call
from tests import factories
from tests.services.calls import ended_calls
from tests.waiting import eventually_async


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = clock.now()

    def __call__(self) -> datetime:
        return self.at

    def ahead(self, **by: float) -> None:
        self.at += timedelta(**by)


class Names:
    """A resolver for which every name leads to the next of these, and the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError("unknown")
        return found


class Sender:
    """Callbacks at work beside a test."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._tasks: list[asyncio.Task[None]] = []
        self.callbacks: Callbacks

    def start(self, **seams: Any) -> None:
        self.callbacks = Callbacks(now=self.clock, **seams)
        self._tasks.append(asyncio.create_task(self.callbacks.run()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def call(self, url: str, **values: Any) -> str:
        """Let a call have ended just now."""
        pending = {"callback_url": url, "callback_status": CallbackStatus.PENDING, "callback_due_at": self.clock()}
        ended = {"status": CallStatus.COMPLETED, "answer_status": 200, "attempts": 1, "finished_at": self.clock()}
        return factories.call(factories.deployment(), **{**pending, **ended, **values})


async def becomes(call: str, status: CallbackStatus, attempts: int = 1) -> Call:
    """Wait until a call's callback is at rest with this status after so many tries."""

    def row() -> Call | None:
        found = ended_calls.row(call)
        fits = (found.callback_status, found.callback_attempts) == (status, attempts)
        return found if fits and (found.callback_message or status != CallbackStatus.PENDING) else None

    found = await eventually_async(row)
    assert found is not None
    return found
