import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from redis import Redis

from deploy_ui.services import fleet, health
from deploy_ui.settings import settings


class Gateway(BaseHTTPRequestHandler):
    """Answers as the gateway does for a path that is no deployment's."""

    body = b'{"error": {"code": "deployment_not_found", "message": ""}}'

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name it has there
        """Say nothing."""


class SomethingElse(Gateway):
    """Another program on the gateway's port."""

    body = b"<html>hello</html>"


@pytest.fixture(params=[Gateway])
def gateway(request: pytest.FixtureRequest, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 -- the database's settings come first
    with HTTPServer(("127.0.0.1", 0), request.param) as server:
        monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(server.server_port))
        settings.cache_clear()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("gateway", "redis")
def test_all_parts_that_answer_are_told_so() -> None:
    fleet.beat()
    assert health.checks() == {"database": True, "redis": True, "controller": True, "gateway": True}


@pytest.mark.usefixtures("gateway")
def test_a_controller_that_does_not_beat_is_not_there(redis: Redis) -> None:
    fleet.beat()
    redis.delete(fleet.HEARTBEAT)
    assert health.checks()["controller"] is False


@pytest.mark.usefixtures("gateway")
def test_without_redis_neither_redis_nor_the_controller_is_there() -> None:
    assert health.checks() == {"database": True, "redis": False, "controller": False, "gateway": True}


@pytest.mark.parametrize("gateway", [SomethingElse], indirect=True)
@pytest.mark.usefixtures("gateway")
def test_another_program_on_the_gateways_port_is_not_the_gateway() -> None:
    assert health.checks()["gateway"] is False


@pytest.mark.usefixtures("database")
def test_a_port_that_nobody_listens_on_is_no_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(taken.getsockname()[1]))
        settings.cache_clear()
        assert health.checks()["gateway"] is False


def test_a_database_that_cannot_be_opened_is_not_there(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_DATABASE_URL", f"sqlite:///{data_dir}/no/such/folder.db")
    settings.cache_clear()
    assert health.checks()["database"] is False
