"""The controller's loop with everything real around it: database, Redis, runtime, gateway."""

import socket
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from deploy_ui.controller import loop
from deploy_ui.gateway import process
from deploy_ui.settings import settings
from tests.controller.product import Product
from tests.controller.world import World
from tests.waiting import eventually


@pytest.fixture
def world(database: str) -> World:  # noqa: ARG001 -- it has to be there
    return World()


@pytest.fixture
def envoy(redis: Redis, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:  # noqa: ARG001
    """Run a gateway; give a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(free.getsockname()[1]))
    settings.cache_clear()
    process.bootstrap()
    with (settings().gateway_dir / "envoy.log").open("wb") as log:
        envoy = subprocess.Popen(process.command(), stdout=log, stderr=log)
    try:
        eventually(process.ready)
        with httpx.Client(base_url=settings().gateway, timeout=20) as client:
            yield client
    finally:
        envoy.terminate()
        envoy.wait()


@pytest.fixture
def product(envoy: httpx.Client) -> Iterator[Product]:
    """Run the controller; end all instances at the end."""
    found = Product(envoy)
    found.start()
    yield found
    found.stop()
    loop.end_all()
