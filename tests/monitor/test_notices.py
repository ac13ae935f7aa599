"""What receivers are told arrives at webhooks: at a real server on loopback."""

import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums.alerts import AlertKind, AlertPhase, ReceiverKind
from deploy_ui.models import AlertReceiver
from deploy_ui.monitor import letters
from deploy_ui.services import deployments
from deploy_ui.services.alerts import outbox, receivers
from deploy_ui.services.alerts.outbox import Notice
from deploy_ui.services.alerts.receivers import ReceiverRow
from deploy_ui.services.calls import callback_secrets
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests.monitor.notified import row, sending
from tests.services.alerts import watch
from tests.waiting import eventually

ERRORS = AlertKind.ERROR_RATE
FIRING, QUIET = AlertPhase.FIRING, AlertPhase.QUIET


class Hook:
    """A receiver of webhooks that answers as it is told."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.port = 0

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What it was told."""
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def hook() -> Iterator[Hook]:
    kept = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.statuses.pop(0) if kept.statuses else 204)
            self.send_header("location", f"http://127.0.0.1:{kept.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


def webhook(editor: Viewer, card: DeploymentCard, hook: Hook, language: str = "en") -> ReceiverRow:
    url = f"http://127.0.0.1:{hook.port}/hook?token=secret"
    return receivers.create(editor, card.slug, ReceiverKind.WEBHOOK, url, language)


def test_a_webhook_is_told_that_it_fires_and_that_it_is_over(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    webhook(editor, card, hook)
    with sending():
        watch.stand(card, ERRORS, FIRING, value=0.25)
        eventually(lambda: len(hook.got) == 1)
        watch.stand(card, ERRORS, QUIET)
        eventually(lambda: len(hook.got) == 2)
        eventually(lambda: row(editor, card).delivered and not row(editor, card).waiting)
    first, last = hook.bodies
    assert first == {
        "event": "firing",
        "alert": "error_rate",
        "deployment": card.slug,
        "name": card.name,
        "value": 0.25,
        "threshold": 0.05,
        "minutes": 5,
        "since": first["since"],
        "until": None,
        "outcome": None,
        "left_out": 0,
        "text": first["text"],
        "url": f"{settings().console}/deployments/{card.slug}/monitoring?view=alerts",
    }
    assert first["text"].startswith(
        f"Alert: {card.name}: Errors\n25 % of the answers of 5 min are 5xx; the limit is 5 %\nSince: "
    )
    assert first["text"].endswith(first["url"])
    assert last["text"].startswith(f"Over: {card.name}: Errors\nAt worst 25 %; the limit is 5 %\nSince: ")
    assert (last["event"], last["outcome"], last["since"]) == ("resolved", "recovered", first["since"])


def test_a_webhook_is_signed_as_callbacks_are(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    made = webhook(editor, card, hook)
    receivers.test(editor, card.slug, made.id)
    with sending():
        eventually(lambda: hook.got)
    [(headers, body)] = hook.got
    secret = base64.b64decode(callback_secrets.secret(editor, card.slug).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body)["event"] == "test"


def test_a_webhook_that_fails_is_tried_again_and_the_row_says_why(
    editor: Viewer, card: DeploymentCard, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook(editor, card, hook)
    hook.statuses = [500, 302]
    seen: list[str] = []
    real = outbox.sent

    def note(notice: Notice, **outcome: Any) -> None:
        seen.append(outcome["message"])
        real(notice, **outcome)

    monkeypatch.setattr(outbox, "sent", note)
    monkeypatch.setattr(outbox, "pause_s", lambda _: 0.0)
    watch.stand(card, ERRORS, FIRING)
    with sending():
        eventually(lambda: row(editor, card).delivered)
    assert (seen, len(hook.got)) == (["HTTP 500", "HTTP 302", ""], 3)
    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1


def test_tries_end_after_an_hour_and_their_pauses_grow() -> None:
    pauses = [outbox.pause_s(attempt) for attempt in range(1, 40)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert max(pauses) == outbox.LONGEST_PAUSE_S


def test_what_nobody_took_for_an_hour_is_given_up(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    webhook(editor, card, hook)
    watch.stand(card, ERRORS, FIRING)
    later = clock.now() + timedelta(hours=1)
    [notice] = outbox.due(later, 5)
    outbox.sent(notice, delivered=False, message="HTTP 500", now=later)
    assert (row(editor, card).waiting, row(editor, card).message) == (False, "HTTP 500")


def test_a_try_whose_sender_died_is_made_again(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    webhook(editor, card, hook)
    watch.stand(card, ERRORS, FIRING)
    now = clock.now()
    assert len(outbox.due(now, 5)) == 1
    assert outbox.due(now, 5) == []
    assert len(outbox.due(now + outbox.CLAIM, 5)) == 1


def test_what_was_taken_late_is_not_sent_again(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    webhook(editor, card, hook)
    watch.stand(card, ERRORS, FIRING)
    now = clock.now()
    [first] = outbox.due(now, 5)
    assert outbox.due(now + outbox.CLAIM, 5)
    outbox.sent(first, delivered=True, now=now + outbox.CLAIM)
    assert outbox.due(now + 3 * outbox.CLAIM, 5) == []


def test_tries_that_nobody_writes_down_end(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    webhook(editor, card, hook)
    watch.stand(card, ERRORS, FIRING)
    now = clock.now()
    tries = [len(outbox.due(now + number * outbox.CLAIM, 5)) for number in range(outbox.MOST_TRIES + 5)]
    assert sum(tries) == outbox.MOST_TRIES


def test_a_failure_that_nobody_foresaw_is_a_try_that_failed(
    editor: Viewer, card: DeploymentCard, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook(editor, card, hook)
    monkeypatch.setattr(letters, "payload", lambda _: 1 // 0)
    watch.stand(card, ERRORS, FIRING)
    with sending():
        eventually(lambda: row(editor, card).message.startswith("error "))
    assert hook.got == []


def test_a_private_address_is_refused_when_it_is_tried_too(
    editor: Viewer, card: DeploymentCard, hook: Hook, loopback: Callable[..., None]
) -> None:
    made = webhook(editor, card, hook)
    loopback(callback_networks="10.0.0.0/8")
    receivers.test(editor, card.slug, made.id)
    with sending():
        eventually(lambda: row(editor, card).message == "alert_url_refused")
    assert hook.got == []


def test_the_address_of_a_webhook_is_nowhere_to_be_seen(
    editor: Viewer, card: DeploymentCard, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    made = webhook(editor, card, hook)
    with sending():
        receivers.test(editor, card.slug, made.id)
        eventually(lambda: row(editor, card).tried_at)
    assert made.shown == f"http://127.0.0.1:{hook.port}"
    assert "secret" not in repr(row(editor, card)) + caplog.text
    with transaction() as session:
        assert "token" not in session.get_one(AlertReceiver, made.id).address_sealed


def test_after_a_name_was_changed_notices_say_the_new_one(editor: Viewer, card: DeploymentCard, hook: Hook) -> None:
    webhook(editor, card, hook)
    watch.stand(card, ERRORS, FIRING)
    deployments.change(editor, card.slug, deployments.Change(name="New name"))
    with sending():
        eventually(lambda: hook.got)
    assert hook.bodies[0]["name"] == "New name"
