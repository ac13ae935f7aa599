"""Kind `asgi`: the author's application as it is, with our health addresses and limit around it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets

from tests.serving.served import Served, error, start
from tests.waiting import eventually, eventually_async

SCRIPT = """
import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, WebSocket
from fastapi.responses import JSONResponse, StreamingResponse

@asynccontextmanager
async def lifespan(app):
    print("lifespan began")
    yield {"word": "state"}
    print("lifespan ended")

app = FastAPI(lifespan=lifespan)

@app.get("/health/ready")
def mine():
    raise AssertionError("the server answers this itself")

@app.get("/state")
def state(): return {"word": "ok"}

@app.get("/wait")
async def wait():
    print("began")
    while not Path("go").exists():
        await asyncio.sleep(0.01)
    return "done"

@app.get("/busy")
def busy(): return JSONResponse({"error": {"code": "instance_busy"}}, 503, {"X-Instance-Busy": "1", "x-own": "1"})

@app.get("/raise")
def fail(): return 1 / 0

@app.get("/events")
def events():
    async def items():
        for each in range(3):
            yield f"data: {each}\\n\\n"
    return StreamingResponse(items(), media_type="text/event-stream")

@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    while True:
        await socket.send_text((await socket.receive_text()).upper())
"""
BARE = """
async def app(scope, receive, send):
    assert scope["type"] == "http", scope["type"]
    if scope["path"] == "/raise":
        raise ValueError("bare")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with start(tmp_path_factory.mktemp("asgi"), SCRIPT, "asgi") as running:
        yield running


def test_the_application_answers_its_own_addresses(served: Served) -> None:
    assert served.client.get("/state").json() == {"word": "ok"}
    assert served.client.get("/openapi.json").json()["info"]["title"] == "FastAPI"


def test_health_is_answered_by_the_server(served: Served) -> None:
    response = served.client.get("/health/ready")
    assert (response.status_code, response.headers["x-instance"]) == (200, "demo-1")
    assert served.client.get("/health/live").status_code == 200


def test_streams_pass(served: Served) -> None:
    assert served.client.get("/events").text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"


async def test_websockets_pass(served: Served) -> None:
    async with websockets.connect(served.url.replace("http", "ws") + "/ws") as connection:
        await connection.send("hello")
        assert await connection.recv() == "HELLO"


def test_an_exception_is_an_error_and_its_traceback_is_in_the_log(served: Served) -> None:
    response = served.client.get("/raise", headers={"x-request-id": "failing"})
    assert response.status_code == 500
    eventually(lambda: "Request failing failed:" in served.lines())
    assert any("ZeroDivisionError" in line for line in served.lines())


def test_every_request_leaves_one_line(served: Served) -> None:
    served.client.get("/state?key=secret", headers={"x-request-id": "seen"})
    assert served.line(" seen").startswith("GET /state 200 ")


def test_only_the_server_says_that_the_application_saw_nothing(served: Served) -> None:
    answer = served.client.get("/busy")
    assert (answer.status_code, answer.headers["x-own"]) == (503, "1")
    assert "x-instance-busy" not in answer.headers


async def test_the_limit_applies(tmp_path: Path) -> None:
    with start(tmp_path, SCRIPT, "asgi", CONCURRENCY="1", QUEUE="0") as served:
        async with httpx.AsyncClient(base_url=served.url, timeout=20) as client:
            first = asyncio.create_task(client.get("/wait"))
            await eventually_async(lambda: "began" in served.lines("stdout"))
            second = await client.get("/state")
            assert (second.status_code, error(second)["code"]) == (503, "instance_busy")
            assert second.headers["x-instance-busy"] == "1"
            assert (await client.get("/health/ready")).status_code == 200
            (tmp_path / "go").touch()
            assert (await first).json() == "done"


async def test_open_websockets_are_closed_at_the_end(tmp_path: Path) -> None:
    with start(tmp_path, SCRIPT, "asgi") as served:
        async with websockets.connect(served.url.replace("http", "ws") + "/ws") as connection:
            served.process.terminate()
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert served.process.wait(10) == 0


def test_the_lifespan_is_honoured(tmp_path: Path) -> None:
    with start(tmp_path, SCRIPT, "asgi") as served:
        assert served.lines("stdout") == ["lifespan began"]
        assert served.end() == 0
        assert served.lines("stdout") == ["lifespan began", "lifespan ended"]


def test_a_lifespan_that_fails_ends_the_process(tmp_path: Path) -> None:
    script = SCRIPT.replace('print("lifespan began")', "raise ValueError('no weights')")
    with start(tmp_path, script, "asgi", wait=False) as served:
        assert served.process.wait(10) == 1
        assert json.loads(served.lines()[-1])["code"] == "load_failed"
        assert any("no weights" in line for line in served.lines())


def test_an_application_without_lifespan_is_served(tmp_path: Path) -> None:
    with start(tmp_path, BARE, "asgi") as served:
        assert served.client.get("/any/path").text == "/any/path"
        assert error(served.client.get("/raise")) == {"code": "predict_failed", "message": "ValueError: bare"}
        assert served.end() == 0
