from typing import Any

import pytest

from deploy_ui.enums import Role
from deploy_ui.services.readmes import owners, publishing, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import NewPicture
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.api.conftest import Client
from tests.pictures import PNG


@pytest.fixture
def editor_of(database: str) -> Viewer:
    assert database
    return factories.viewer()


@pytest.fixture
def owner(editor_of: Viewer) -> Owner:
    made = owners.of_deployment(factories.deployment(editor_of, name="Iris <b>").slug)
    texts.save(editor_of, made, b"# Hello")
    return made


@pytest.fixture
def address(editor_of: Viewer, owner: Owner) -> str:
    """Where the published README's data is."""
    token = publishing.publish(editor_of, owner).rpartition("/")[2]
    return f"/api/published/{token}"


async def test_a_stranger_reads_title_and_text_and_nothing_else(client: Client, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 200
    assert answer.json() == {"title": "Iris <b>", "text": "# Hello", "changed_at": answer.json()["changed_at"]}
    headers = answer.headers
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "noindex" in headers["x-robots-tag"]
    assert "set-cookie" not in headers


async def test_a_stranger_sees_its_pictures(client: Client, address: str, editor_of: Viewer, owner: Owner) -> None:
    with NewPicture(editor_of, owner, "p.png") as new:
        new.write(PNG)
        name = new.keep().name
    assert (await client.get(f"{address}/files/{name}")).status_code == 404
    texts.save(editor_of, owner, f"![a](files/{name})".encode())
    answer = await client.get(f"{address}/files/{name}")
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    headers = answer.headers
    assert (headers["cache-control"], headers["content-security-policy"]) == ("no-store", "sandbox; default-src 'none'")
    assert "noindex" in headers["x-robots-tag"]


async def test_a_revoked_link_is_dead_at_once(client: Client, address: str, editor_of: Viewer, owner: Owner) -> None:
    publishing.revoke(editor_of, owner)
    answer = await client.get(address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "readme_not_published")


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 5000, "%00" * 43, "..%2f..%2fv1%2fme", "%D1%91" * 43])
async def test_a_guess_finds_nothing(client: Client, address: str, token: str) -> None:
    assert address
    assert (await client.get(f"/api/published/{token}")).status_code == 404


@pytest.mark.parametrize(
    "path", ["", "/readme", "/versions", "/files", "/files/", "/export", "/../v1/me", "/files/../x"]
)
async def test_the_link_opens_nothing_else(client: Client, address: str, path: str) -> None:
    token = address.rpartition("/")[2]
    tries: list[Any] = [await client.get(f"{address}{path}")] if path else []
    tries.append(await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}))
    tries.append(await client.get("/api/v1/deployments", headers={"cookie": f"deploy_ui_session={token}"}))
    assert {each.status_code for each in tries} <= {401, 404}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_is_changed_by_it(client: Client, address: str, method: str) -> None:
    answer = await client.request(method, address)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_a_viewers_token_is_no_link(client: Client, address: str) -> None:
    assert address
    token = factories.token(factories.viewer(Role.ADMIN))
    assert (await client.get(f"/api/published/{token}")).status_code == 404
