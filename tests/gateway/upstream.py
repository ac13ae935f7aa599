"""Real small servers that stand in for instances, and a raw client that sends what no library would."""

import asyncio
import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from tests.ports import free_port
from tests.waiting import eventually

STREAMS = 100
"""More than any test leaves open."""
PATIENCE_S = 5
"""How long a raw client waits for the next bytes."""


@dataclass(frozen=True)
class Seen:
    """One request as it reached the instance."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass
class Upstream:
    """Answers every path with what it saw; `/stream` sends a chunk whenever told, `/slow` never answers."""

    name: str = "instance"
    address: str = ""
    seen: list[Seen] = field(default_factory=list)
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set when the first bytes of a body have come."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when streams are to end."""

    def reset(self) -> None:
        """Forget what was seen, and end every stream."""
        self.seen.clear()
        self.over.set()
        self.gate.release(STREAMS)
        self.gate, self.arrived, self.over = threading.Semaphore(0), threading.Event(), threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            return await self._talk(receive, send)
        headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in scope["headers"]]
        raw_path = scope["raw_path"].decode("latin-1")
        self.seen.append(Seen(scope["method"], raw_path, scope["query_string"].decode("latin-1"), headers))
        if scope["path"] == "/stream":
            return await self._stream(send)
        if scope["path"] == "/slow":
            while (await receive())["type"] != "http.disconnect":
                pass
            return None
        return await self._echo(receive, send)

    async def _echo(self, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
            self.arrived.set()
        body = json.dumps({"instance": self.name, "bytes": size}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        gate, over, number = self.gate, self.over, 0
        while not over.is_set():
            chunk = {"type": "http.response.body", "body": f"data: {number}\n\n".encode(), "more_body": True}
            await send(chunk)
            await asyncio.to_thread(gate.acquire)
            number += 1
        await send({"type": "http.response.body", "body": b""})

    async def _talk(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"{self.name} heard {message['text']}"})


@contextlib.contextmanager
def running(upstream: Upstream) -> Iterator[Upstream]:
    """Serve the upstream on a free port, in a thread."""
    config = uvicorn.Config(upstream, port=0, log_level="critical", lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    eventually(lambda: server.started)
    upstream.address = f"127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield upstream
    finally:
        upstream.reset()
        server.should_exit = server.force_exit = True
        thread.join()
        listening.close()


@contextlib.contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Listen on a free port; give every connection, once it has sent something, to `answer`, then close it."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                if connection.recv(65536):
                    answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def unused_address() -> str:
    """Return an address where nobody listens."""
    return f"127.0.0.1:{free_port()}"


@dataclass(frozen=True)
class RawAnswer:
    """What came back on a raw connection; status 0: nothing at all, or nothing like HTTP."""

    status: int
    text: str


def send_raw(port: int, data: bytes, *, answers: int = 1) -> RawAnswer:
    """Send bytes as they are; return what comes back until so many answers are whole, or nothing more comes."""
    received = b""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    with connection, contextlib.suppress(ConnectionError, TimeoutError):
        connection.sendall(data)
        while _whole(received) < answers and (chunk := connection.recv(65536)):
            received += chunk
    text = received.decode("latin-1")
    return RawAnswer(int(text.split(" ", 2)[1]) if text.startswith("HTTP/1.1 ") else 0, text)


def _whole(received: bytes) -> int:
    """Count the answers that have arrived to their end."""
    head, end, rest = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    size = int(length[1]) if length else 0
    return 1 + _whole(rest[size:]) if end and len(rest) >= size else 0
