"""Waiting for a condition: the only place under tests/ that sleeps."""

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_S = 0.02


def eventually(condition: Callable[[], T], timeout_s: float = 20) -> T:
    """Return the first truthy result; after the timeout fail with the last one. An AssertionError counts as falsy."""
    deadline = time.monotonic() + timeout_s
    while True:
        late = time.monotonic() > deadline
        try:
            result = condition()
        except AssertionError:
            if late:
                raise
        else:
            if result:
                return result
            if late:
                raise AssertionError(_message(condition, timeout_s, result))
        time.sleep(PAUSE_S)


async def eventually_async(condition: Callable[[], T | Awaitable[T]], timeout_s: float = 20) -> T:
    """Do the same in an event loop; the condition may be a coroutine function."""
    deadline = time.monotonic() + timeout_s
    while True:
        late = time.monotonic() > deadline
        try:
            answer = condition()
            result: T = await answer if inspect.isawaitable(answer) else answer
        except AssertionError:
            if late:
                raise
        else:
            if result:
                return result
            if late:
                raise AssertionError(_message(condition, timeout_s, result))
        await asyncio.sleep(PAUSE_S)


async def steadily(pause_s: float) -> AsyncGenerator[None, None]:
    """Yield at a steady pace, whatever was done in between; catch up where that took too long."""
    due = time.monotonic()
    while True:
        yield
        due += pause_s
        await asyncio.sleep(max(due - time.monotonic(), 0))


def _message(condition: Callable[[], object], timeout_s: float, result: object) -> str:
    name = getattr(condition, "__name__", repr(condition))
    return f"{name} ({inspect.getsourcefile(condition)}) was still {result!r} after {timeout_s} s"
