import base64
import json

import pytest

from deploy_ui.enums import Role
from tests import factories
from tests.api.conftest import As, Client


@pytest.fixture
def url(database: str) -> str:
    assert database
    return f"/api/v1/deployments/{factories.deployment().slug}/curl"


async def test_a_request_becomes_a_command_with_a_key_that_opens_it(editor: Client, url: str) -> None:
    answer = await editor.post(url, json={"method": "POST", "path": "/predict", "headers": [], "body": "{}"})
    assert answer.status_code == 200
    command = answer.json()["command"]
    assert command.startswith("curl -X POST 'http://127.0.0.1:8080/")
    assert "X-API-Key: dk_" in command


async def test_the_key_is_the_consoles_and_lives_minutes(editor: Client, url: str) -> None:
    command = (await editor.post(url, json={})).json()["command"]
    secret = command.split("X-API-Key: dk_")[1].split("'")[0]
    claims = json.loads(base64.urlsafe_b64decode(secret.split(".")[1] + "=="))
    assert claims["kind"] == "console"
    assert claims["exp"] - claims["iat"] == 300


async def test_a_key_of_ones_own_is_kept(editor: Client, url: str) -> None:
    head = {"name": "Authorization", "value": "Bearer dk_mine"}
    command = (await editor.post(url, json={"headers": [head]})).json()["command"]
    assert "Bearer dk_mine" in command
    assert "X-API-Key" not in command


async def test_a_viewer_gets_no_key(reader: Client, url: str) -> None:
    answer = await reader.post(url, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low")
    assert "dk_" not in answer.text


async def test_nobody_gets_a_key(client: Client, url: str) -> None:
    answer = await client.post(url, json={})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"path": "predict"}, "trial_path", "path"),
        ({"method": "BREW"}, "trial_method", "method"),
        ({"headers": [{"name": "Host", "value": "x"}]}, "header_ours", "headers"),
        (
            {"headers": [{"name": "Content-Type", "value": "application/json"}], "body": "{"},
            "body_not_json",
            "body",
        ),
    ],
)
async def test_what_cannot_be_sent_names_its_field(
    editor: Client, url: str, body: dict[str, object], code: str, field: str
) -> None:
    answer = await editor.post(url, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)


async def test_broken_json_names_its_line(editor: Client, url: str) -> None:
    head = {"name": "Content-Type", "value": "application/json"}
    answer = await editor.post(url, json={"headers": [head], "body": '{\n "a": tru}'})
    assert answer.json()["error"]["facts"]["line"] == 2


async def test_a_deployment_that_is_not_there_has_no_command(signed_in: As) -> None:
    answer = await signed_in(Role.EDITOR).post("/api/v1/deployments/none-such/curl", json={})
    assert answer.status_code == 404
