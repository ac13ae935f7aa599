"""Sends e-mail by the server in the settings."""

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from deploy_ui import clock
from deploy_ui.settings import settings

TIMEOUT_S = 10
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
        with _connected(server) as connection:
            _sign_in(connection, server)
            connection.send_message(message)
    except (smtplib.SMTPException, MessageError, OSError, ValueError) as error:
        raise NotSent(_words(error)) from error


def sender() -> str:
    """Return the address that e-mails come from: the setting, else one at the console's host."""
    return settings().smtp_from or f"deploy-ui@{urlsplit(settings().console).hostname}"


def _message(to: str, subject: str, body: str) -> EmailMessage:
    """Make the message. Its headers take no line breaks, whatever a deployment is called."""
    message = EmailMessage()
    message["From"] = Address(PRODUCT, addr_spec=sender())
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender().rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _connected(server: SplitResult) -> smtplib.SMTP:
    host, port = str(server.hostname), server.port or PORTS[server.scheme]
    name = sender().rpartition("@")[2]
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=TIMEOUT_S, context=context)
    connection = smtplib.SMTP(host, port, local_hostname=name, timeout=TIMEOUT_S)
    try:
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
    except BaseException:
        connection.close()
        raise
    return connection


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
