"""What the gateway answers when no instance does."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from deploy_ui.gateway.routes import Grant, Route, RouteState
from tests.gateway.conftest import MAX_BODY_MB, Gateway, code, secret, serving
from tests.gateway.upstream import Upstream, answering, send_raw, unused_address

LIMIT = MAX_BODY_MB << 20


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 4096):
        yield b"x" * 4096
    yield b"x" * (size % 4096)


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/nope/", "/nope/a/b?c=d", "/aa", "/aa/", "/aa?b", "/A/", "/healthz", "/favicon.ico"]
)
def test_an_unknown_address_is_not_found(gateway: Gateway, upstream: Upstream, path: str) -> None:
    gateway.serve(serving("a", upstream.address))
    for key in ("", secret("a")):
        response = gateway.call(path, key)
        assert (response.status_code, code(response)) == (404, "deployment_not_found")


def test_nothing_is_served_before_any_route_is_written(gateway: Gateway) -> None:
    gateway.serve()
    assert code(gateway.call("/a/", secret("a"))) == "deployment_not_found"


@pytest.mark.parametrize("path", ["/a", "/a/", "/a?b", "/a/predict", "/a/-/calls"])
def test_a_deleted_deployment_is_gone_with_or_without_a_key(gateway: Gateway, path: str) -> None:
    gateway.serve(Route("a", RouteState.DELETED))
    for key in ("", secret("a")):
        response = gateway.call(path, key)
        assert (response.status_code, code(response)) == (410, "deployment_deleted")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (RouteState.WAITING, "deployment_not_ready"),
        (RouteState.STOPPED, "deployment_stopped"),
        (RouteState.FAILED, "deployment_failed"),
        (RouteState.SERVING, "deployment_not_ready"),
    ],
)
def test_without_instances_the_caller_is_told_why_and_when_to_come_back(
    gateway: Gateway, state: RouteState, expected: str
) -> None:
    gateway.serve(Route("a", state, grants=(Grant("k1"),)))
    response = gateway.call("/a/predict", secret("a"))
    assert (response.status_code, code(response)) == (503, expected)
    assert int(response.headers["retry-after"]) > 0


def test_who_comes_after_a_deployment_has_failed_is_told_the_reason_too(gateway: Gateway) -> None:
    gateway.serve(Route("a", RouteState.FAILED, grants=(Grant("k1"),), reason="out_of_memory"))
    assert gateway.call("/a/predict", secret("a")).json()["error"]["reason"] == "out_of_memory"


def test_instances_that_refuse_connections_are_not_ready(gateway: Gateway) -> None:
    gateway.serve(serving("a", unused_address()))
    response = gateway.call("/a/", secret("a"))
    assert (response.status_code, code(response)) == (503, "deployment_not_ready")
    assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize("path", ["/a/-/", "/a/-/calls/1", "/a/-/?b"])
def test_our_own_addresses_never_reach_an_instance(gateway: Gateway, upstream: Upstream, path: str) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.call(path, secret("a"))
    assert (response.status_code, code(response)) == (503, "calls_unavailable"), "no acceptor runs here"
    assert response.headers["retry-after"] == "1"
    assert upstream.seen == []


def test_a_body_up_to_the_limit_reaches_the_instance(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    headers = {"x-api-key": secret("a")}
    assert gateway.http.post("/a/", content=b"x" * LIMIT, headers=headers).json()["bytes"] == LIMIT
    assert gateway.http.post("/a/", content=chunks(LIMIT), headers=headers).json()["bytes"] == LIMIT


def test_a_declared_body_over_the_limit_is_refused_before_the_instance_sees_it(
    gateway: Gateway, upstream: Upstream
) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.http.post("/a/", content=b"x" * (LIMIT + 1), headers={"x-api-key": secret("a")})
    assert (response.status_code, code(response)) == (413, "body_too_large")
    assert upstream.seen == []


def test_a_chunked_body_over_the_limit_is_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.http.post("/a/", content=chunks(LIMIT + 1), headers={"x-api-key": secret("a")})
    assert (response.status_code, code(response)) == (413, "body_too_large")


def test_a_body_over_the_limit_without_a_key_is_a_missing_key(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert code(gateway.http.post("/a/", content=b"x" * (LIMIT + 1))) == "key_missing"


def close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def talk_nonsense(connection: socket.socket) -> None:
    connection.sendall(b"this is not HTTP\r\n\r\n")


@pytest.mark.parametrize("answer", [close, talk_nonsense])
def test_an_instance_that_breaks_off_is_a_bad_gateway(gateway: Gateway, answer: object) -> None:
    assert callable(answer)
    with answering(answer) as address:
        gateway.serve(serving("a", address))
        response = gateway.http.post("/a/", json={}, headers={"x-api-key": secret("a")})
        assert (response.status_code, code(response)) == (502, "instance_broke_off")


def test_a_request_that_an_instance_took_is_never_sent_again(gateway: Gateway) -> None:
    taken: list[socket.socket] = []
    with answering(taken.append) as address:
        gateway.serve(serving("a", address))
        assert gateway.http.post("/a/", json={}, headers={"x-api-key": secret("a")}).status_code == 502
        assert len(taken) == 1


def test_an_instance_that_answers_too_late_is_a_timeout(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address, timeout_s=1))
    response = gateway.call("/a/slow", secret("a"))
    assert (response.status_code, code(response)) == (504, "request_timeout")


def test_what_an_instance_answers_is_never_rewritten(gateway: Gateway) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 503 Mine\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\nmine")

    with answering(answer) as address:
        gateway.serve(serving("a", address))
        response = gateway.call("/a/", secret("a"))
        assert (response.status_code, response.text) == (503, "mine")
        assert response.headers["content-type"] == "text/plain"
        assert "retry-after" not in response.headers


def test_too_many_headers_are_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.http.get("/a/", headers={f"x-{number}": "1" for number in range(120)})
    assert (response.status_code, code(response)) == (431, "headers_too_large")


def test_headers_over_the_limit_are_refused(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.call("/a/", secret("a"), big="x" * 70_000)
    assert (response.status_code, code(response)) == (431, "headers_too_large")


def test_an_error_has_a_body_for_get_and_none_for_head(gateway: Gateway) -> None:
    response = gateway.http.head("/nope/")
    assert (response.status_code, response.text) == (404, "")


def test_what_is_not_http_gets_no_answer_from_an_instance(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    assert send_raw(gateway.port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").status in {0, 400}
    assert upstream.seen == []


def test_every_answer_carries_a_request_id(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    answers: list[httpx.Response] = [gateway.call("/a/"), gateway.call("/a/", secret("a")), gateway.call("/nope")]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
