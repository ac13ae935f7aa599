"""From a caller's request to the row in the database."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import CallPriority, Phase, Wish
from deploy_ui.models import Deployment
from deploy_ui.services.calls import bodies
from deploy_ui.services.calls.bodies import MOST_IN_ROW
from deploy_ui.settings import settings
from tests import factories
from tests.acceptor.conftest import KEY_ID, Acceptor, calls, files
from tests.gateway.conftest import Gateway, code, secret
from tests.gateway.upstream import send_raw
from tests.waiting import eventually_async


async def test_what_is_accepted_is_in_the_database(acceptor: Acceptor) -> None:
    response = await acceptor.send("/predict?x=%2F1", body=b"question", content_type="text/plain")
    assert response.status_code == 202
    [call] = calls()
    base = str(acceptor.http.base_url).rstrip("/")
    assert response.json() == {
        "request_id": call.id,
        "status": "queued",
        "status_url": f"{base}/{acceptor.card.slug}/-/calls/{call.id}",
        "result_url": f"{base}/{acceptor.card.slug}/-/calls/{call.id}/result",
    }
    assert response.headers["location"] == response.json()["status_url"]
    assert (call.method, call.path, call.body_size, call.key_id) == ("POST", "/predict?x=%2F1", 8, KEY_ID)
    assert ["content-type", "text/plain"] in call.headers


async def test_the_model_gets_neither_the_key_nor_what_is_for_us(acceptor: Acceptor) -> None:
    await acceptor.send(x_request_timeout="5", idempotency_key="a", x_own="kept", x_deploy_ui_key="forged")
    [call] = calls()
    names = {name for name, _ in call.headers}
    assert "x-own" in names
    assert not {"x-api-key", "x-async-request", "x-request-timeout", "idempotency-key", "host"} & names
    assert not [each for each in names if each.startswith(("x-deploy-ui", "x-envoy"))]
    assert "dk_" not in str(call.headers)
    assert call.key_id == KEY_ID


async def test_a_key_of_the_consoles_own_has_no_id(acceptor: Acceptor) -> None:
    own = secret(acceptor.card.slug, "other", kind="console", lifetime=timedelta(minutes=5))
    assert (await acceptor.send(x_api_key=own)).status_code == 202
    assert [each.key_id for each in calls()] == [""]


async def test_terms_are_written_down(acceptor: Acceptor) -> None:
    terms: Any = {
        "x_request_timeout": "1.5",
        "x_health_timeout": "7",
        "x_full_live_timeout": "60",
        "x_max_attempts": "2",
    }
    await acceptor.send(**terms, x_priority="High", x_callback_url="https://8.8.8.8/hook")
    [call] = calls()
    assert (call.request_timeout_s, call.health_timeout_s, call.max_attempts) == (1.5, 7, 2)
    assert call.deadline_at is not None
    assert (call.deadline_at - call.created_at).total_seconds() == 60
    assert (call.priority, call.callback_url) == (CallPriority.HIGH.rank, "https://8.8.8.8/hook")


@pytest.mark.parametrize("name", ["x_request_timeout", "x_health_timeout", "x_full_live_timeout", "x_max_attempts"])
@pytest.mark.parametrize("value", ["soon", "-1", "0", "1e3", "nan", "inf", "9" * 400, "1,2", ""])
async def test_wrong_numbers_are_refused_by_name(acceptor: Acceptor, name: str, value: str) -> None:
    sent: Any = {name: value}
    response = await acceptor.send(**sent)
    assert (response.status_code, code(response)) == (400, "call_header_wrong")
    assert name.replace("_", "-") in response.json()["error"]["message"].lower()
    assert calls() == []


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://127.0.0.1/", "callback_refused"),
        ("http://[::1]:80/", "callback_refused"),
        ("http://localhost/x", "callback_refused"),
        ("http://10.0.0.1/", "callback_refused"),
        ("file:///etc/passwd", "callback_url_wrong"),
        ("ftp://example.org/", "callback_url_wrong"),
    ],
)
async def test_callbacks_that_may_not_be_made_are_refused_at_once(acceptor: Acceptor, url: str, refusal: str) -> None:
    response = await acceptor.send(x_callback_url=url)
    assert (response.status_code, code(response)) == (400, refusal)
    assert calls() == []


async def test_the_same_key_and_request_is_the_same_call(acceptor: Acceptor) -> None:
    together = await asyncio.gather(*(acceptor.send(idempotency_key="a", body=b"1") for _ in range(5)))
    later = await acceptor.send(idempotency_key="a", body=b"1")
    [call] = calls()
    assert {each.json()["request_id"] for each in (*together, later)} == {call.id}
    other = await acceptor.send(idempotency_key="a", body=b"2")
    assert (other.status_code, code(other)) == (409, "idempotency_conflict")
    assert (await acceptor.send(idempotency_key="b", body=b"1")).json()["request_id"] != call.id


async def test_a_long_body_goes_to_the_disk_and_a_repeat_leaves_nothing(acceptor: Acceptor) -> None:
    long = b"x" * (MOST_IN_ROW + 1)
    for _ in range(2):
        assert (await acceptor.send(idempotency_key="a", body=long)).status_code == 202
    [call] = calls()
    assert [each.read_bytes() for each in files()] == [long]
    assert b"".join(bodies.pieces(call.body_file)) == long


async def test_a_body_over_the_limit_leaves_nothing(acceptor: Acceptor) -> None:
    response = await acceptor.send(body=b"x" * ((2 << 20) + 1))
    assert (response.status_code, code(response)) == (413, "call_body_large")
    assert (calls(), files()) == ([], [])


async def test_a_body_may_be_longer_than_that_of_other_requests(acceptor: Acceptor) -> None:
    assert (await acceptor.send(body=b"x" * (3 << 19))).status_code == 202


async def test_a_body_that_is_cut_off_leaves_nothing(acceptor: Acceptor, gateway: Gateway) -> None:
    head = f"POST /{acceptor.card.slug}/x HTTP/1.1\r\nhost: a\r\nx-api-key: {acceptor.key}\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(f"{head}x-async-request: true\r\ncontent-length: 500000\r\n\r\n".encode() + b"x" * 300_000)
        await eventually_async(lambda: bool(files()))
    await eventually_async(lambda: not files())
    assert calls() == []


async def test_the_queue_has_an_end(acceptor: Acceptor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_MAX_QUEUED_CALLS", "3")
    settings.cache_clear()
    responses = await asyncio.gather(*(acceptor.send() for _ in range(5)))
    refused = [each for each in responses if each.status_code == 429]
    assert (len(calls()), len(refused), {code(each) for each in refused}) == (3, 2, {"calls_queue_full"})
    assert int(refused[0].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("wish", "phase", "status", "refusal"),
    [
        (Wish.STOP, Phase.STOPPED, 503, "deployment_stopped"),
        (Wish.RUN, Phase.FAILED, 503, "deployment_failed"),
        (Wish.DELETE, Phase.DELETED, 410, "deployment_deleted"),
    ],
)
async def test_a_deployment_that_does_not_serve_takes_none(
    acceptor: Acceptor, wish: Wish, phase: Phase, status: int, refusal: str
) -> None:
    with transaction() as session:
        deployment = session.get_one(Deployment, acceptor.card.id)
        deployment.wish, deployment.phase = wish, phase
    response = await acceptor.send()
    assert (response.status_code, code(response)) == (status, refusal)
    assert calls() == []


async def test_nobody_calls_without_a_key_of_the_deployment(acceptor: Acceptor) -> None:
    other = factories.deployment()
    assert (await acceptor.send(x_api_key="")).status_code == 401
    assert (await acceptor.send(x_api_key=secret(other.slug))).status_code == 403
    assert (await acceptor.send(x_api_key=secret(acceptor.card.slug, "unknown"))).status_code == 401
    assert calls() == []


async def test_only_the_word_true_asks_for_it(acceptor: Acceptor) -> None:
    assert (await acceptor.send(x_async_request="TRUE")).status_code == 202
    assert (await acceptor.send(x_async_request="false", x_scale_up_timeout="0")).status_code == 503
    assert len(calls()) == 1


async def test_a_request_that_would_become_something_else_is_no_call(acceptor: Acceptor) -> None:
    response = await acceptor.send(upgrade="websocket", connection="upgrade")
    assert response.status_code == 400
    assert calls() == []


async def test_a_key_in_an_odd_spelling_is_not_kept(acceptor: Acceptor) -> None:
    await acceptor.send(authorization=acceptor.key, x_other=f"key={acceptor.key}")
    [call] = calls()
    assert "dk_" not in str(call.headers)


async def test_a_header_that_cannot_be_kept_as_it_is_is_refused(acceptor: Acceptor, gateway: Gateway) -> None:
    head = f"POST /{acceptor.card.slug}/x HTTP/1.1\r\nhost: a\r\nx-api-key: {acceptor.key}\r\nconnection: close\r\n"
    raw = f"{head}x-async-request: true\r\ncontent-length: 0\r\n".encode() + b"x-thing: \xe9t\xe9\r\n\r\n"
    answer = await asyncio.to_thread(send_raw, gateway.port, raw)
    assert (answer.status, "call_path_wrong" in answer.text) == (400, True)
    assert calls() == []


async def test_a_repeat_of_an_accepted_call_is_answered_while_the_deployment_is_stopped(acceptor: Acceptor) -> None:
    first = await acceptor.send(idempotency_key="a")
    with transaction() as session:
        session.get_one(Deployment, acceptor.card.id).wish = Wish.STOP
    again = await acceptor.send(idempotency_key="a")
    assert (again.status_code, again.json()["request_id"]) == (202, first.json()["request_id"])
    assert (await acceptor.send(idempotency_key="b")).status_code == 503


async def test_a_full_disk_refuses_long_bodies_and_nothing_else(
    acceptor: Acceptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "KEPT_FREE_BYTES", 1 << 60)
    response = await acceptor.send(body=b"x" * (MOST_IN_ROW + 1))
    assert (response.status_code, code(response)) == (503, "calls_unavailable")
    assert (await acceptor.send()).status_code == 202
    assert files() == []
