"""The API as it is served, without a network: requests go straight into the app."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI

from deploy_ui.api.app import api
from deploy_ui.enums import Role
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.api.exchanges import _gateway, _models, bench  # noqa: F401 -- fixtures

ORIGIN = "http://console.test"
PASSWORD = "a password of some length"
SHELL = Viewer(person_id=0, email="", name="shell", role=Role.ADMIN)

Client = httpx.AsyncClient
As = Callable[[Role], Client]


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return api()


@pytest.fixture
async def client(app: FastAPI, database: str) -> AsyncIterator[Client]:  # noqa: ARG001 -- the app reads it
    """A client that is not signed in."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as made:
        yield made


@pytest.fixture
def signed_in(client: Client) -> As:
    """Sign the client in as a new person of a role."""

    def sign_in(role: Role) -> Client:
        client.headers["authorization"] = f"Bearer {factories.token(factories.viewer(role))}"
        return client

    return sign_in


@pytest.fixture
def editor(signed_in: As) -> Client:
    return signed_in(Role.EDITOR)


@pytest.fixture
def reader(signed_in: As) -> Client:
    return signed_in(Role.VIEWER)


@pytest.fixture
def admin(signed_in: As) -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def image_name(database: str) -> str:  # noqa: ARG001 -- it lies there
    """The name of an image that is ready."""
    return factories.image().name
