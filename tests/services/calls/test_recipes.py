"""Every recipe is run as people run it: as a process, against an address and a key from its environment."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.services.calls import callback_payloads, recipes
from tests import factories
from tests.ports import free_port
from tests.waiting import eventually_async

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LANGUAGES = list(recipes.LANGUAGES)
RUN = {"bash": "bash", "python": sys.executable}
KEY = "dk_of-the-test"
ID = "c_0123456789abcdef"
SECRET = bytes(range(32))
SHOWN = f"whsec_{base64.b64encode(SECRET).decode()}"


@dataclass
class StandIn:
    """Answers as the gateway does: a call is queued, then running, then completed."""

    url: str = ""
    key: str = KEY
    statuses: list[str] = field(default_factory=lambda: ["queued", "running", "completed"])
    bodies: list[bytes] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._gate])
        app.router.add_post("/slug/predict", self._accept)
        app.router.add_get("/slug/-/calls/{id}", self._status)
        app.router.add_get("/slug/-/calls/{id}/result", self._result)
        app.router.add_post("/slug/-/calls/{id}/cancel", self._cancel)
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("X-API-Key") != self.key:
            return web.json_response({"error": {"code": "key_unknown", "message": "No."}}, status=401)
        if request.match_info.get("id", ID) != ID:
            return web.json_response({"error": {"code": "call_not_found", "message": "None."}}, status=404)
        return await handler(request)

    async def _accept(self, request: web.Request) -> web.Response:
        assert request.headers["X-Async-Request"] == "true"
        self.bodies.append(await request.read())
        return web.json_response(self._card(), status=202)

    async def _status(self, _request: web.Request) -> web.Response:
        self.statuses = self.statuses[1:] or self.statuses
        return web.json_response({**self._card(), "response_status": 200, "attempts": 1})

    async def _result(self, _request: web.Request) -> web.Response:
        if self.statuses[0] != "completed":
            return web.json_response({"error": {"code": "call_failed", "message": "The call failed."}}, status=410)
        return web.json_response({"score": 0.5})

    async def _cancel(self, _request: web.Request) -> web.Response:
        self.statuses = ["canceled"]
        return web.json_response(self._card())

    def _card(self) -> dict[str, str]:
        address = f"{self.url}/-/calls/{ID}"
        status = {"request_id": ID, "status": self.statuses[0]}
        return {**status, "status_url": address, "result_url": f"{address}/result"}


@pytest.fixture
async def deployment() -> AsyncIterator[StandIn]:
    made = StandIn()
    runner = web.AppRunner(made.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slug"
    yield made
    await runner.cleanup()


@dataclass(frozen=True)
class Ended:
    """How a recipe ended."""

    code: int | None
    out: bytes
    err: bytes


def path(name: str, language: str) -> Path:
    return recipes.FOLDER / f"{name}.{recipes.LANGUAGES[language]}"


async def run(name: str, language: str, *arguments: str, stdin: bytes = b"", **environment: str) -> Ended:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(RUN[language], str(path(name, language)), *arguments),
        env={"PATH": os.environ["PATH"], **environment},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    out, err = await process.communicate(stdin)
    return Ended(process.returncode, out, err)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_call_is_submitted_polled_and_its_answer_fetched(deployment: StandIn, language: str) -> None:
    body = b'{"text": "it\'s \\"quoted\\""}'
    ended = await run("call", language, stdin=body, URL=deployment.url, KEY=KEY)
    assert (ended.code, json.loads(ended.out)) == (0, {"score": 0.5})
    assert ended.err.decode().strip() == f"accepted: {ID}"
    assert (deployment.bodies, deployment.statuses) == ([body], ["completed"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_call_that_failed_is_told_and_ends_the_recipe_with_an_error(deployment: StandIn, language: str) -> None:
    deployment.statuses = ["queued", "error"]
    ended = await run("call", language, stdin=b"{}", URL=deployment.url, KEY=KEY)
    assert ended.code != 0
    assert b"call_failed" in ended.out + ended.err


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_wrong_key_is_told(deployment: StandIn, language: str) -> None:
    ended = await run("call", language, stdin=b"{}", URL=deployment.url, KEY="dk_wrong")
    assert ended.code != 0
    assert b"key_unknown" in ended.out + ended.err
    assert deployment.bodies == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_call_is_canceled(deployment: StandIn, language: str) -> None:
    ended = await run("cancel", language, ID, URL=deployment.url, KEY=KEY)
    assert (ended.code, json.loads(ended.out)["status"]) == (0, "canceled")
    assert deployment.statuses == ["canceled"]
    unknown = await run("cancel", language, "c_other", URL=deployment.url, KEY=KEY)
    assert unknown.code != 0
    assert b"call_not_found" in unknown.out + unknown.err


def headers(body: bytes, now: datetime | None = None, secret: bytes = SECRET) -> dict[str, str]:
    return callback_payloads.headers(f"{ID}-completed", body, secret, now or clock.now())


BODY = b'{"type": "call.completed", "data": {"request_id": "c_0123456789abcdef", "text": "\xd1\x8f\\n"}}\n'
LONG_AGO = clock.now() - timedelta(hours=1)
FORGED = [
    pytest.param(headers(BODY + b" "), id="another body"),
    pytest.param(headers(BODY, LONG_AGO), id="too old"),
    pytest.param(headers(BODY, secret=b"x" * 32), id="another secret"),
    pytest.param({**headers(BODY), "webhook-id": "c_other-completed"}, id="another id"),
    pytest.param({**headers(BODY), "webhook-timestamp": "a[$(kill $$)]"}, id="no time stamp"),
    pytest.param({**headers(BODY), "webhook-signature": "v1,"}, id="no signature"),
]


async def check_with_bash(given: dict[str, str]) -> Ended:
    three = [given[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")]
    return await run("webhook", "bash", *three, stdin=BODY, SECRET=SHOWN)


async def test_bash_takes_a_genuine_callback() -> None:
    ended = await check_with_bash(headers(BODY))
    assert (ended.code, ended.out) == (0, b"genuine\n")
    rotating = {**headers(BODY), "webhook-signature": f"v1,AAAA v2,x * {headers(BODY)['webhook-signature']}"}
    assert (await check_with_bash(rotating)).code == 0


@pytest.mark.parametrize("given", FORGED)
async def test_bash_refuses_a_forged_callback(given: dict[str, str]) -> None:
    ended = await check_with_bash(given)
    assert (ended.code, ended.out) == (1, b"")


@pytest.fixture
async def python_receiver() -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(path("webhook", "python")), str(port)),
        env={"PATH": os.environ["PATH"], "SECRET": SHOWN},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}/"
    process.kill()
    assert process.stdout is not None
    told = await process.stdout.read()
    assert told in {b"", f"call.completed {ID}\n".encode()}
    await process.wait()


async def posted(url: str, given: dict[str, str]) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:

        async def status() -> int:
            try:
                return (await client.post(url, content=BODY, headers=given)).status_code
            except httpx.ConnectError:
                return 0  # it has just been started

        return await eventually_async(status)


async def test_python_takes_a_genuine_callback(python_receiver: str) -> None:
    assert await posted(python_receiver, headers(BODY)) == 204


@pytest.mark.parametrize("given", FORGED)
async def test_python_refuses_a_forged_callback(python_receiver: str, given: dict[str, str]) -> None:
    assert await posted(python_receiver, given) == 403


def test_the_rows_are_the_files_with_the_deployments_address(database: str) -> None:
    assert database
    slug = factories.deployment(name="Fraud").slug
    rows = recipes.rows(factories.viewer(Role.VIEWER), slug)
    assert [each.file for each in rows] == [
        *("call.sh", "call.py", "cancel.sh", "cancel.py", "webhook.sh", "webhook.py"),
    ]
    assert {file.name for file in recipes.FOLDER.iterdir() if file.is_file()} == {each.file for each in rows}
    for each in rows:
        assert recipes.ADDRESS not in each.text
        assert (f"http://127.0.0.1:8080/{slug}" in each.text) is (each.name != "webhook")
