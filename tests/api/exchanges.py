"""The whole way of a test request: the console's API, the real gateway, a model."""

import asyncio
import base64
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from deploy_ui.api import streams
from deploy_ui.api.app import api
from deploy_ui.gateway import process, writer
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.services.trials import history
from deploy_ui.services.trials.history import PastRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.web import surroundings
from tests import envoy, factories
from tests.api.trial_model import Model
from tests.conftest import NO_REDIS, forget_caches
from tests.gateway import upstream
from tests.ports import free_port
from tests.waiting import eventually, eventually_async

MAX_BODY_MB = 8


@dataclass(frozen=True)
class Exchange:
    """Everything that was told of one answer."""

    lines: list[dict[str, Any]]

    @property
    def head(self) -> dict[str, Any]:
        return dict(self.lines[0]["head"])

    @property
    def body(self) -> bytes:
        return b"".join(base64.b64decode(each["data"]) for each in self.lines if "data" in each)

    @property
    def end(self) -> dict[str, Any]:
        return dict(self.lines[-1]["end"])

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.lines[-1]["error"])

    @property
    def told(self) -> dict[str, Any]:
        """What the model says it was asked."""
        return dict(json.loads(self.body))

    def values(self, name: str) -> list[str]:
        """Return what one header said when it came to the model."""
        return [value for key, value in self.told["headers"] if key == name]


@dataclass(frozen=True)
class Bench:
    """Who sends, and to whom."""

    client: httpx.AsyncClient
    sender: Viewer
    slug: str
    other_slug: str
    model: Model
    other_model: Model

    @property
    def rows(self) -> list[PastRow]:
        """The sender's history, newest first."""
        return history.rows(self.sender, self.slug)

    @property
    def url(self) -> str:
        return f"/api/trials/{self.slug}"

    async def send(self, *, files: dict[str, bytes] | None = None, **request: Any) -> Exchange:
        """Send a request and wait for its end."""
        async with self.sending(files=files, **request) as lines:
            return Exchange([each async for each in lines])

    @asynccontextmanager
    async def sending(
        self, *, files: dict[str, bytes] | None = None, **request: Any
    ) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Send a request; give what is told while it comes."""
        form = form_of(request, files)
        async with self.client.stream("POST", self.url, files=form) as answer:
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"] == "application/x-ndjson"
            yield (json.loads(line) async for line in answer.aiter_lines())

    async def refused(self, *, files: dict[str, bytes] | None = None, **request: Any) -> tuple[int, dict[str, Any]]:
        """Send what is refused; return the status and the error."""
        answer = await self.client.post(self.url, files=form_of(request, files))
        return answer.status_code, dict(answer.json()["error"])


def form_of(request: dict[str, Any], files: dict[str, bytes] | None) -> list[tuple[str, Any]]:
    """Return the parts of the form."""
    parts: list[tuple[str, Any]] = [("request", (None, json.dumps(request)))]
    return parts + [(name, ("a.bin", data, "application/octet-stream")) for name, data in (files or {}).items()]


@pytest.fixture(scope="module")
def _gateway() -> Iterator[tuple[Path, int]]:
    with tempfile.TemporaryDirectory(prefix="dui-trials-") as folder, ExitStack() as stack:
        place = Path(folder), free_port()
        with pytest.MonkeyPatch.context() as patch:  # over before the yield: other tests' processes inherit it
            _settings_of(patch, *place)
            stack.enter_context(envoy.running())
        settings.cache_clear()
        yield place


@pytest.fixture(scope="module")
def _models() -> Iterator[tuple[Model, Model]]:
    mine, other = Model(), Model()
    with upstream.running(mine), upstream.running(other):
        yield mine, other


def _settings_of(patch: pytest.MonkeyPatch, folder: Path, port: int) -> None:
    patch.setenv("DEPLOY_UI_DATA_DIR", str(folder))
    patch.setenv("DEPLOY_UI_GATEWAY_PORT", str(port))
    patch.setenv("DEPLOY_UI_MAX_BODY_MB", str(MAX_BODY_MB))
    patch.setenv("DEPLOY_UI_REDIS_URL", NO_REDIS)
    forget_caches()


@pytest.fixture
async def bench(
    _gateway: tuple[Path, int], _models: tuple[Model, Model], sqlite_with_tables: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    """Give the test an editor at the console, and two deployments with a model each."""
    streams._ending.clear()
    _settings_of(monkeypatch, *_gateway)
    for left in settings().data_dir.glob("deploy-ui.db*"):
        left.unlink()
    shutil.copy(sqlite_with_tables, settings().data_dir / "deploy-ui.db")
    slugs = [factories.deployment().slug for _ in _models]
    for model in _models:
        model.reset()
    writer.write(
        [Route(slug, RouteState.SERVING, (model.address,)) for slug, model in zip(slugs, _models, strict=True)]
    )
    await asyncio.to_thread(eventually, process.applied)
    app = surroundings._limited(api())
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", lifespan="off"))
    running = asyncio.create_task(server.serve())
    await eventually_async(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    sender = factories.viewer()
    headers = {"authorization": f"Bearer {factories.token(sender)}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
        yield Bench(client, sender, slugs[0], slugs[1], *_models)
    server.should_exit = server.force_exit = True
    await running
