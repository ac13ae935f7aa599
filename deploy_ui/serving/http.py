"""The little of HTTP that the server needs above ASGI."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .refusals import ClientGone, Refusal

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
T = TypeVar("T")

GONE = 499
"""The status that the log shows for a client that did not wait."""
WATCH_AFTER_S = 0.05
REQUEST_ID = re.compile(rb"[A-Za-z0-9._:=-]{1,128}")
UNPRINTABLE = re.compile(rb"[^\x21-\x7e]")


class Broken(Exception):
    """An answer that had begun cannot be finished; the connection has to break."""


class Request:
    """One HTTP request."""

    __slots__ = ("id", "method", "path", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        given = self.header(b"x-request-id")
        self.id = str(given, "ascii") if REQUEST_ID.fullmatch(given) else os.urandom(8).hex()
        """The caller's `X-Request-Id`, or a new one where that is absent or no plain word."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers by lower-case name; of one given twice, the last."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.scope["headers"]}

    def header(self, name: bytes) -> bytes:
        """Return one header, empty if absent; `name` in lower case."""
        for each, value in self.scope["headers"]:
            if each == name:
                return bytes(value)
        return b""

    @property
    def shown_path(self) -> str:
        """The path as it came, without the query, safe to print in a log."""
        raw: bytes = self.scope.get("raw_path") or self.path.encode()
        return UNPRINTABLE.sub(b"?", raw[:2000]).decode("ascii")

    async def body(self) -> bytes:
        """Read the whole body, or raise ClientGone."""
        message = await self.receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            return bytes(message.get("body", b""))
        parts = []
        while True:
            if message["type"] == "http.disconnect":
                raise ClientGone
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)
            message = await self.receive()


@dataclass
class Response:
    """A whole answer, or one that goes on: then `rest` follows `body`."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    rest: AsyncGenerator[bytes, None] | None = None


def refused(refusal: Refusal) -> Response:
    """Turn a refusal into its answer."""
    return Response(refusal.status, refusal.body, headers=refusal.headers)


async def respond(response: Response, send: Send, extra: list[tuple[bytes, bytes]]) -> None:
    """Send the answer. When its rest breaks, the connection breaks too, so that nobody takes a part for the whole."""
    headers = [(b"content-type", response.content_type.encode()), *extra]
    headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    if response.rest is None:
        headers.append((b"content-length", b"%d" % len(response.body)))
    else:
        headers.append((b"cache-control", b"no-cache"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.rest is not None:
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        async with aclosing(response.rest) as parts:
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": response.body if response.rest is None else b""})


async def unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Await the work; when the client goes first, cancel it and raise ClientGone. The body must have been read."""
    watch = _Watch(receive)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.noticed():
            raise ClientGone from None
        raise
    finally:
        watch.end()


class _Watch:
    """Cancels the task that made it once the client has gone. It begins late: quick answers need no second task."""

    def __init__(self, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        self._receive = receive
        self._worker = asyncio.current_task()
        self._gone = False
        self._timer = loop.call_later(WATCH_AFTER_S, self._begin)
        self._watcher: asyncio.Task[None] | None = None

    def noticed(self) -> bool:
        """Say whether it was this watch that cancelled the task."""
        return self._gone and self._worker is not None and self._worker.uncancel() == 0

    def end(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    def _begin(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._worker is not None:
            self._gone = True
            self._worker.cancel()
