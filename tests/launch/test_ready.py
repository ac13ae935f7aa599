import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy_ui.launch import ready
from deploy_ui.settings import Settings
from tests.ports import free_port


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Be a console that answers so; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("status", "body", "missing"),
    [
        (200, {"parts": {"database": "ok", "gateway": "ok"}}, []),
        (503, {"parts": {"database": "ok", "gateway": "down"}}, ["gateway"]),
        (500, {"error": {}}, ["console"]),
        (200, [], ["console"]),
    ],
)
def test_the_parts_that_do_not_answer_are_named(status: int, body: object, missing: list[str]) -> None:
    with answering(status, json.dumps(body).encode()) as port:
        assert ready.missing(Settings(console_port=port)) == missing


def test_an_answer_that_is_no_json_is_no_console() -> None:
    with answering(502, b"<html>") as port:
        assert ready.missing(Settings(console_port=port)) == ["console"]


def test_a_console_that_does_not_answer_is_missing() -> None:
    assert ready.missing(Settings(console_port=free_port())) == ["console"]


def test_a_console_that_listens_everywhere_is_asked_on_loopback() -> None:
    with answering(200, b'{"parts": {"database": "ok"}}') as port:
        assert ready.missing(Settings(console_host="0.0.0.0", console_port=port)) == []  # noqa: S104 -- what is tested
