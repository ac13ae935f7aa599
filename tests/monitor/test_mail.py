"""What receivers are told arrives by e-mail: at a real mail server on loopback."""

import base64
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums.alerts import AlertKind, AlertPhase, ReceiverKind
from deploy_ui.models import Deployment
from deploy_ui.monitor import mail
from deploy_ui.services.alerts import receivers
from deploy_ui.services.alerts.receivers import ReceiverRow
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests.jobs.delivery.receiver import contexts
from tests.monitor import mail_server
from tests.monitor.mail_server import MailServer, dripping
from tests.monitor.notified import row, sending
from tests.ports import free_port
from tests.services.alerts import watch
from tests.waiting import eventually


def mailed(editor: Viewer, card: DeploymentCard, language: str = "en") -> ReceiverRow:
    return receivers.create(editor, card.slug, ReceiverKind.EMAIL, "ops@example.org", language)


@pytest.fixture
def mails(loopback: Callable[..., None]) -> Iterator[MailServer]:
    with mail_server.running() as server:
        loopback(smtp_url=f"smtp://user:pass%20word@127.0.0.1:{server.port}", smtp_from="console@example.org")
        yield server


def test_an_e_mail_says_it_in_the_receivers_language(editor: Viewer, card: DeploymentCard, mails: MailServer) -> None:
    mailed(editor, card, "ru")
    watch.stand(card, AlertKind.ERROR_RATE, AlertPhase.FIRING, value=0.125)
    with sending():
        eventually(lambda: mails.got)
        eventually(lambda: row(editor, card).delivered)
    [message] = mails.got
    assert message["subject"].endswith(f"{card.name}: \u041e\u0448\u0438\u0431\u043a\u0438")
    assert (message["to"], message["from"]) == ("ops@example.org", "Deploy UI <console@example.org>")
    body = message.get_content()
    assert "12,5 %" in body
    assert f"/deployments/{card.slug}/monitoring?view=alerts" in body
    assert mails.signed_in == ["PLAIN " + base64.b64encode(b"\0user\0pass word").decode()]


def test_no_name_of_a_deployment_adds_a_header(editor: Viewer, card: DeploymentCard, mails: MailServer) -> None:
    made = mailed(editor, card)
    with transaction() as session:  # past the check of names, which refuses it
        session.get_one(Deployment, card.id).name = "A\r\nBcc: all@example.org\r\n\r\nHello"
    receivers.test(editor, card.slug, made.id)
    with sending():
        eventually(lambda: mails.got)
    [message] = mails.got
    assert message["bcc"] is None
    assert "Bcc: all@example.org" in message["subject"]


def test_a_mail_server_that_refuses_is_told_of(editor: Viewer, card: DeploymentCard, mails: MailServer) -> None:
    mails.refuses = True
    made = mailed(editor, card)
    receivers.test(editor, card.slug, made.id)
    with sending():
        eventually(lambda: row(editor, card).message == "550 no such mailbox")
    assert not row(editor, card).waiting


def test_a_mail_server_that_only_drips_is_left(
    editor: Viewer, card: DeploymentCard, loopback: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "DEADLINE_S", 0.5)
    with dripping() as port:
        loopback(smtp_url=f"smtp://127.0.0.1:{port}")
        receivers.test(editor, card.slug, mailed(editor, card).id)
        with sending():
            eventually(lambda: row(editor, card).message != "")
    assert not row(editor, card).delivered


@pytest.mark.parametrize(
    ("setting", "sender"),
    [
        ("", "Deploy UI <deploy-ui@localhost>"),
        ("x@example.org", "Deploy UI <x@example.org>"),
        ("Models <x@example.org>", "Models <x@example.org>"),
    ],
)
def test_who_letters_come_from(loopback: Callable[..., None], setting: str, sender: str) -> None:
    loopback(smtp_from=setting, console_host="::1")
    assert str(mail.sender()) == sender


def test_a_mail_server_that_is_not_there_is_told_of(
    editor: Viewer, card: DeploymentCard, loopback: Callable[..., None]
) -> None:
    loopback(smtp_url=f"smtp://127.0.0.1:{free_port()}")
    made = mailed(editor, card)
    receivers.test(editor, card.slug, made.id)
    with sending():
        eventually(lambda: "ConnectionRefusedError" in row(editor, card).message)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Serve a certificate that is trusted."""
    serves, trusts = contexts(tmp_path, "localhost")
    monkeypatch.setattr("deploy_ui.monitor.mail.ssl.create_default_context", lambda: trusts)
    return serves


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_speaks_tls(
    editor: Viewer, card: DeploymentCard, loopback: Callable[..., None], trusted: ssl.SSLContext, scheme: str
) -> None:
    with mail_server.running(trusted, always_tls=scheme == "smtps") as server:
        loopback(smtp_url=f"{scheme}://localhost:{server.port}")
        made = mailed(editor, card)
        receivers.test(editor, card.slug, made.id)
        with sending():
            eventually(lambda: row(editor, card).delivered)
    assert server.secured == 1


def test_a_certificate_of_another_name_is_not_taken(
    editor: Viewer, card: DeploymentCard, loopback: Callable[..., None], tmp_path: Path
) -> None:
    serves, _ = contexts(tmp_path, "localhost")
    with mail_server.running(serves, always_tls=True) as server:
        loopback(smtp_url=f"smtps://localhost:{server.port}")
        made = mailed(editor, card)
        receivers.test(editor, card.slug, made.id)
        with sending():
            eventually(lambda: "certificate" in row(editor, card).message.lower())
