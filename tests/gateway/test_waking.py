"""A deployment without a ready instance: its requests wait, with the real Envoy and the real activator."""

import socket
import stat

import httpx
import pytest

from deploy_ui.gateway import gate, places
from deploy_ui.gateway.activator.client import held
from deploy_ui.gateway.routes import RouteState
from deploy_ui.settings import settings
from tests.gateway.callers import calling, chat, chunks, get_streamed, post, reason
from tests.gateway.conftest import Gateway, code, secret, serving, shut, waiting
from tests.gateway.http2 import answers_200
from tests.gateway.upstream import Upstream, answering, send_raw
from tests.waiting import eventually

LARGE = 900 * 1024


def wake(gateway: Gateway, *endpoints: str) -> None:
    """Do what the controller does when an instance has become ready."""
    gateway.serve(waiting("a", *endpoints))
    gate.write({})


def fall_asleep(gateway: Gateway) -> None:
    shut("a")
    gateway.serve(waiting("a"))


@pytest.mark.parametrize("size", [2, LARGE])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_that_came_too_early_is_answered(
    held_back: Gateway, upstream: Upstream, size: int, *, chunked: bool
) -> None:
    fall_asleep(held_back)
    with calling(lambda: post(held_back, content=chunks(size) if chunked else b"x" * size)) as [caller]:
        assert upstream.seen == []
        wake(held_back, upstream.address)
        response = caller.result(20)
    assert response.status_code == 200
    assert response.json()["bytes"] == (size // 4096 * 4096 if chunked else size)
    eventually(lambda: held() == {})


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_any_method_waits(held_back: Gateway, method: str) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    fall_asleep(held_back)
    head = f"{method} /a/p?q=%C3%A4 HTTP/1.1\r\nhost: x\r\nx-api-key: {secret('a')}\r\n\r\n"
    with answering(answer) as address, calling(lambda: send_raw(held_back.port, head.encode())) as [caller]:
        wake(held_back, address)
        assert caller.result(20).status == 200


def test_the_instance_gets_the_request_as_it_was_sent(held_back: Gateway, upstream: Upstream) -> None:
    fall_asleep(held_back)
    with calling(lambda: post(held_back, "/a/some/path?q=1&r=%20", patience="20")) as [caller]:
        wake(held_back, upstream.address)
        assert caller.result(20).status_code == 200
    [seen] = upstream.seen
    assert (seen.method, seen.path, seen.query) == ("POST", "/some/path", "q=1&r=%20")
    assert seen.header("x-api-key") == []


def test_a_streamed_answer_waits_and_streams(held_back: Gateway, upstream: Upstream) -> None:
    fall_asleep(held_back)
    with calling(lambda: get_streamed(held_back)) as [caller]:
        wake(held_back, upstream.address)
        upstream.gate.release()
        assert caller.result(20) == ["data: 0\n\n", "data: 1\n\n"]
        upstream.over.set()
        upstream.gate.release()


def test_a_websocket_waits(held_back: Gateway, upstream: Upstream) -> None:
    fall_asleep(held_back)
    with calling(lambda: chat(held_back, "hello")) as [caller]:
        wake(held_back, upstream.address)
        assert caller.result(20) == "instance heard hello"


def test_http2_waits(held_back: Gateway, upstream: Upstream) -> None:
    fall_asleep(held_back)
    pseudo = {":method": "GET", ":scheme": "http", ":path": "/a/x", ":authority": "gateway"}
    with calling(lambda: answers_200(held_back.port, pseudo | {"x-api-key": secret("a")})) as [caller]:
        wake(held_back, upstream.address)
        assert caller.result(20)


def test_a_caller_that_goes_away_in_the_middle_of_its_body_is_held_no_more(held_back: Gateway) -> None:
    fall_asleep(held_back)
    head = f"POST /a/ HTTP/1.1\r\nhost: x\r\nx-api-key: {secret('a')}\r\ncontent-length: {LARGE}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", held_back.port)) as connection:
        connection.sendall(head.encode() + b"x" * 32_000)
        eventually(lambda: held() == {"a": 1})
    eventually(lambda: held() == {})


def test_a_hundred_at_once_are_all_answered(held_back: Gateway, upstream: Upstream) -> None:
    fall_asleep(held_back)
    with calling(lambda: post(held_back), 100) as callers:
        wake(held_back, upstream.address)
        assert {caller.result(20).status_code for caller in callers} == {200}
    assert len(upstream.seen) == 100


def test_an_instance_that_was_there_before_the_requests_is_used_too(held_back: Gateway, upstream: Upstream) -> None:
    shut("a")
    held_back.serve(waiting("a", upstream.address))
    with calling(lambda: post(held_back)) as [caller]:
        gate.write({})
        assert caller.result(20).status_code == 200


def test_whoever_waits_in_vain_is_told_why_and_when_to_come_back(held_back: Gateway) -> None:
    shut("a", start_timeout_s=1, reason="image_building")
    held_back.serve(waiting("a", start_timeout_s=1))
    response = post(held_back)
    assert (response.status_code, code(response), reason(response)) == (503, "deployment_not_ready", "image_building")
    assert int(response.headers["retry-after"]) > 0


def test_a_caller_may_wait_shorter(held_back: Gateway) -> None:
    fall_asleep(held_back)
    response = post(held_back, patience="0.2")
    assert (response.status_code, code(response)) == (503, "deployment_not_ready")


def test_a_caller_may_not_wait_longer(held_back: Gateway) -> None:
    shut("a", start_timeout_s=1)
    held_back.serve(waiting("a", start_timeout_s=1))
    assert code(post(held_back, patience="3600")) == "deployment_not_ready"


@pytest.mark.parametrize("patience", ["soon", "9" * 50_000, "5\xff"], ids=["a word", "too long", "no text"])
def test_nonsense_about_waiting_is_refused(held_back: Gateway, patience: str) -> None:
    fall_asleep(held_back)
    headers = {b"x-api-key": secret("a").encode(), b"x-scale-up-timeout": patience.encode("latin-1")}
    response = held_back.http.get("/a/", headers=headers)
    assert (response.status_code, code(response)) == (400, "scale_up_timeout_wrong")
    assert "retry-after" not in response.headers


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        (RouteState.STOPPED, 503, "deployment_stopped"),
        (RouteState.FAILED, 503, "deployment_failed"),
        (RouteState.DELETED, 410, "deployment_deleted"),
    ],
)
def test_what_will_not_be_ready_is_said_at_once(
    held_back: Gateway, state: RouteState, status: int, expected: str
) -> None:
    fall_asleep(held_back)
    with calling(lambda: post(held_back), 3) as callers:
        shut("a", state, reason="" if state is RouteState.DELETED else "crashed")
        responses = [caller.result(20) for caller in callers]
    for response in [*responses, post(held_back)]:
        assert (response.status_code, code(response)) == (status, expected)
        assert ("retry-after" in response.headers) is (status == 503)


def test_a_refusal_has_no_body_for_head(held_back: Gateway) -> None:
    shut("a", RouteState.FAILED)
    held_back.serve(waiting("a"))
    response = held_back.http.head("/a/", headers={"x-api-key": secret("a")})
    assert (response.status_code, response.text) == (503, "")


def test_an_instance_that_is_silent_after_the_wait_is_a_timeout(held_back: Gateway, upstream: Upstream) -> None:
    shut("a")
    held_back.serve(waiting("a", upstream.address, timeout_s=1))
    with calling(lambda: post(held_back, "/a/slow")) as [caller]:
        gate.write({})
        response = caller.result(10)
    assert (response.status_code, code(response)) == (504, "request_timeout")


def test_a_wait_may_be_longer_than_the_request_timeout(held_back: Gateway, upstream: Upstream) -> None:
    shut("a", start_timeout_s=2)
    held_back.serve(waiting("a", upstream.address, timeout_s=1, start_timeout_s=2))
    response = post(held_back)
    assert (response.status_code, code(response)) == (503, "deployment_not_ready")
    assert response.elapsed.total_seconds() > 1.5


@pytest.mark.parametrize("key", ["", "revoked", "foreign", "nonsense"])
def test_who_has_no_good_key_wakes_nobody(held_back: Gateway, key: str) -> None:
    shut("a", start_timeout_s=5)
    held_back.serve(waiting("a", start_timeout_s=5))
    secrets = {"": "", "revoked": secret("a", "gone"), "foreign": secret("b"), "nonsense": "dk_x"}
    response = held_back.call("/a/", secrets[key], **{"x-scale-up-timeout": "5"})
    assert response.status_code in {401, 403}
    assert response.elapsed.total_seconds() < 2
    assert held() == {}


def test_a_body_over_the_limit_wakes_nobody(held_back: Gateway) -> None:
    fall_asleep(held_back)
    assert code(post(held_back, content=b"x" * (2 << 20))) == "body_too_large"
    assert held() == {}


def test_a_caller_that_goes_away_is_held_no_more(held_back: Gateway) -> None:
    fall_asleep(held_back)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"http://127.0.0.1:{held_back.port}/a/", headers={"x-api-key": secret("a")}, timeout=0.5)
    eventually(lambda: held() == {})


def test_other_deployments_are_not_held_up(held_back: Gateway, upstream: Upstream) -> None:
    shut("a")
    held_back.serve(waiting("a"), serving("b", upstream.address))
    with calling(lambda: post(held_back), 3):
        assert held_back.call("/b/", secret("b")).status_code == 200
        gate.write({})


def test_a_request_that_is_let_through_too_early_is_told_so(held_back: Gateway) -> None:
    held_back.serve(waiting("a"))
    response = post(held_back)
    assert (response.status_code, code(response)) == (503, "deployment_not_ready")


def test_nobody_else_on_the_machine_reaches_the_activator(held_back: Gateway) -> None:
    path = places.activator_socket(settings())
    assert held_back.folder in path.parents
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
