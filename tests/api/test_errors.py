import logging

import httpx
import pytest
from fastapi import FastAPI

from deploy_ui.api import errors
from deploy_ui.i18n import catalog
from tests.api.conftest import Client

DEPLOYMENT = {"name": "Iris", "image": "iris"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": ' + b"9" * 5000 + b"}",
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(editor: Client, body: bytes) -> None:
    answer = await editor.post("/api/v1/deployments", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert set(answer.json()["error"]) >= {"code", "message"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": 7}, "name"),
        ({"name": "n" * 10_000}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": ""}, "name"),
        ({"cpu": "1"}, "cpu"),
        ({"cpu": True}, "cpu"),
        ({"cpu": 1e308}, "cpu"),
        ({"cpu": -1}, "cpu"),
        ({"memory_mb": 1.5}, "memory_mb"),
        ({"memory_mb": 10**300}, "memory_mb"),
        ({"memory_mb": "512"}, "memory_mb"),
        ({"min_instances": -1}, "min_instances"),
        ({"gpu": 1}, "gpu"),
        ({"env": {"A": 1}}, "env.A"),
        ({"env": ["A"]}, "env"),
        ({"env": {"1": "x"}}, "env"),
        ({"slug": "../x"}, "slug"),
        ({"nme": "x"}, "nme"),
        ({"u" * 10_000: 1}, "u" * 100),
    ],
)
async def test_a_wrong_value_names_its_field(
    editor: Client, image_name: str, change: dict[str, object], field: str
) -> None:
    answer = await editor.post("/api/v1/deployments", json={"name": "Iris", "image": image_name} | change)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_numbers_that_are_none_are_refused(editor: Client, image_name: str, literal: str) -> None:
    body = f'{{"name": "Iris", "image": "{image_name}", "cpu": {literal}}}'
    answer = await editor.post("/api/v1/deployments", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "cpu")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=!", "cursor=W10", "status=nothing"])
async def test_a_wrong_page_of_a_list_is_refused(editor: Client, query: str) -> None:
    for subject in ("deployments", "images"):
        answer = await editor.get(f"/api/v1/{subject}?{query}")
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, query.split("=", maxsplit=1)[0])


async def test_a_form_of_the_browser_is_no_json(client: Client) -> None:
    answer = await client.post("/api/v1/login", content=b'{"email": "a"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("de, en;q=0.5, ru;q=0.1", "en"),
        ("en;q=0, ru;q=0.1", "ru"),
        ("*", "en"),
        ("ru;q=high", "en"),
        (", ;;=," * 1000, "en"),
    ],
)
async def test_the_message_is_in_the_language_that_the_client_reads(editor: Client, header: str, language: str) -> None:
    answer = await editor.get("/api/v1/deployments/nothing", headers={"accept-language": header})
    assert answer.json()["error"]["message"] == catalog.text(language, "error.deployment_not_found")


@pytest.mark.parametrize("path", ["/api/nothing", "/api/v1", "/api/v1/deployments/", "/api/v1/deployments/a/b/c"])
async def test_an_unknown_address_answers_in_the_shape_of_errors(editor: Client, path: str) -> None:
    answer = await editor.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "address_unknown")


async def test_a_wrong_method_says_which_are_right(editor: Client) -> None:
    answer = await editor.put("/api/v1/deployments")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("slug", ["%00", "%ff", "a" * 10_000, "..%2f..", "%27%20OR%201=1", "%F0%9F%92%A5"])
async def test_a_slug_that_cannot_be_is_not_found(editor: Client, slug: str) -> None:
    for address in (f"/api/v1/deployments/{slug}", f"/api/v1/images/{slug}", f"/api/v1/deployments/{slug}/logs"):
        assert (await editor.get(address)).status_code == 404


async def test_an_unforeseen_failure_gives_a_number_and_no_details(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    def broken() -> None:
        raise RuntimeError("the password is hunter2")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with caplog.at_level(logging.ERROR):
        async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
            answer = await client.get("/")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (500, "unforeseen")
    assert "hunter2" not in answer.text
    assert error["facts"]["id"] in caplog.text
    assert "hunter2" in caplog.text
