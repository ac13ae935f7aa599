import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from deploy_ui.api.app import api
from deploy_ui.enums import Role
from tests.api.conftest import As, Client

SCHEMA: dict[str, Any] = api().openapi()
OPEN = {
    ("post", "/api/v1/login"),
    ("post", "/api/session"),
    ("delete", "/api/session"),
    ("post", "/api/setup"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/api/published/{token}"),
    ("get", "/api/published/{token}/files/{name}"),
}
"""Routes that take people who are not signed in."""
OWN_SESSION = {("post", "/api/v1/logout")}
OPERATIONS = sorted((method, path) for path, item in SCHEMA["paths"].items() for method in item)
CLOSED = [operation for operation in OPERATIONS if operation not in OPEN]
CHANGES = [operation for operation in CLOSED if operation[0] != "get" and operation not in OWN_SESSION]


def address(path: str) -> str:
    return re.sub(r"\{(person|rule|receiver)_id\}", "1", path).replace("{", "").replace("}", "")


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["paths"][path][method]
    return found


def test_the_schema_is_valid() -> None:
    validate(SCHEMA)


def test_operations_have_names_of_their_own() -> None:
    names = [operation(*each)["operationId"] for each in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_says_what_it_does(method: str, path: str) -> None:
    assert operation(method, path)["description"]
    assert operation(method, path)["tags"]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_error_has_the_same_shape(method: str, path: str) -> None:
    for status, answer in operation(method, path)["responses"].items():
        if int(status) >= 400 and path != "/readyz":
            assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Failure"}


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_closed_operation_says_how_to_sign_in(method: str, path: str) -> None:
    assert {name for each in operation(method, path)["security"] for name in each} == {"token", "session"}


@pytest.mark.parametrize(("method", "path"), CLOSED)
async def test_nobody_gets_in_without_signing_in(client: Client, method: str, path: str) -> None:
    answer = await client.request(method, address(path))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", "/api/v1/deployments"): {"name": "a", "image": "a"},
    ("post", "/api/v1/deployments/{slug}/scale"): {"instances": 1},
    ("post", "/api/v1/deployments/{slug}/rollback"): {"revision": 1},
    ("post", "/api/v1/deployments/{slug}/keys"): {"name": "a"},
    ("post", "/api/v1/deployments/{slug}/alerts/rules"): {"kind": "p99"},
    ("post", "/api/v1/deployments/{slug}/alerts/receivers"): {"kind": "webhook", "address": "a"},
    ("post", "/api/v1/dotenv"): {"text": "A=1"},
    ("post", "/api/v1/people"): {"email": "a@b.c", "name": "a", "password": "a"},
    ("post", "/api/v1/images/from-example"): {"example": "a"},
    ("post", "/api/v1/deployments/{slug}/readme/restore"): {"version": 1},
    ("post", "/api/v1/images/{image_id}/readme/restore"): {"version": 1},
}


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_a_viewer_changes_nothing(signed_in: As, method: str, path: str) -> None:
    body = BODIES.get((method, path), {} if "requestBody" in operation(method, path) else None)
    answer = await signed_in(Role.VIEWER).request(method, address(path), json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low")


async def test_the_page_of_the_api_needs_no_other_site(client: Client) -> None:
    page = (await client.get("/api/docs")).text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(link.startswith("/") for link in links)
    assert "<script>" not in page
    for link in links:
        if link.startswith("/api/"):
            assert (await client.get(link)).status_code == 200


async def test_the_page_of_the_api_serves_nothing_else(client: Client) -> None:
    for name in ("app.py", "..%2fapp.py", "index.html"):
        assert (await client.get(f"/api/docs/{name}")).status_code == 404


async def test_the_schema_is_served(client: Client) -> None:
    assert (await client.get("/api/openapi.json")).json()["openapi"] == SCHEMA["openapi"]
