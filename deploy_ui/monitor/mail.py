"""Sends e-mail by the server in the settings."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from deploy_ui import clock
from deploy_ui.settings import mailbox, settings

TIMEOUT_S = 10
"""Of one step."""
DEADLINE_S = 45.0
"""Of all together; shorter than a notice is claimed for."""
READY = 220
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PRODUCT = "Deploy UI"


class NotSent(Exception):
    """The server did not take it; says why in its own words."""


def send(to: str, subject: str, body: str) -> None:
    """Send one message, or raise NotSent."""
    server = urlsplit(settings().smtp_url)
    if not server.hostname:
        raise NotSent("no mail server is set: DEPLOY_UI_SMTP_URL")
    try:
        message = _message(to, subject, body)
        connection = _connection(server)
        with _within(DEADLINE_S, connection), connection:
            _connect(connection, server)
            _sign_in(connection, server)
            connection.send_message(message)
    except (smtplib.SMTPException, MessageError, OSError, ValueError) as error:
        raise NotSent(_words(error)) from error


def sender() -> Address:
    """Return who e-mails come from: the setting, else an address at the console's host."""
    if settings().smtp_from:
        return mailbox(settings().smtp_from, PRODUCT)
    host = urlsplit(settings().console).hostname or "localhost"
    return Address(PRODUCT, "deploy-ui", "localhost" if ":" in host else host)


def _message(to: str, subject: str, body: str) -> EmailMessage:
    """Make the message. Its headers take no line breaks, whatever a deployment is called."""
    message = EmailMessage()
    message["From"] = sender()
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender().domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _connection(server: SplitResult) -> smtplib.SMTP:
    name = sender().domain
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(local_hostname=name, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return smtplib.SMTP(local_hostname=name, timeout=TIMEOUT_S)


@contextmanager
def _within(seconds: float, connection: smtplib.SMTP) -> Iterator[None]:
    """Cut the connection when the time is over: a server that sends a byte now and then never runs into a timeout."""

    def cut() -> None:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = threading.Timer(seconds, cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connect(connection: smtplib.SMTP, server: SplitResult) -> None:
    host = str(server.hostname)
    connection._host = host  # type: ignore[attr-defined]  # noqa: SLF001 -- TLS checks it; only a constructor that connects at once sets it
    code, words = connection.connect(host, server.port or PORTS[server.scheme])
    if code != READY:
        raise smtplib.SMTPConnectError(code, words)
    connection.ehlo()
    if server.scheme == "smtp" and connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())


def _sign_in(connection: smtplib.SMTP, server: SplitResult) -> None:
    if not server.username:
        return
    if not isinstance(connection.sock, ssl.SSLSocket) and server.hostname not in LOOPBACK:
        raise NotSent("the server offers no STARTTLS; the password was not sent in clear")
    connection.login(unquote(server.username), unquote(server.password or ""))


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__}: {error}".removesuffix(": ")
