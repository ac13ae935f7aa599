"""The websockets that bring logs, spoken to by hand."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deploy_ui import clock
from deploy_ui.builds.log import LogWriter
from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, InstanceStatus, Reason
from deploy_ui.ids import new_id
from deploy_ui.models import Image, Instance
from deploy_ui.runtimes.keeper import rotated
from deploy_ui.services import sessions
from deploy_ui.settings import settings
from tests import factories
from tests.browser.conftest import Console


@asynccontextmanager
async def _socket(
    console: Console, path: str, *, token: str | None = None, **options: Any
) -> AsyncIterator[ClientConnection]:
    headers = {"Cookie": f"{sessions.COOKIE}={console.token() if token is None else token}"}
    async with connect(f"{console.url.replace('http', 'ws')}{path}", additional_headers=headers, **options) as socket:
        yield socket


async def _texts(socket: ClientConnection, count: int) -> list[str]:
    """Return the next lines, however they are batched."""
    found: list[str] = []
    while len(found) < count:
        batch = json.loads(await socket.recv())
        found += [line[3] for line in batch["lines"]]
    return found


def _write(key: str, *lines: str) -> None:
    folder = settings().instance_logs_dir / key
    folder.mkdir(parents=True, exist_ok=True)
    rotated.RotatedLog(str(folder)).write(b"o", [line.encode() for line in lines])


def _instance() -> tuple[str, str]:
    """Make a deployment with one running instance; return the slug and the instance's key."""
    key = new_id(6)
    card = factories.deployment()
    with transaction() as session:
        session.add(
            Instance(
                key=key,
                deployment_id=card.id,
                image_id=card.image_id,
                revision=1,
                status=InstanceStatus.READY,
                created_at=clock.now(),
            )
        )
    return card.slug, key


async def test_lines_that_are_there_come_first_and_new_ones_follow(console: Console) -> None:
    slug, key = _instance()
    _write(key, "one", "two")
    async with _socket(console, f"/api/ws/logs/deployments/{slug}") as socket:
        await socket.send('{"cursors": {}}')
        assert await _texts(socket, 2) == ["one", "two"]
        _write(key, "<script>three</script>")
        assert await _texts(socket, 1) == ["<script>three</script>"]


async def test_the_log_of_an_instance_that_ended_is_complete(console: Console) -> None:
    card, key = factories.deployment(), new_id(6)
    ended_at = clock.now() - timedelta(minutes=1)
    factories.instance(card, key, status=InstanceStatus.FAILED, reason=Reason.CRASHED, ended_at=ended_at)
    _write(key, "last words")
    async with _socket(console, f"/api/ws/logs/deployments/{card.slug}?instance={key}") as socket:
        await socket.send('{"cursors": {}}')
        batch = json.loads(await socket.recv())
        assert ([line[3] for line in batch["lines"]], batch["end"]) == (["last words"], True)


async def test_a_browser_that_comes_back_gets_only_what_it_missed(console: Console) -> None:
    slug, key = _instance()
    _write(key, "one")
    async with _socket(console, f"/api/ws/logs/deployments/{slug}") as socket:
        await socket.send('{"cursors": {}}')
        cursors = json.loads(await socket.recv())["cursors"]
    _write(key, "two")
    async with _socket(console, f"/api/ws/logs/deployments/{slug}") as socket:
        await socket.send(json.dumps({"cursors": cursors}))
        assert await _texts(socket, 1) == ["two"]


async def test_a_build_log_ends_with_its_build(console: Console) -> None:
    image = factories.image(status=ImageStatus.BUILDING)
    writer = LogWriter(image.id)
    writer.say("Resolving requirements")
    async with _socket(console, f"/api/ws/logs/images/{image.id}") as socket:
        await socket.send('{"cursors": {}}')
        assert await _texts(socket, 1) == ["Resolving requirements"]
        writer.say("Done")
        with transaction() as session:
            session.get_one(Image, image.id).status = ImageStatus.READY
        with pytest.raises(ConnectionClosed) as closed:
            await _texts(socket, 2)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
    writer.close()


@pytest.mark.parametrize("token", ["", "made-up"])
async def test_nobody_reads_a_log_without_a_session(console: Console, token: str) -> None:
    slug, _ = _instance()
    with pytest.raises(InvalidStatus) as refused:
        async with _socket(console, f"/api/ws/logs/deployments/{slug}", token=token):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_another_site_reads_no_log(console: Console) -> None:
    slug, _ = _instance()
    with pytest.raises(InvalidStatus):
        async with _socket(console, f"/api/ws/logs/deployments/{slug}", origin="http://evil.example"):
            pass


@pytest.mark.parametrize("hello", ["not json", "[]", '{"cursors": {"a": 1}}', "{}", '{"cursors": {"KEY": "zz"}}'])
async def test_nonsense_is_answered_with_a_close(console: Console, hello: str) -> None:
    slug, key = _instance()
    async with _socket(console, f"/api/ws/logs/deployments/{slug}") as socket:
        await socket.send(hello.replace("KEY", key))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in {4400, 4404}


async def test_an_unknown_deployment_closes_the_socket(console: Console) -> None:
    async with _socket(console, "/api/ws/logs/deployments/nothing") as socket:
        await socket.send('{"cursors": {}}')
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404


async def test_signing_out_ends_the_socket(console: Console) -> None:
    (slug, key), token = _instance(), console.token()
    _write(key, "one")
    async with _socket(console, f"/api/ws/logs/deployments/{slug}", token=token) as socket:
        await socket.send('{"cursors": {}}')
        await _texts(socket, 1)
        sessions.sign_out(token)
        with pytest.raises(ConnectionClosed) as closed:
            await _texts(socket, 1)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_the_whole_log_is_a_text_file(console: Console) -> None:
    slug, key = _instance()
    _write(key, "one", "two")
    async with httpx.AsyncClient(base_url=console.url, cookies={sessions.COOKIE: console.token()}) as client:
        answer = await client.get(f"/api/logs/deployments/{slug}")
        missing = await client.get("/api/logs/deployments/nothing")
    assert [line.split(" ", 1)[1] for line in answer.text.splitlines()] == [f"{key} one", f"{key} two"]
    assert "attachment" in answer.headers["content-disposition"]
    assert missing.status_code == 404


async def test_nobody_downloads_a_log_without_a_session(console: Console) -> None:
    slug, _ = _instance()
    async with httpx.AsyncClient(base_url=console.url) as client:
        assert (await client.get(f"/api/logs/deployments/{slug}")).status_code == 401
