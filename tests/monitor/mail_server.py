"""A mail server on loopback that keeps what it got; as small as SMTP allows."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class MailServer:
    """What it says, and what it was sent."""

    port: int = 0
    refuses: bool = False
    """Answers every recipient with 550."""
    got: list[EmailMessage] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    secured: int = 0
    """Connections that went over to TLS."""


@contextmanager
def running(tls: ssl.SSLContext | None = None, *, always_tls: bool = False) -> Iterator[MailServer]:
    """Run one; with a context it offers STARTTLS, or speaks TLS from the beginning."""
    kept = MailServer()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if not (tls and always_tls):
                _greet(kept, self.request, tls)
                return
            with tls.wrap_socket(self.request, server_side=True) as connection:
                kept.secured += 1
                _greet(kept, connection, None)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: clients that break off are part of the tests."""

    with Server(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def dripping() -> Iterator[int]:
    """Run one that never finishes its first line, and never rests for long; give its port."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while not over.wait(0.05):
                self.request.sendall(b"2")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: it is left in the middle."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            over.set()
            server.shutdown()
            thread.join()


def _greet(kept: MailServer, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    _say(connection, "220 here")
    _talk(kept, connection, tls)


def _talk(kept: MailServer, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    with connection.makefile("rb") as lines:
        while line := lines.readline():
            word, _, rest = line.decode("latin-1").strip().partition(" ")
            if word == "STARTTLS" and tls:
                _say(connection, "220 go on")
                break
            if word == "data":
                _say(connection, "354 go on")
                kept.got.append(_message(iter(lines.readline, b".\r\n")))
            _say(connection, _answer(kept, word, rest, offers=["STARTTLS"] if tls else []))
        else:
            return
    with tls.wrap_socket(connection, server_side=True) as secured:
        kept.secured += 1
        _talk(kept, secured, None)


def _answer(kept: MailServer, word: str, rest: str, offers: list[str]) -> str:
    match word.upper():
        case "EHLO":
            return "\r\n".join(f"250-{each}" for each in ["here", *offers]) + "\r\n250 AUTH PLAIN"
        case "AUTH":
            kept.signed_in.append(rest)
            return "235 welcome"
        case "RCPT":
            return "550 no such mailbox" if kept.refuses else "250 fine"
        case "QUIT":
            return "221 bye"
        case _:
            return "250 fine"


def _message(lines: Iterator[bytes]) -> EmailMessage:
    return message_from_bytes(b"".join(lines), policy=policy.default)


def _say(connection: socket.socket, words: str) -> None:
    connection.sendall(f"{words}\r\n".encode())
