"""Answers that go on: one JSON object a line, until the client goes, the session ends, or the console ends."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

T = TypeVar("T")

PAUSE_S = 0.5
CHECK_EVERY_S = 15.0
"""How often the right to read is looked at again; an empty line is sent then, so that a dead connection is noticed."""
MEDIA_TYPE = "application/x-ndjson"

_ending = threading.Event()


def end() -> None:
    """Let all streams end by themselves: the console is about to."""
    _ending.set()


def ending() -> bool:
    """Say whether the console is about to end."""
    return _ending.is_set()


def ndjson(
    adapter: TypeAdapter[T],
    first: Iterable[T],
    more: Callable[[], list[T] | None],
    allowed: Callable[[], bool],
) -> StreamingResponse:
    """Stream `first`, then whatever `more` returns until it returns None, as long as the reader is allowed to."""
    return StreamingResponse(
        _lines(adapter, first, more, allowed),
        media_type=MEDIA_TYPE,
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _lines(
    adapter: TypeAdapter[T],
    first: Iterable[T],
    more: Callable[[], list[T] | None],
    allowed: Callable[[], bool],
) -> AsyncIterator[bytes]:
    yield _joined(adapter, first)
    check_at = time.monotonic() + CHECK_EVERY_S
    while not _ending.is_set():
        rows = await run_in_threadpool(more)
        if rows is None:
            return
        if rows:
            yield _joined(adapter, rows)
        else:
            await asyncio.sleep(PAUSE_S)
        if time.monotonic() > check_at:
            if not await run_in_threadpool(allowed):
                return
            yield b"\n"
            check_at = time.monotonic() + CHECK_EVERY_S


def _joined(adapter: TypeAdapter[T], rows: Iterable[T]) -> bytes:
    return b"".join(adapter.dump_json(row) + b"\n" for row in rows)
