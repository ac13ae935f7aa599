import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from deploy_ui.i18n.catalog import text
from deploy_ui.web.guards import AnswerHeaders, BodyLimit, SameOrigin, content_policy

CONSOLE = "https://console.example.org"


async def _echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


def _app() -> Starlette:
    routes: list[Any] = [Route("/{path:path}", _echo, methods=["GET", "POST"]), WebSocketRoute("/ws", _socket)]
    return Starlette(routes=routes)


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console.local:3000")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param(None, 200, id="a program without Origin passes"),
        pytest.param("http://console.local:3000", 200, id="our own page passes"),
        pytest.param(CONSOLE, 200, id="the address that people see passes"),
        pytest.param("http://evil.example", 403, id="another site is refused"),
        pytest.param("http://console.local:8080", 403, id="another port is another site"),
        pytest.param("null", 403, id="a sandboxed frame is refused"),
        pytest.param("", 403, id="an empty Origin is refused"),
    ],
)
async def test_changes_are_taken_from_our_own_pages_only(origin: str | None, status: int) -> None:
    async with _client(SameOrigin(_app(), console=CONSOLE)) as client:
        headers = {} if origin is None else {"origin": origin}
        assert (await client.post("/x", headers=headers)).status_code == status


async def test_reading_is_not_stopped_by_an_origin() -> None:
    async with _client(SameOrigin(_app(), console=CONSOLE)) as client:
        assert (await client.get("/x", headers={"origin": "http://evil.example"})).status_code == 200


async def _opened(origin: str) -> list[dict[str, Any]]:
    """Open a websocket past the guard; return what the server says."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(dict(message))

    headers = [(b"host", b"console.local:3000"), (b"origin", origin.encode())]
    scope = {"type": "websocket", "path": "/ws", "headers": headers, "query_string": b"", "subprotocols": []}
    await SameOrigin(_app(), console=CONSOLE)(scope, receive, send)
    return said


async def test_a_socket_of_another_site_is_closed_before_it_opens() -> None:
    assert await _opened("http://evil.example") == [{"type": "websocket.close", "code": 1008}]


async def test_a_socket_of_our_own_page_opens() -> None:
    assert (await _opened(CONSOLE))[0]["type"] == "websocket.accept"


def _limited() -> BodyLimit:
    return BodyLimit(_app(), limit=1000, others={"/uploads(?:/[^/]+)?": 5000})


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        pytest.param("/x", 1000, 200, id="at the limit"),
        pytest.param("/x", 1001, 413, id="over the limit"),
        pytest.param("/uploads", 5000, 200, id="an upload has a limit of its own"),
        pytest.param("/uploads/", 5001, 413, id="and that holds too"),
        pytest.param("/uploads/1", 5000, 200, id="what the pattern takes has it"),
        pytest.param("/uploads/1/2", 1001, 413, id="and nothing else has"),
    ],
)
async def test_a_body_is_taken_up_to_its_limit(path: str, size: int, status: int) -> None:
    async with _client(_limited()) as client:
        assert (await client.post(path, content=b"x" * size)).status_code == status


async def test_a_body_of_undeclared_length_is_counted_as_it_comes() -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 100

    async with _client(_limited()) as client:
        answer = await client.post("/x", content=pieces())
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


async def test_a_body_that_stops_coming_is_not_waited_for() -> None:
    stopped = asyncio.Event()

    async def pieces() -> Any:
        yield b"x"
        await stopped.wait()

    limited = BodyLimit(_app(), limit=1000, others={"/uploads(?:/[^/]+)?": 5000}, silence_s=0.05)
    async with _client(limited) as client:
        answer = await client.post("/x", content=pieces())
    assert (answer.status_code, answer.json()["error"]["code"]) == (408, "request_incomplete")


@pytest.mark.parametrize("length", [b"-1", b"\xb2", b"9" * 5000])
async def test_a_length_that_is_no_number_is_refused(length: bytes) -> None:
    async with _client(_limited()) as client:
        assert (await client.post("/x", content=b"x", headers={b"content-length": length})).status_code == 413


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_guard_speaks_the_language_of_the_reader(language: str) -> None:
    async with _client(_limited()) as client:
        answer = await client.post("/x", content=b"x" * 1001, headers={"accept-language": language})
    assert answer.json()["error"]["message"] == text(language, "error.body_too_large", limit_mb=1)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://evil.example/deployments/", "/deployments/"),
        ("http://console.local:3000//evil.example/", "/evil.example/"),
        ("/a?b=c", "/a?b=c"),
    ],
)
async def test_a_redirect_never_leads_to_another_site(address: str, shown: str) -> None:
    app = AnswerHeaders(RedirectResponse(address), script_hashes=[])
    async with _client(app) as client:
        assert (await client.get("/deployments")).headers["location"] == shown


async def test_every_answer_carries_the_policy_and_is_not_kept() -> None:
    async with _client(AnswerHeaders(_app(), script_hashes=["sha256-abc="])) as client:
        headers = (await client.get("/x")).headers
    assert headers["cache-control"] == "no-cache"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == content_policy(["sha256-abc="])


@pytest.mark.parametrize(
    ("path", "robots", "referrer"),
    [("/readme/token", "noindex, nofollow", "no-referrer"), ("/deployments", None, "same-origin")],
)
async def test_the_address_of_a_published_readme_is_told_to_nobody(
    path: str, robots: str | None, referrer: str
) -> None:
    async with _client(AnswerHeaders(_app(), script_hashes=[])) as client:
        headers = (await client.get(path)).headers
    assert (headers.get("x-robots-tag"), headers["referrer-policy"]) == (robots, referrer)


async def test_files_named_after_their_content_are_kept_for_ever() -> None:
    async with _client(AnswerHeaders(_app(), script_hashes=[])) as client:
        assert "immutable" in (await client.get("/assets/root-abc123.js")).headers["cache-control"]


def test_the_policy_allows_no_script_but_ours() -> None:
    directives = dict(part.split(" ", 1) for part in content_policy(["sha256-abc="]).split("; "))
    assert directives["script-src"] == "'self' 'sha256-abc='"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["img-src"] == "'self' data: blob: https:"
    assert directives["frame-src"] == "'none'"


@pytest.mark.parametrize("address", ["https://grafana.test:3001", "https://grafana.test:3001/of/us"])
def test_the_policy_lets_one_origin_be_shown_in_a_frame(address: str) -> None:
    directives = dict(part.split(" ", 1) for part in content_policy([], address).split("; "))
    assert directives["frame-src"] == "https://grafana.test:3001"
