"""The recipes for asynchronous calls against the whole product: with a real model, real calls and real callbacks."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from deploy_ui import build_pages
from deploy_ui.services.calls import recipes
from tests.launch.product import running
from tests.ports import free_port
from tests.waiting import eventually

ADMIN = {"email": "admin@example.org", "password": "correct horse battery staple"}
SCRIPT = """
import asyncio

class Model:
    async def predict(self, payload: dict) -> dict:
        await asyncio.sleep(payload.get("sleep", 0))
        return {"sum": sum(payload.get("numbers", []))}
"""
RUN = {"bash": "bash", "python": sys.executable}
LANGUAGES = list(recipes.LANGUAGES)


@dataclass(frozen=True)
class Deployment:
    """A deployment that answers, and what its callers were given."""

    url: str
    key: str
    secret: str

    def submit(self, payload: dict[str, Any], **headers: str) -> str:
        """Submit a call; return its id."""
        asked = {"X-API-Key": self.key, "X-Async-Request": "true", **headers}
        response = httpx.post(f"{self.url}/predict", json=payload, headers=asked, trust_env=False)
        return str(response.raise_for_status().json()["request_id"])

    def status(self, call_id: str) -> str:
        """Return how far a call is."""
        response = httpx.get(f"{self.url}/-/calls/{call_id}", headers={"X-API-Key": self.key}, trust_env=False)
        return str(response.raise_for_status().json()["status"])


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    build_pages.build()
    folder = tmp_path_factory.mktemp("recipes")
    settings = {
        "DEPLOY_UI_ADMIN_EMAIL": ADMIN["email"],
        "DEPLOY_UI_ADMIN_PASSWORD": ADMIN["password"],
        "DEPLOY_UI_CALLBACK_NETWORKS": "127.0.0.0/8",
        "UV_CACHE_DIR": str(tmp_path_factory.getbasetemp().parent / "uv-cache"),
    }
    with running(folder / "data", **settings) as product:
        address = f"http://127.0.0.1:{product.console_port}/api/v1"
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as api:
            yield _made(api)


def _made(api: httpx.Client) -> Deployment:
    api.headers["authorization"] = f"Bearer {api.post('/login', json=ADMIN).json()['token']}"
    api.post("/images", files={"name": (None, "summer"), "script": (None, SCRIPT)}).raise_for_status()
    made = {"name": "Summer", "slug": "summer", "image": "summer"}
    url = api.post("/deployments", json=made).raise_for_status().json()["url"]
    key = api.post("/deployments/summer/keys", json={"name": "recipes"}).raise_for_status().json()["secret"]
    secret = api.get("/deployments/summer/callback-secret").raise_for_status().json()["secret"]
    eventually(lambda: api.get("/deployments/summer").json()["phase"] == "running", 120)
    return Deployment(url, key, secret)


def command(name: str, language: str) -> list[str]:
    return [RUN[language], str(recipes.FOLDER / f"{name}.{recipes.LANGUAGES[language]}")]


def run(name: str, language: str, *arguments: str, stdin: bytes = b"", **environment: str) -> bytes:
    ended = subprocess.run(
        [*command(name, language), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@dataclass
class Callback:
    """What a receiver of callbacks got."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@contextmanager
def receiving() -> Iterator[tuple[str, Callback]]:
    """Take one callback; give the address and what came."""
    got = Callback()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.headers = {name.lower(): value for name, value in self.headers.items()}
            got.body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

    with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", got
        server.shutdown()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_is_submitted_polled_and_fetched(deployment: Deployment, language: str) -> None:
    answer = run("call", language, stdin=b'{"numbers": [1, 2.5]}', URL=deployment.url, KEY=deployment.key)
    assert json.loads(answer) == {"sum": 3.5}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_is_canceled_while_it_runs(deployment: Deployment, language: str) -> None:
    call_id = deployment.submit({"sleep": 300})
    eventually(lambda: deployment.status(call_id) == "running")
    told = run("cancel", language, call_id, URL=deployment.url, KEY=deployment.key)
    assert json.loads(told)["status"] == deployment.status(call_id) == "canceled"


def test_bash_takes_a_callback_that_was_really_sent(deployment: Deployment) -> None:
    with receiving() as (url, got):
        call_id = deployment.submit({"numbers": [1]}, **{"X-Callback-Url": url})
        eventually(lambda: got.body)
    assert json.loads(got.body)["data"]["request_id"] == call_id
    three = [got.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")]
    assert run("webhook", "bash", *three, stdin=got.body, SECRET=deployment.secret) == b"genuine\n"


def test_python_takes_a_callback_that_was_really_sent(deployment: Deployment) -> None:
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "SECRET": deployment.secret}
    with subprocess.Popen(
        [*command("webhook", "python"), str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as receiver:
        try:
            call_id = deployment.submit({"numbers": [1]}, **{"X-Callback-Url": f"http://127.0.0.1:{port}/"})
            assert receiver.stdout is not None
            assert receiver.stdout.readline().decode() == f"call.completed {call_id}\n"
        finally:
            receiver.kill()
