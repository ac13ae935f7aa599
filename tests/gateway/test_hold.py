"""Holding requests, without a server: the gate is a file, waking is counted."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from deploy_ui.gateway import gate
from deploy_ui.gateway.activator.hold import Hold
from deploy_ui.gateway.activator.waiting import Places, Refusal
from deploy_ui.gateway.activator.watch import Watch
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import RouteState
from tests.waiting import eventually_async

WAITING = Shut(RouteState.WAITING, 20, "")


@asynccontextmanager
async def holding(wake: Callable[[], object] = lambda: None, places: Places | None = None) -> AsyncIterator[Hold]:
    hold = Hold(Watch(), places or Places(), wake)
    running = asyncio.create_task(hold.run())
    try:
        yield hold
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def code(found: Refusal | None) -> str:
    return str(json.loads(found.body)["error"]["code"]) if found else "goes on"


@pytest.mark.usefixtures("data_dir")
async def test_an_open_gate_lets_through_at_once_and_wakes_nobody() -> None:
    woken: list[int] = []
    async with holding(lambda: woken.append(1)) as hold:
        assert await hold.ask("a", None) is None
        assert await hold.ask("a", "nonsense") is None
    assert woken == []


async def test_a_held_request_goes_on_when_the_gate_opens(data_dir: Path) -> None:
    gate.write({"a": WAITING, "b": WAITING})
    async with holding() as hold, asyncio.TaskGroup() as group:
        asked = [group.create_task(hold.ask(slug, None)) for slug in "aab"]
        await eventually_async(lambda: hold.held() == {"a": 2, "b": 1})
        gate.write({"b": WAITING})
        assert [await asked[0], await asked[1]] == [None, None]
        assert hold.held() == {"b": 1}
        (data_dir / "gateway" / "gate.json").unlink()
        assert await asked[2] is None


@pytest.mark.usefixtures("data_dir")
async def test_a_held_request_is_told_when_its_deployment_fails() -> None:
    gate.write({"a": WAITING})
    async with holding() as hold, asyncio.TaskGroup() as group:
        asked = group.create_task(hold.ask("a", None))
        await eventually_async(lambda: hold.held() == {"a": 1})
        gate.write({"a": Shut(RouteState.FAILED, 20, "crashed")})
        assert code(await asked) == "deployment_failed"


@pytest.mark.usefixtures("data_dir")
async def test_whoever_waited_long_enough_is_told_why_as_it_is_known_then() -> None:
    gate.write({"a": WAITING})
    async with holding() as hold, asyncio.TaskGroup() as group:
        asked = group.create_task(hold.ask("a", "0.3"))
        await eventually_async(lambda: hold.held() == {"a": 1})
        gate.write({"a": Shut(RouteState.WAITING, 20, "image_building")})
        refusal = await asked
        assert code(refusal) == "deployment_not_ready"
        assert refusal is not None
        assert json.loads(refusal.body)["error"]["reason"] == "image_building"
        assert hold.held() == {}


@pytest.mark.usefixtures("data_dir")
async def test_a_request_that_would_not_wait_still_calls() -> None:
    gate.write({"a": WAITING})
    woken: list[int] = []
    async with holding(lambda: woken.append(1)) as hold:
        assert code(await hold.ask("a", "0")) == "deployment_not_ready"
        await eventually_async(lambda: woken)


@pytest.mark.usefixtures("data_dir")
async def test_instances_are_asked_for_at_once_and_again_while_anybody_waits() -> None:
    gate.write({"a": WAITING, "b": WAITING})
    woken: list[int] = []
    async with holding(lambda: woken.append(1)) as hold, asyncio.TaskGroup() as group:
        first = group.create_task(hold.ask("a", None))
        await eventually_async(lambda: len(woken) == 1, timeout_s=0.5)
        second = group.create_task(hold.ask("b", None))
        await eventually_async(lambda: len(woken) == 2, timeout_s=0.5)
        await eventually_async(lambda: len(woken) == 3, timeout_s=3)
        gate.write({})
        assert [await first, await second] == [None, None]


@pytest.mark.usefixtures("data_dir")
async def test_a_wake_that_takes_for_ever_holds_up_nobody() -> None:
    gate.write({"a": WAITING})
    blocked = threading.Event()
    async with holding(lambda: blocked.wait(20)) as hold, asyncio.TaskGroup() as group:
        asked = group.create_task(hold.ask("a", None))
        await eventually_async(lambda: hold.held() == {"a": 1})
        gate.write({})
        assert await asyncio.wait_for(asked, 2) is None
        blocked.set()


@pytest.mark.usefixtures("data_dir")
async def test_a_caller_that_is_gone_waits_no_more() -> None:
    gate.write({"a": WAITING})
    async with holding() as hold:
        asked = asyncio.create_task(hold.ask("a", None))
        await eventually_async(lambda: hold.held() == {"a": 1})
        asked.cancel()
        await eventually_async(lambda: hold.held() == {})


@pytest.mark.usefixtures("data_dir")
async def test_those_for_whom_there_is_no_place_are_sent_away() -> None:
    gate.write({"a": WAITING})
    async with holding(places=Places(most=5, most_of_one=1)) as hold, asyncio.TaskGroup() as group:
        first = group.create_task(hold.ask("a", None))
        await eventually_async(lambda: hold.held() == {"a": 1})
        assert code(await hold.ask("a", None)) == "too_many_waiting"
        gate.write({})
        assert await first is None


@pytest.mark.usefixtures("data_dir")
async def test_at_the_end_everybody_is_sent_away() -> None:
    gate.write({"a": WAITING})
    async with holding() as hold, asyncio.TaskGroup() as group:
        asked = group.create_task(hold.ask("a", None))
        await eventually_async(lambda: hold.held() == {"a": 1})
        hold.end()
        assert code(await asked) == "deployment_not_ready"
        assert code(await hold.ask("a", None)) == "deployment_not_ready"
