"""The real acceptor behind the real Envoy, with a database of its own for every test."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from deploy_ui import db
from deploy_ui.acceptor.server import serving
from deploy_ui.db import reading
from deploy_ui.gateway.routes import Grant, Route, RouteState
from deploy_ui.models import Call
from deploy_ui.services.calls import bodies
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.conftest import NO_REDIS, forget_caches
from tests.gateway.conftest import Gateway, _envoy, gateway, secret  # noqa: F401 -- fixtures

KEY_ID = "k1"


@dataclass(frozen=True)
class Acceptor:
    """What a caller sees of one deployment."""

    card: DeploymentCard
    http: httpx.AsyncClient
    key: str

    async def send(self, path: str = "/predict", *, body: bytes = b"{}", **headers: str) -> httpx.Response:
        """Ask for an asynchronous call; underscores in names of headers are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = {"x-api-key": self.key, "x-async-request": "true"} | named
        return await self.http.post(f"/{self.card.slug}{path}", content=body, headers=asked)

    async def ask(self, path: str, method: str = "GET") -> httpx.Response:
        """Ask at one of our own addresses."""
        return await self.http.request(method, f"/{self.card.slug}/-/{path}", headers={"x-api-key": self.key})


def calls() -> list[Call]:
    """Return all calls, oldest first."""
    with reading() as session:
        return list(session.exec(select(Call).order_by("number")))


def files() -> list[Path]:
    """Return every long body."""
    return [each for each in bodies.path_of("").rglob("*") if each.is_file()]


@pytest.fixture
async def acceptor(
    gateway: Gateway,  # noqa: F811 -- the fixture
    sqlite_with_tables: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Acceptor]:
    """Give the test an acceptor, and a deployment without an instance."""
    monkeypatch.setenv("DEPLOY_UI_REDIS_URL", NO_REDIS)
    monkeypatch.setenv("DEPLOY_UI_MAX_CALL_BODY_MB", "2")
    forget_caches()
    for left in settings().data_dir.glob("deploy-ui.db*"):
        left.unlink()
    shutil.rmtree(settings().calls_dir, ignore_errors=True)
    shutil.copy(sqlite_with_tables, settings().data_dir / "deploy-ui.db")
    card = factories.deployment()
    gateway.serve(Route(card.slug, RouteState.WAITING, grants=(Grant(KEY_ID),)))
    async with serving(), httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", timeout=20) as client:
        yield Acceptor(card, client, secret(card.slug, KEY_ID))
    db.engine().dispose()
