"""Who delivers says in time that it lives, whatever else it does."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.models import Deliverer
from tests.jobs.delivery.delivering import Delivering
from tests.waiting import eventually_async

MANY = 100
"""More than the threads that all share."""


@pytest.fixture
def disk() -> Iterator[threading.Event]:
    """Give what a slow disk waits for; it is set at the end."""
    made = threading.Event()
    yield made
    made.set()


def beats() -> Sequence[datetime]:
    with reading() as session:
        return session.exec(select(Deliverer.beat_at)).all()


async def test_no_beat_waits_for_a_slow_disk(delivering: Delivering, disk: threading.Event) -> None:
    delivering.start()
    [begun_at] = await eventually_async(beats)
    writing = [asyncio.create_task(asyncio.to_thread(disk.wait)) for _ in range(MANY)]
    try:
        await eventually_async(lambda: beats()[0] > begun_at + timedelta(seconds=0.1))
    finally:
        disk.set()
        await asyncio.gather(*writing)
