import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import CallbackStatus, CallReason, CallStatus
from deploy_ui.models import Deployment
from deploy_ui.services.calls import bodies, callback_payloads, callback_secrets, callbacks
from deploy_ui.services.calls.callbacks import Callback, Outcome
from deploy_ui.services.deployments import DeploymentCard
from tests import factories
from tests.services.calls import ended_calls

pytestmark = pytest.mark.usefixtures("database")

URL = "https://receiver.example/hook"
JSON_TYPE = [["Content-Type", "application/json; charset=utf-8"]]
NOW = clock.now()
TOLD, FAILED = Outcome(CallbackStatus.DELIVERED), Outcome(CallbackStatus.FAILED, "HTTP 503")


def ended(card: DeploymentCard, **values: Any) -> str:
    """A call that has just ended and whose callback is due."""
    fields = {"status": CallStatus.COMPLETED, "answer_status": 200, "attempts": 1, "finished_at": NOW, **values}
    pending = {"callback_url": URL, "callback_status": CallbackStatus.PENDING, "callback_due_at": NOW}
    return factories.call(card, **{**pending, **fields})


def only() -> Callback:
    [found] = callbacks.due(NOW, 10)
    return found


def body(callback: Callback) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(callback.body)
    return read


def test_a_callback_that_cannot_be_made_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = (factories.deployment() for _ in range(2))
    calls = [ended(broken), ended(fine)]
    secret = callback_secrets.signing_secret

    def signing_secret(slug: str, version: int) -> bytes:
        if slug == broken.slug:
            raise PermissionError("the key is out of reach")
        return secret(slug, version)

    monkeypatch.setattr(callback_secrets, "signing_secret", signing_secret)
    assert [each.slug for each in callbacks.due(NOW, 10)] == [fine.slug]
    row = ended_calls.row(calls[0])
    assert (row.callback_status, row.callback_message) == (CallbackStatus.PENDING, "PermissionError")
    assert NOW < (row.callback_due_at or NOW) <= NOW + timedelta(seconds=1)
    late = NOW + callbacks.KEPT_TRYING
    assert [each.slug for each in callbacks.due(late, 10)] == [fine.slug]
    assert ended_calls.row(calls[0]).callback_status == CallbackStatus.FAILED


def test_a_callback_waits_no_longer_because_the_clock_was_set_back() -> None:
    call = ended(factories.deployment(), callback_due_at=NOW + timedelta(hours=3), callback_attempts=1)
    ended(factories.deployment(), callback_due_at=NOW + timedelta(seconds=callbacks.LONGEST_PAUSE_S))
    assert only().event_id == f"{call}-completed"
    assert callbacks.due(NOW, 10) == []


def test_what_is_due_is_claimed_once() -> None:
    call = ended(factories.deployment())
    assert callbacks.any_due(NOW)
    assert [each.attempt for each in callbacks.due(NOW, 10)] == [1]
    assert not callbacks.any_due(NOW)
    assert callbacks.due(NOW, 10) == []
    assert ended_calls.row(call).callback_attempts == 1


def test_a_claim_whose_holder_died_is_made_again() -> None:
    ended(factories.deployment())
    first = only()
    [second] = callbacks.due(NOW + callbacks.CLAIM, 10)
    assert (second.attempt, second.event_id, second.body) == (2, first.event_id, first.body)


def test_nothing_is_due_before_its_moment_or_without_a_wish() -> None:
    card = factories.deployment()
    ended(card, callback_due_at=NOW + timedelta(seconds=1))
    ended(card, callback_url="", callback_status=CallbackStatus.NONE)
    ended(card, callback_status=CallbackStatus.DELIVERED)
    assert callbacks.due(NOW, 10) == []


def test_first_tries_come_before_those_that_failed_already() -> None:
    card = factories.deployment()
    ended(card, callback_attempts=3, callback_due_at=NOW - timedelta(minutes=1))
    fresh = ended(card)
    [first] = callbacks.due(NOW, 1)
    assert first.event_id == f"{fresh}-completed"


def test_a_callback_that_was_taken_is_never_sent_again() -> None:
    call = ended(factories.deployment())
    callbacks.sent(only(), TOLD, NOW)
    row = ended_calls.row(call)
    assert (row.callback_status, row.callback_due_at, row.callback_message) == (CallbackStatus.DELIVERED, None, "")
    assert callbacks.due(NOW + timedelta(days=1), 10) == []


def test_a_refused_address_is_final() -> None:
    call = ended(factories.deployment())
    callbacks.sent(only(), Outcome(CallbackStatus.REFUSED, "callback_refused"), NOW)
    row = ended_calls.row(call)
    assert (row.callback_status, row.callback_due_at) == (CallbackStatus.REFUSED, None)
    assert row.callback_message == "callback_refused"


def test_tries_go_on_for_an_hour_with_growing_pauses_and_end_as_failed() -> None:
    call, now, pauses = ended(factories.deployment()), NOW, []
    while ended_calls.row(call).callback_status == CallbackStatus.PENDING:
        [callback] = callbacks.due(now, 10)
        callbacks.sent(callback, FAILED, now)
        due_at = ended_calls.row(call).callback_due_at
        if due_at is not None:
            pauses.append((due_at - now).total_seconds())
            now = due_at
    row = ended_calls.row(call)
    assert (row.callback_status, row.callback_message, row.callback_due_at) == (CallbackStatus.FAILED, "HTTP 503", None)
    assert timedelta(minutes=55) <= now - NOW <= timedelta(hours=1)
    assert 0.5 <= pauses[0] <= 1
    assert 16 <= pauses[5] <= 32
    assert 150 <= min(pauses[9:]) <= max(pauses) <= 300


def test_a_callback_that_nobody_could_send_for_hours_is_still_tried_once() -> None:
    call, late = ended(factories.deployment()), NOW + timedelta(hours=5)
    [callback] = callbacks.due(late, 10)
    callbacks.sent(callback, FAILED, late)
    assert ended_calls.row(call).callback_status == CallbackStatus.FAILED


def test_the_outcome_of_a_try_that_was_given_up_overwrites_nothing() -> None:
    call = ended(factories.deployment())
    late = only()
    [second] = callbacks.due(NOW + callbacks.CLAIM, 10)
    callbacks.sent(second, TOLD, NOW)
    callbacks.sent(late, FAILED, NOW)
    assert ended_calls.row(call).callback_status == CallbackStatus.DELIVERED


def test_the_body_tells_the_outcome_and_a_short_json_answer() -> None:
    card = factories.deployment()
    answer = b'{"score": 1.10, "big": 1e400}'
    call = ended(card, answer=answer, answer_headers=JSON_TYPE, started_at=NOW)
    callback = only()
    told = body(callback)
    address = f"http://127.0.0.1:8080/{card.slug}/-/calls/{call}"
    moment = NOW.isoformat().replace("+00:00", "Z")
    assert (told["type"], told["timestamp"]) == ("call.completed", moment)
    data = told["data"]
    assert (data["request_id"], data["deployment"], data["status"]) == (call, card.slug, "completed")
    assert (data["status_url"], data["result_url"]) == (address, f"{address}/result")
    assert (data["attempts"], data["started_at"], data["finished_at"]) == (1, moment, moment)
    response = data["response"]
    assert (response["status"], response["content_type"]) == (200, "application/json; charset=utf-8")
    assert response["size"] == len(answer)
    assert callback.body.endswith(b'"body": ' + answer + b"}}}")  # digit by digit as the model wrote it
    assert "reason" not in data


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        pytest.param([["content-type", "text/plain"]], b"{}", id="another type"),
        pytest.param([], b"{}", id="no type"),
        pytest.param([*JSON_TYPE, ["Content-Encoding", "gzip"]], b"{}", id="encoded"),
        pytest.param(JSON_TYPE, b"{", id="broken"),
        pytest.param(JSON_TYPE, b"NaN", id="not JSON but Python"),
        pytest.param(JSON_TYPE, b'"\xff"', id="not UTF-8"),
        pytest.param(JSON_TYPE, b"[" * 60_000, id="too deep"),
        pytest.param(JSON_TYPE, b"9" * 10_000, id="a number that is too long"),
        pytest.param(JSON_TYPE, b"", id="empty"),
    ],
)
def test_an_answer_that_is_no_plain_json_does_not_go_along(headers: list[list[str]], answer: bytes) -> None:
    ended(factories.deployment(), answer=answer, answer_headers=headers)
    response = body(only())["data"]["response"]
    assert response["size"] == len(answer)
    assert "body" not in response


@pytest.mark.parametrize(
    ("size", "goes"), [(callback_payloads.MOST_BODY, True), (callback_payloads.MOST_BODY + 1, False)]
)
def test_a_long_answer_goes_along_up_to_the_limit(size: int, *, goes: bool) -> None:
    keeper = bodies.Body("c_x.answer-1")
    keeper.add(b'"' + b"x" * (size - 2) + b'"')
    stored = keeper.store()
    ended(factories.deployment(), answer_headers=JSON_TYPE, answer_file=stored.file, answer_size=stored.size)
    assert ("body" in body(only())["data"]["response"]) is goes


def test_a_callback_is_sent_without_an_answer_whose_file_is_gone() -> None:
    ended(factories.deployment(), answer_headers=JSON_TYPE, answer_file="aa/gone", answer_size=100_000)
    assert "body" not in body(only())["data"]["response"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(CallStatus.ERROR, CallReason.ANSWERED_5XX), (CallStatus.CANCELED, CallReason.CANCELED)],
)
def test_a_call_without_an_answer_tells_why(status: CallStatus, reason: CallReason) -> None:
    ended(
        factories.deployment(), status=status, reason=reason, answer_status=503, answer=b"{}", answer_headers=JSON_TYPE
    )
    told = body(only())
    assert told["type"] == f"call.{status}"
    assert told["data"]["reason"] == reason
    assert "response" not in told["data"]


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    card = factories.deployment()
    call = ended(card)
    callback = only()
    headers = callback_payloads.headers(callback.event_id, callback.body, callback.secret, NOW)
    assert headers["webhook-id"] == f"{call}-completed"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), callback.body])
    wanted = base64.b64encode(hmac.digest(callback.secret, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"


def test_the_secret_that_is_valid_now_signs_later_tries() -> None:
    card = factories.deployment()
    ended(card)
    before = only()
    with transaction() as session:
        session.get_one(Deployment, card.id).callback_secret += 1
    [after] = callbacks.due(NOW + callbacks.CLAIM, 10)
    assert (after.body, after.event_id) == (before.body, before.event_id)
    assert after.secret != before.secret
