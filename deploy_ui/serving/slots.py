"""How many requests run at once, and how many may wait for it."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

from .http import Receive, unless_gone
from .refusals import busy


class Slots:
    """A limit with a bounded queue, first come first served. Belongs to one event loop."""

    def __init__(self, concurrency: int, queue: int) -> None:
        self.concurrency = concurrency
        self.places = concurrency + queue
        self.inside = 0
        """Requests that hold a place: running, waiting, or still sending their body."""
        self.running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def place(self) -> "Place":
        """Take a place for `with`, or refuse at once with `instance_busy`."""
        if self.inside >= self.places:
            raise busy(self.places)
        self.inside += 1
        return Place(self)

    async def _acquire(self) -> None:
        if self.running < self.concurrency and not self._waiting:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()  # the slot was handed over in the same moment
            raise

    def _release(self) -> None:
        """Hand the slot to the first who still waits, or free it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.running -= 1


class Place:
    """One request's place, given back when its `with` ends."""

    __slots__ = ("_runs", "_slots")

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._runs = False

    def __enter__(self) -> Self:
        """Hold the place."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the place back, and the slot if it had its turn."""
        self._slots.inside -= 1
        if self._runs:
            self._slots._release()  # noqa: SLF001  the two are one thing

    async def turn(self, receive: Receive | None = None) -> None:
        """Wait until the request may run. With `receive`, raise ClientGone as soon as the client leaves the queue."""
        slots = self._slots
        if receive is None or slots.running < slots.concurrency:
            await slots._acquire()  # noqa: SLF001
        else:
            await unless_gone(slots._acquire(), receive)  # noqa: SLF001
        self._runs = True
