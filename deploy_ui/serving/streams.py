"""Answers that come in parts: server-sent events, one JSON value a line, plain text, or bytes."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any, cast

from .json_out import BINARY, BYTES, to_json
from .refusals import Refusal, not_json
from .steps import Step, Stream
from .threads import Threads

AHEAD = 32
"""How many items a plain generator may be ahead of the client."""
EVENTS = "text/event-stream"
LINES = "application/x-ndjson"
TEXT = "text/plain; charset=utf-8"

_DONE = object()


class Form:
    """How the items of one stream are written; the first item and what the client accepts decide."""

    def __init__(self, first: object, accept: str) -> None:
        if EVENTS in accept:
            self.content_type = EVENTS
        elif isinstance(first, str):
            self.content_type = TEXT
        else:
            self.content_type = BYTES if isinstance(first, BINARY) else LINES

    def write(self, item: object, index: int) -> bytes:
        """Return one item's bytes, or raise `answer_not_json`."""
        path = f"item {index}"
        if self.content_type == EVENTS:
            text = item if isinstance(item, str) else to_json(item, path).decode()
            return "".join(f"data: {line}\n" for line in text.split("\n")).encode("utf-8", "replace") + b"\n"
        if self.content_type == LINES:
            return to_json(item, path) + b"\n"
        if self.content_type == TEXT and isinstance(item, str):
            return item.encode("utf-8", "replace")
        if self.content_type == BYTES and isinstance(item, BINARY):
            return bytes(item)
        raise not_json(path, f"{type(item).__name__} in a stream of {self.content_type.partition(';')[0]}")

    def write_fault(self, refusal: Refusal) -> bytes | None:
        """Return how the stream tells that it failed; None: its form has no room for that, so the connection breaks."""
        if self.content_type == EVENTS:
            return b"event: error\ndata: " + refusal.body + b"\n\n"
        return refusal.body + b"\n" if self.content_type == LINES else None


def read(stream: Stream, threads: Threads) -> AsyncGenerator[Any, None]:
    """Yield the finished items; closing it closes the author's generator."""
    if hasattr(stream.items, "__anext__"):
        return _async_items(cast("AsyncIterator[Any]", stream.items), stream, threads)
    return _plain_items(stream.items, stream, threads)


async def _async_items(items: AsyncIterator[Any], stream: Stream, threads: Threads) -> AsyncGenerator[Any, None]:
    try:
        async for item in items:
            yield await _finished(stream, item, threads)
    finally:
        if hasattr(items, "aclose"):
            await items.aclose()


async def _plain_items(items: Iterator[Any], stream: Stream, threads: Threads) -> AsyncGenerator[Any, None]:
    step = stream.finish
    apply = None if step is None or step.awaits else _applied(step, stream)
    pump = _Pump(items, apply)
    running = threads.run(pump.run)
    try:
        async for item in pump:
            yield await _finished(stream, item, threads) if apply is None else item
    finally:
        pump.stop()
        await asyncio.wait({running})


def _applied(step: Step, stream: Stream) -> Callable[[Any], Any]:
    return lambda item: step(item, stream.headers)


async def _finished(stream: Stream, item: Any, threads: Threads) -> Any:
    if stream.finish is None:
        return item
    if stream.finish.awaits:
        return await stream.finish(item, stream.headers)
    return await threads.run(stream.finish, item, stream.headers)


class _Pump:
    """Runs a plain generator in one thread from its first item to its last, a little ahead of the reader.

    One thread, because what an author opens around a `yield` may belong to the thread (`torch.no_grad()`, a lock).
    """

    def __init__(self, items: Iterator[Any], apply: Callable[[Any], Any] | None) -> None:
        self._items = items
        self._apply = apply
        self._loop = asyncio.get_running_loop()
        self._ready: deque[Any] = deque()
        self._news = asyncio.Event()
        self._room = threading.Semaphore(AHEAD)
        self._stopped = False
        self._error: BaseException | None = None

    def run(self) -> None:
        """Work in the thread until the generator ends or the reader has gone."""
        try:
            for item in self._items:
                self._room.acquire()
                if self._stopped:
                    break
                self._give(self._apply(item) if self._apply else item)
        except BaseException as error:  # noqa: BLE001  it is raised again where the reader is
            self._error = error
        finally:
            self._close()
            self._give(_DONE)

    def stop(self) -> None:
        """Let the thread end at its next item."""
        self._stopped = True
        self._room.release()

    async def __aiter__(self) -> AsyncGenerator[Any, None]:
        while True:
            while not self._ready:
                self._news.clear()
                await self._news.wait()
            item = self._ready.popleft()
            if item is _DONE:
                break
            self._room.release()
            yield item
        if self._error is not None:
            raise self._error

    def _give(self, item: Any) -> None:
        self._ready.append(item)
        self._loop.call_soon_threadsafe(self._news.set)

    def _close(self) -> None:
        try:
            if hasattr(self._items, "close"):
                self._items.close()
        except BaseException as error:  # noqa: BLE001
            self._error = self._error or error


async def collect(stream: Stream, threads: Threads) -> list[Any]:
    """Return all items, for the answers that have a fixed form."""
    async with aclosing(read(stream, threads)) as items:
        return [item async for item in items]
