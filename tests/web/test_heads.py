"""Heads that no proxy would let through, sent to a real server by hand."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from deploy_ui.web import heads
from deploy_ui.web.heads import LARGEST_HEAD, BoundedHttp
from tests.waiting import eventually

PATIENCE_S = 10
MOST_SENT = 8 * 1024 * 1024


async def _size(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the size of the body."""
    size, more = 0, scope["type"] == "http"
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-size", str(size).encode())]})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def port() -> Iterator[int]:
    """Serve on a free port."""
    config = uvicorn.Config(_size, http=BoundedHttp, ws="none", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        eventually(lambda: server.started)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def answer(port: int, start: bytes, endless: bytes = b"") -> bytes:
    """Send the start, then pieces without end as long as the server takes them; return what it said."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(start)
        sent = 0
        try:
            while endless and sent < MOST_SENT:
                connection.sendall(endless)
                sent += len(endless)
        except ConnectionError:
            return b"cut off"
        assert not endless, "the server took it all"
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def post(*lines: bytes) -> bytes:
    return b"\r\n".join((b"POST / HTTP/1.1", b"Host: x", b"Connection: close", *lines))


@pytest.mark.parametrize(
    ("start", "endless"),
    [
        pytest.param(b"GET /", b"a" * 65536, id="address"),
        pytest.param(post(b"X: "), b"a" * 65536, id="header"),
        pytest.param(post(b""), b"X: a\r\n" * 10_000, id="headers"),
        pytest.param(post(b"Transfer-Encoding: chunked", b"", b"0", b"X: "), b"a" * 65536, id="trailer"),
        pytest.param(post(b"Transfer-Encoding: chunked", b"", b"1;"), b"a" * 65536, id="words of a chunk"),
    ],
)
def test_what_leads_nowhere_is_cut_off(port: int, start: bytes, endless: bytes) -> None:
    assert answer(port, start, endless) == b"cut off"


def test_a_head_that_is_too_long_is_told_so(port: int) -> None:
    said = answer(port, post(b"X: " + b"a" * (LARGEST_HEAD + 1)))
    assert said.startswith(b"HTTP/1.1 431 ")
    assert said.endswith(b'"message": "The request\'s headers are over the limit."}}')


def test_a_long_head_and_a_long_body_pass(port: int) -> None:
    size = 3 * LARGEST_HEAD
    head = post(b"X: " + b"a" * (LARGEST_HEAD // 2), b"Content-Length: %d" % size, b"", b"")
    assert answer(port, head + b"b" * size).count(b"x-size: %d\r\n" % size) == 1


def test_many_small_chunks_pass(port: int) -> None:
    count = LARGEST_HEAD
    chunked = post(b"Transfer-Encoding: chunked", b"", b"") + b"1\r\nb\r\n" * count + b"0\r\n\r\n"
    assert answer(port, chunked).count(b"x-size: %d\r\n" % count) == 1


def test_a_head_that_never_comes_ends_the_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_S", 0.2)
    assert answer(port, post(b"X: ")) == b""
    assert answer(port, b"") == b""


def test_a_body_may_take_longer_than_a_head(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_S", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as slow:
        slow.sendall(post(b"Content-Length: 1", b"", b""))
        assert answer(port, b"") == b""  # another connection's head is late by now
        slow.sendall(b"b")
        assert slow.recv(65536).startswith(b"HTTP/1.1 200 ")
