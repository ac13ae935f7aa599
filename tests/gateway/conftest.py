"""One real Envoy for all tests of the gateway; every test writes the routes it needs."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import httpx
import pytest

from deploy_ui import clock
from deploy_ui.gateway import gate, keys, process, writer
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import Grant, Route, RouteState
from deploy_ui.settings import settings
from tests import activator, envoy
from tests.gateway.upstream import Upstream, running
from tests.ports import free_port
from tests.waiting import eventually

MAX_BODY_MB = 1


@dataclass(frozen=True)
class Gateway:
    """The running gateway as a test sees it."""

    folder: Path
    port: int
    http: httpx.Client

    def serve(self, *routes: Route) -> None:
        """Write the routes and wait until Envoy has them."""
        writer.write(routes)
        eventually(process.applied)

    def call(self, path: str, key: str = "", **headers: str) -> httpx.Response:
        """Send a GET; `key` goes into X-API-Key."""
        return self.http.get(path, headers=({"x-api-key": key} if key else {}) | headers)


def secret(
    slug: str,
    key_id: str = "k1",
    *,
    kind: Literal["key", "console"] = "key",
    lifetime: timedelta | None = None,
    now: datetime | None = None,
) -> str:
    """Sign a key as the product does."""
    now = now or clock.now()
    return keys.sign(key_id=key_id, slug=slug, now=now, expires_at=now + lifetime if lifetime else None, kind=kind)


def serving(slug: str, *endpoints: str, grants: tuple[Grant, ...] = (Grant("k1"),), timeout_s: int = 60) -> Route:
    """Return a route that balances over the endpoints."""
    return Route(slug, RouteState.SERVING, endpoints, grants, request_timeout_s=timeout_s)


def waiting(slug: str, *endpoints: str, start_timeout_s: int = 20, timeout_s: int = 60) -> Route:
    """Return a route whose requests are held as long as the gate is shut."""
    return Route(
        slug,
        RouteState.WAITING,
        endpoints,
        (Grant("k1"),),
        request_timeout_s=timeout_s,
        start_timeout_s=start_timeout_s,
    )


def shut(slug: str, state: RouteState = RouteState.WAITING, *, start_timeout_s: int = 20, reason: str = "") -> None:
    """Shut the gate for one deployment and open it for all others."""
    gate.write({slug: Shut(state, start_timeout_s, reason)})


def code(response: httpx.Response) -> str:
    """Return the code of one of our own error answers, and see that it is one."""
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert sorted(error) in (["code", "message"], ["code", "message", "reason"])
    assert error["message"]
    return str(error["code"])


@dataclass(frozen=True)
class _Process:
    folder: Path
    port: int


def _settings_of(patch: pytest.MonkeyPatch, running_process: _Process) -> None:
    patch.setenv("DEPLOY_UI_DATA_DIR", str(running_process.folder))
    patch.setenv("DEPLOY_UI_GATEWAY_PORT", str(running_process.port))
    patch.setenv("DEPLOY_UI_MAX_BODY_MB", str(MAX_BODY_MB))
    settings.cache_clear()


@pytest.fixture(scope="session")
def _envoy() -> Iterator[_Process]:
    with tempfile.TemporaryDirectory(prefix="dui-gateway-") as folder:
        running_process = _Process(Path(folder), free_port())
        with ExitStack() as stack:
            with pytest.MonkeyPatch.context() as patch:  # over before the yield: other tests' processes inherit it
                _settings_of(patch, running_process)
                stack.enter_context(envoy.running())
            settings.cache_clear()
            yield running_process


@pytest.fixture
def gateway(_envoy: _Process, monkeypatch: pytest.MonkeyPatch, _clean_environment: None) -> Iterator[Gateway]:
    """Give the test the gateway; it serves what the test before wrote until this one writes."""
    _settings_of(monkeypatch, _envoy)
    with httpx.Client(base_url=f"http://127.0.0.1:{_envoy.port}", timeout=20) as client:
        yield Gateway(_envoy.folder, _envoy.port, client)


@pytest.fixture(scope="module")
def _activator(_envoy: _Process) -> Iterator[None]:
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            _settings_of(patch, _envoy)
            stack.enter_context(activator.running())
        settings.cache_clear()
        yield


@pytest.fixture
def held_back(gateway: Gateway, _activator: None) -> Gateway:
    """Give the test the gateway with a running activator and an open gate."""
    gate.write({})
    return gateway


@pytest.fixture(scope="session")
def _upstream() -> Iterator[Upstream]:
    with running(Upstream()) as server:
        yield server


@pytest.fixture
def upstream(_upstream: Upstream) -> Upstream:
    """Give the test an instance that has seen nothing yet."""
    _upstream.reset()
    return _upstream
