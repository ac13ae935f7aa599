"""What is not one request and one answer: streams, WebSockets, HTTP/2."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.http2 import answers_200
from tests.gateway.upstream import Upstream, answering, send_raw, unused_address


def test_a_streamed_answer_passes_chunk_by_chunk(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    with gateway.http.stream("GET", "/a/stream", headers={"x-api-key": secret("a")}) as response:
        chunks = response.iter_text()
        received = [next(chunks)]
        for _ in range(2):
            upstream.gate.release()  # the instance sends the next one only now
            received.append(next(chunks))
    assert received == ["data: 0\n\n", "data: 1\n\n", "data: 2\n\n"]


def test_a_streamed_request_passes_chunk_by_chunk(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))

    def body() -> Iterator[bytes]:
        yield b"first"
        assert upstream.arrived.wait(timeout=10)
        yield b"second"

    response = gateway.http.post("/a/", content=body(), headers={"x-api-key": secret("a")})
    assert response.json()["bytes"] == len("firstsecond")


def test_a_stream_may_take_longer_than_the_request_timeout(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, timeout_s=1))
    with gateway.http.stream("GET", "/a/stream", headers={"x-api-key": secret("a")}) as response:
        chunks = response.iter_text()
        began = time.monotonic()
        while time.monotonic() < began + 1.5:
            upstream.gate.release()
            assert next(chunks)


def test_a_stream_goes_on_while_the_deployments_instances_change(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    with gateway.http.stream("GET", "/a/stream", headers={"x-api-key": secret("a")}) as response:
        chunks = response.iter_text()
        assert next(chunks) == "data: 0\n\n"
        gateway.serve(serving("a", unused_address()))
        gateway.serve()
        upstream.gate.release()
        assert next(chunks) == "data: 1\n\n"


def test_a_stream_that_falls_silent_is_cut_off(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, timeout_s=1))
    stream = gateway.http.stream("GET", "/a/stream", headers={"x-api-key": secret("a")})
    with stream as response, pytest.raises(httpx.RemoteProtocolError):
        response.read()


def test_a_websocket_passes_both_ways(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    headers = {"x-api-key": secret("a")}
    with connect(f"ws://127.0.0.1:{gateway.port}/a/chat", additional_headers=headers, proxy=None) as socket:
        for word in ("one", "two"):
            socket.send(word)
            assert socket.recv(timeout=10) == f"instance heard {word}"


@pytest.mark.parametrize("slug", ["", "b"])
def test_a_websocket_needs_the_deployments_key(gateway: Gateway, upstream: Upstream, slug: str) -> None:
    gateway.serve(serving("a", upstream.address))
    headers = {"x-api-key": secret(slug)} if slug else {}
    with pytest.raises(InvalidStatus) as error:
        connect(f"ws://127.0.0.1:{gateway.port}/a/chat", additional_headers=headers, proxy=None)
    assert error.value.response.status_code == (403 if slug else 401)


def test_an_instance_without_websockets_is_told_as_an_error(gateway: Gateway) -> None:
    def ignore_the_upgrade(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    with answering(ignore_the_upgrade) as address:
        gateway.serve(serving("a", address))
        headers = {"x-api-key": secret("a")}
        with pytest.raises(InvalidStatus) as error:
            connect(f"ws://127.0.0.1:{gateway.port}/a/chat", additional_headers=headers, proxy=None)
    assert error.value.response.status_code == 400
    assert b'"websocket_refused"' in error.value.response.body


def test_an_upgrade_to_anything_but_a_websocket_is_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    head = f"GET /a/ HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: other\r\nx-api-key: {secret('a')}\r\n\r\n"
    assert send_raw(gateway.port, head.encode()).status == 400
    assert upstream.seen == []


def test_http2_with_prior_knowledge_is_served(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    pseudo = {":method": "GET", ":scheme": "http", ":path": "/a/x", ":authority": "gateway"}
    assert answers_200(gateway.port, pseudo | {"x-api-key": secret("a")})
    assert [request.path for request in upstream.seen] == ["/x"]


def test_http2_without_a_key_reaches_no_instance(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    pseudo = {":method": "GET", ":scheme": "http", ":path": "/a/x", ":authority": "gateway"}
    assert not answers_200(gateway.port, pseudo)
    assert upstream.seen == []
