"""Test requests as a command and from the history, over HTTP."""

import base64
import json
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.enums import BodyKind, Role
from deploy_ui.runtimes.keeper.rotated import STDOUT, RotatedLog
from deploy_ui.services import fleet
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.trials import history
from deploy_ui.services.trials.history import Outcome
from deploy_ui.services.trials.request import Field, Header, Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import As, Client


@pytest.fixture
def card(database: str) -> DeploymentCard:
    assert database
    return factories.deployment()


@pytest.fixture
def url(card: DeploymentCard) -> str:
    return f"/api/v1/deployments/{card.slug}/curl"


@pytest.fixture
def sender(client: Client) -> Viewer:
    """An editor, as whom the client is signed in."""
    made = factories.viewer()
    client.headers["authorization"] = f"Bearer {factories.token(made)}"
    return made


async def test_a_request_becomes_a_command_with_a_key_that_opens_it(editor: Client, url: str) -> None:
    request = {"method": "POST", "path": "/predict", "headers": [["X-A", "1"]], "kind": "json", "text": "{}"}
    answer = await editor.post(url, json=request)
    assert answer.status_code == 200
    command = answer.json()["command"]
    assert command.startswith("curl -X POST 'http://127.0.0.1:8080/")
    assert "-H 'X-A: 1'" in command
    assert "--data-raw '{}'" in command
    assert "X-API-Key: dk_" in command


async def test_the_key_is_the_consoles_and_lives_minutes(editor: Client, url: str) -> None:
    command = (await editor.post(url, json={})).json()["command"]
    secret = command.split("X-API-Key: dk_")[1].split("'")[0]
    claims = json.loads(base64.urlsafe_b64decode(secret.split(".")[1] + "=="))
    assert claims["kind"] == "console"
    assert claims["exp"] - claims["iat"] == 300


async def test_a_key_of_ones_own_is_kept(editor: Client, url: str) -> None:
    command = (await editor.post(url, json={"headers": [["Authorization", "Bearer dk_mine"]]})).json()["command"]
    assert "Bearer dk_mine" in command
    assert "X-API-Key" not in command


async def test_files_are_named_only(editor: Client, url: str) -> None:
    fields = [{"name": "f", "part": "file-0", "filename": "cat.png", "type": "image/png"}]
    command = (await editor.post(url, json={"kind": "multipart", "fields": fields})).json()["command"]
    assert """-F 'f=@"cat.png";type=image/png;filename="cat.png"'""" in command


async def test_a_viewer_gets_no_key(reader: Client, url: str) -> None:
    answer = await reader.post(url, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low")
    assert "dk_" not in answer.text


async def test_nobody_gets_a_key(client: Client, url: str) -> None:
    assert (await client.post(url, json={})).status_code == 401


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"path": "predict"}, "trial_path", "path"),
        ({"path": "/../other"}, "trial_path_leaves", "path"),
        ({"method": "BREW"}, "trial_method", "method"),
        ({"headers": [["Host", "x"]]}, "header_ours", "headers"),
        ({"headers": [["X", "a\nb"]]}, "header_value", "headers"),
        ({"kind": "json", "text": "{"}, "body_not_json", "body"),
        ({"kind": "file", "filename": "a\0b"}, "trial_filename", "body"),
    ],
)
async def test_what_cannot_be_sent_names_its_field(
    editor: Client, url: str, body: dict[str, object], code: str, field: str
) -> None:
    answer = await editor.post(url, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)


@pytest.mark.parametrize(
    "body",
    [{"kind": "odd"}, {"headers": [["a"]]}, {"headers": {"a": "b"}}, {"fields": [{}]}, {"unknown": 1}, []],
    ids=["kind", "half a header", "headers as an object", "a field without a name", "unknown", "list"],
)
async def test_what_is_no_request_is_refused(editor: Client, url: str, body: Any) -> None:
    assert (await editor.post(url, json=body)).status_code == 422


async def test_broken_json_names_its_line(editor: Client, url: str) -> None:
    answer = await editor.post(url, json={"kind": "json", "text": '{\n "a": tru}'})
    assert answer.json()["error"]["facts"]["line"] == 2


async def test_a_deployment_that_is_not_there_has_no_command(signed_in: As) -> None:
    answer = await signed_in(Role.EDITOR).post("/api/v1/deployments/none-such/curl", json={})
    assert answer.status_code == 404


async def test_a_past_request_can_be_had_as_it_was(client: Client, sender: Viewer, card: DeploymentCard) -> None:
    trial = Trial(
        method="PUT",
        path="/a?b=c",
        headers=[Header("X-A", "1"), Header("Authorization", "Bearer secret")],
        kind=BodyKind.MULTIPART,
        fields=[Field("a", "1"), Field("f", part="file-0", filename="cat.png", type="image/png")],
    )
    number = history.begun(sender, card.slug, trial)
    answer = await client.get(f"/api/trials/{card.slug}/past/{number}")
    assert answer.json() == {
        "method": "PUT",
        "path": "/a?b=c",
        "headers": [["X-A", "1"], ["Authorization", ""]],
        "kind": "multipart",
        "text": "",
        "fields": [
            {"name": "a", "value": "1", "part": "", "filename": "", "type": ""},
            {"name": "f", "value": "", "part": "file-0", "filename": "cat.png", "type": "image/png"},
        ],
        "filename": "",
        "left_out": ["file", "headers"],
    }


async def test_log_lines_of_a_past_request_are_there(client: Client, sender: Viewer, card: DeploymentCard) -> None:
    fleet.add_instance(card.id, "aaaaaa", revision=1, image_id=card.image_id, now=clock.now())
    number = history.begun(sender, card.slug, Trial())
    log = RotatedLog(str(settings().instance_logs_dir / "aaaaaa"))
    log.write(STDOUT, [b"predicting", b"POST /predict 200 3.1 ms r-1"])
    history.ended(number, Outcome(status=200, request_id="r-1", instance="aaaaaa", over=True))
    told = (await client.get(f"/api/trials/{card.slug}/past/{number}/log")).json()
    assert [(each[1], each[2], each[3], each[4]) for each in told["lines"]] == [
        ("aaaaaa", "info", "predicting", "stdout"),
        ("aaaaaa", "info", "POST /predict 200 3.1 ms r-1", "stdout"),
    ]
    assert (told["named"], told["others"], told["more"]) == ([1], False, False)


@pytest.mark.parametrize("what", ["", "/log"])
async def test_a_past_request_is_for_who_sent_it(signed_in: As, card: DeploymentCard, what: str) -> None:
    number = history.begun(factories.viewer(), card.slug, Trial())
    for role, status in ((Role.ADMIN, 404), (Role.EDITOR, 404), (Role.VIEWER, 403)):
        answer = await signed_in(role).get(f"/api/trials/{card.slug}/past/{number}{what}")
        assert answer.status_code == status
    assert (await signed_in(Role.EDITOR).get(f"/api/trials/{card.slug}/past/x{what}")).status_code == 422


async def test_a_past_request_is_for_the_signed_in(client: Client, card: DeploymentCard) -> None:
    number = history.begun(factories.viewer(), card.slug, Trial())
    assert (await client.get(f"/api/trials/{card.slug}/past/{number}")).status_code == 401


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "field_missing"),
        ([("request", (None, "{}")), ("request", (None, "{}"))], "field_twice"),
        ([("request", (None, "{}")), ("other", (None, "x"))], "field_unknown"),
        ([("request", (None, "{}")), ("a", ("x", b"")), ("a", ("x", b""))], "field_twice"),
    ],
    ids=["none", "two requests", "another field", "two files of one name"],
)
async def test_a_form_that_is_none_is_refused(
    editor: Client, card: DeploymentCard, parts: list[tuple[str, Any]], code: str
) -> None:
    files = parts or [("a", ("x", b""))]
    answer = await editor.post(f"/api/trials/{card.slug}", files=files)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"kind": "odd"}', "[" * 50_000, '{"text": "\\ud800", "kind": "text"}']
)
async def test_a_request_that_is_none_is_refused(editor: Client, card: DeploymentCard, text: str) -> None:
    answer = await editor.post(f"/api/trials/{card.slug}", files=[("request", (None, text))])
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["message"]


async def test_many_files_are_too_many(editor: Client, card: DeploymentCard) -> None:
    files: list[tuple[str, Any]] = [("request", (None, "{}"))]
    files += [(f"file-{number}", ("x", b"")) for number in range(101)]
    answer = await editor.post(f"/api/trials/{card.slug}", files=files)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "form_too_many_fields")


async def test_what_is_no_form_is_refused(editor: Client, card: DeploymentCard) -> None:
    for headers in ({"content-type": "application/json"}, {"content-type": "multipart/form-data"}, {}):
        answer = await editor.post(f"/api/trials/{card.slug}", content=b"{}", headers=headers)
        assert answer.status_code == 422, answer.text
