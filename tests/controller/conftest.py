"""The controller's loop with everything real around it: database, Redis, runtime, gateway."""

from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from deploy_ui.controller import loop
from deploy_ui.settings import settings
from tests import envoy
from tests.controller.product import Product
from tests.controller.world import World
from tests.ports import free_port


@pytest.fixture
def world(database: str) -> World:  # noqa: ARG001 -- it has to be there
    return World()


@pytest.fixture
def gateway(redis: Redis, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:  # noqa: ARG001
    """Run a gateway; give a client of it."""
    monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(free_port()))
    settings.cache_clear()
    with envoy.running(), httpx.Client(base_url=settings().gateway, timeout=20) as client:
        yield client


@pytest.fixture
def product(gateway: httpx.Client) -> Iterator[Product]:
    """Run the controller; end all instances at the end."""
    found = Product(gateway)
    found.start()
    yield found
    found.stop()
    loop.end_all()
