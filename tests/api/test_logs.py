import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from deploy_ui import clock
from deploy_ui.api import streams
from deploy_ui.builds.log import LogWriter
from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus
from deploy_ui.models import Image
from deploy_ui.runtimes.keeper.rotated import STDOUT, RotatedLog
from deploy_ui.services import fleet
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import Client
from tests.waiting import eventually_async


@pytest.fixture(autouse=True)
def _streams_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PAUSE_S", 0.01)
    streams._ending.clear()


@pytest.fixture
def iris(database: str) -> DeploymentCard:  # noqa: ARG001 -- it lies there
    return factories.deployment()


@pytest.fixture
def log(iris: DeploymentCard) -> RotatedLog:
    """The log of the deployment's only instance."""
    fleet.add_instance(iris.id, "aaaaaa", revision=1, image_id=iris.image_id, now=clock.now())
    return RotatedLog(str(settings().instance_logs_dir / "aaaaaa"))


@pytest.fixture
async def served(app: FastAPI, reader: Client) -> AsyncIterator[Client]:
    """The API behind a real server: the shortcut of the other tests hands a stream over only when it is whole."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    running = asyncio.create_task(server.serve())
    await eventually_async(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with Client(base_url=f"http://127.0.0.1:{port}", headers=reader.headers) as client:
        yield client
    server.should_exit = True
    await running


@asynccontextmanager
async def followed(client: Client, address: str, **wanted: str) -> AsyncIterator[AsyncIterator[str]]:
    """Follow a log; gives the texts of its lines as they come."""
    async with client.stream("GET", address, params={"follow": "true", **wanted}) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, streams.MEDIA_TYPE)
        yield (json.loads(line)["text"] async for line in answer.aiter_lines() if line)


def texts(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["text"] for row in body["items"]]


async def test_the_newest_lines_that_fit_come_oldest_first(
    reader: Client, iris: DeploymentCard, log: RotatedLog
) -> None:
    log.write(STDOUT, [b"one", b"ERROR: two", b"three", b"ERROR: four"])
    address = f"/api/v1/deployments/{iris.slug}/logs"
    assert texts((await reader.get(address)).json()) == ["one", "ERROR: two", "three", "ERROR: four"]
    assert texts((await reader.get(address, params={"tail": 1})).json()) == ["ERROR: four"]
    assert texts((await reader.get(address, params={"level": "error"})).json()) == ["ERROR: two", "ERROR: four"]
    assert texts((await reader.get(address, params={"search": "THREE"})).json()) == ["three"]
    assert texts((await reader.get(address, params={"instance": "aaaaaa", "tail": 2})).json())[0] == "three"


async def test_lines_are_chosen_by_time(reader: Client, iris: DeploymentCard, log: RotatedLog) -> None:
    log.write(STDOUT, [b"before"])
    between = clock.now().isoformat()
    log.write(STDOUT, [b"after"])
    address = f"/api/v1/deployments/{iris.slug}/logs"
    assert texts((await reader.get(address, params={"since": between})).json()) == ["after"]
    assert texts((await reader.get(address, params={"until": between})).json()) == ["before"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("tail=0", "tail"), ("tail=99999999", "tail"), ("since=2020-01-01T00:00:00", "since"), ("level=loud", "level")],
)
async def test_a_wrong_choice_names_its_field(reader: Client, iris: DeploymentCard, query: str, field: str) -> None:
    answer = await reader.get(f"/api/v1/deployments/{iris.slug}/logs?{query}")
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


async def test_an_instance_of_another_deployment_is_not_found(reader: Client, iris: DeploymentCard) -> None:
    answer = await reader.get(f"/api/v1/deployments/{iris.slug}/logs?instance=zzzzzz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "instance_not_found")


async def test_a_followed_log_goes_on_with_new_lines_once_each(
    served: Client, iris: DeploymentCard, log: RotatedLog
) -> None:
    log.write(STDOUT, [b"one"])
    async with followed(served, f"/api/v1/deployments/{iris.slug}/logs") as lines:
        assert await anext(lines) == "one"
        log.write(STDOUT, [b"two", b"three"])
        assert [await anext(lines), await anext(lines)] == ["two", "three"]


async def test_a_followed_log_shows_only_what_fits(served: Client, iris: DeploymentCard, log: RotatedLog) -> None:
    log.write(STDOUT, [b"one"])
    async with followed(served, f"/api/v1/deployments/{iris.slug}/logs", search="o") as lines:
        assert await anext(lines) == "one"
        log.write(STDOUT, [b"three", b"four"])
        assert await anext(lines) == "four"


async def test_a_followed_log_ends_with_the_console(served: Client, iris: DeploymentCard, log: RotatedLog) -> None:
    log.write(STDOUT, [b"one"])
    async with followed(served, f"/api/v1/deployments/{iris.slug}/logs") as lines:
        await anext(lines)
        streams.end()
        assert [line async for line in lines] == []


async def test_a_followed_log_ends_with_the_session(
    served: Client, iris: DeploymentCard, log: RotatedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHECK_EVERY_S", 0.0)
    log.write(STDOUT, [b"one"])
    async with followed(served, f"/api/v1/deployments/{iris.slug}/logs") as lines:
        await anext(lines)
        await served.post("/api/v1/logout")
        assert [line async for line in lines] == []


@pytest.fixture
def building(iris: DeploymentCard) -> Iterator[tuple[str, LogWriter]]:
    """An image that is being built, and its log."""
    image = factories.image(status=ImageStatus.BUILDING, finished_at=None)
    assert iris.image_id != image.id
    writer = LogWriter(image.id)
    yield image.id, writer
    writer.close()


async def test_a_build_log_is_read_piece_by_piece(reader: Client, building: tuple[str, LogWriter]) -> None:
    image_id, writer = building
    for line in ("one", "two", "three"):
        writer.say(line)
    address = f"/api/v1/images/{image_id}/logs"
    first = (await reader.get(address, params={"limit": 2})).json()
    second = (await reader.get(address, params={"limit": 2, "cursor": first["next"]})).json()
    assert (texts(first), texts(second), second["next"]) == (["one", "two"], ["three"], None)


async def test_a_followed_build_log_ends_with_the_build(served: Client, building: tuple[str, LogWriter]) -> None:
    image_id, writer = building
    writer.say("one")
    async with followed(served, f"/api/v1/images/{image_id}/logs") as lines:
        assert await anext(lines) == "one"
        writer.say("two")
        with transaction() as session:
            image = session.get(Image, image_id)
            assert image is not None
            image.status = ImageStatus.READY
        assert [line async for line in lines] == ["two"]
