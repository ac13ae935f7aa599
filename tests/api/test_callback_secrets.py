import base64

import pytest

from deploy_ui.enums import EventKind, Role
from deploy_ui.services import deployments, events
from deploy_ui.services.calls import callback_secrets
from tests import factories
from tests.api.conftest import As, Client


@pytest.fixture
def slug(database: str) -> str:
    assert database
    return factories.deployment().slug


def url(slug: str) -> str:
    return f"/api/v1/deployments/{slug}/callback-secret"


async def test_the_secret_is_the_one_that_callbacks_are_signed_with(editor: Client, slug: str) -> None:
    answer = await editor.get(url(slug))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    secret = answer.json()["secret"]
    assert base64.b64decode(secret.removeprefix("whsec_")) == callback_secrets.signing_secret(slug, 1)
    assert (await editor.get(url(slug))).json()["secret"] == secret


async def test_every_deployment_has_another(editor: Client, slug: str) -> None:
    other = factories.deployment().slug
    assert (await editor.get(url(slug))).json() != (await editor.get(url(other))).json()


async def test_a_replaced_secret_is_new_and_stays(signed_in: As, slug: str) -> None:
    editor = signed_in(Role.EDITOR)
    before = (await editor.get(url(slug))).json()
    answer = await editor.post(f"{url(slug)}/rotate")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() != before
    assert (await editor.get(url(slug))).json() == answer.json()


async def test_the_timeline_tells_of_a_replacement_and_not_the_secret(editor: Client, slug: str) -> None:
    secret = (await editor.post(f"{url(slug)}/rotate")).json()["secret"]
    newest = events.rows(factories.viewer(), slug)[0]
    assert (newest.kind, newest.actor) == (EventKind.CALLBACK_SECRET_REPLACED, "Some editor")
    assert secret not in str(newest)


@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("POST", "/rotate")])
async def test_a_viewer_gets_and_replaces_none(reader: Client, slug: str, method: str, end: str) -> None:
    answer = await reader.request(method, url(slug) + end)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low")
    assert "whsec_" not in answer.text


@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("POST", "/rotate")])
async def test_nobody_gets_none_either(client: Client, slug: str, method: str, end: str) -> None:
    assert (await client.request(method, url(slug) + end)).status_code == 401


@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("POST", "/rotate")])
async def test_a_deleted_deployment_has_none(editor: Client, slug: str, method: str, end: str) -> None:
    deployments.delete(factories.viewer(Role.ADMIN), slug)
    answer = await editor.request(method, url(slug) + end)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "deployment_deleted")
    assert (await editor.request(method, url("no-such") + end)).status_code == 404
