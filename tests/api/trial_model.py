"""A model as a test request meets it: it echoes, drips, floods, and answers what it should not."""

import asyncio
import hashlib
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.gateway.upstream import Upstream

MB = 1024 * 1024


@dataclass
class Model(Upstream):
    """Answers by path; every answer says which instance gave it."""

    closed: threading.Event = field(default_factory=threading.Event)
    """Set when whoever asked for a stream has gone."""
    asked: list[str] = field(default_factory=list)
    """The path of every request."""
    answers: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = field(default_factory=dict)
    """Headers and body by path."""

    def reset(self) -> None:
        """Forget what was seen and what was to be answered."""
        super().reset()
        self.closed = threading.Event()
        self.answers.clear()
        self.asked.clear()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.asked.append(path)
        if path in self.answers:
            headers, body = self.answers[path]
            return await self._say(send, headers, iter([body]))
        if path in {"/drip", "/endless", "/large"}:
            left = asyncio.create_task(self._left(receive))
            pieces = {"/drip": self._drips, "/endless": _flood, "/large": _large}[path]()
            await self._say(send, [(b"content-type", b"text/plain")], pieces)
            left.cancel()
            return None
        return await (self._mirror if path == "/mirror" else self._tell)(scope, receive, send)

    async def _left(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.closed.set()
        self.over.set()
        self.gate.release()

    def _drips(self) -> Iterator[bytes]:
        for number in itertools.takewhile(lambda _: not self.over.is_set(), itertools.count()):
            yield f"drop {number}\n".encode()
            self.gate.acquire()

    async def _say(self, send: Any, headers: list[tuple[bytes, bytes]], pieces: Iterator[bytes]) -> None:
        own = [(b"x-instance", b"aaaaaa")]
        await send({"type": "http.response.start", "status": 200, "headers": [*own, *headers]})
        while not self.closed.is_set() and (piece := await asyncio.to_thread(next, pieces, b"")):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _mirror(self, _: Any, receive: Any, send: Any) -> None:
        """Send every piece back as it comes."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            await send({"type": "http.response.body", "body": message.get("body", b""), "more_body": more})

    async def _tell(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with what was asked."""
        body, more = bytearray(), True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            body += message.get("body", b"")
        told = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            "size": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "text": bytes(body[:10_000]).decode("latin-1"),
        }
        await self._say(send, [(b"content-type", b"application/json")], iter([json.dumps(told).encode()]))


def _flood() -> Iterator[bytes]:
    return itertools.repeat(b"x" * 65536)


def _large() -> Iterator[bytes]:
    return itertools.repeat(b"y" * MB, 100)
