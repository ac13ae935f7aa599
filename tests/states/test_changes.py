import asyncio
from collections.abc import AsyncIterator

import pytest
from redis import Redis

from deploy_ui import hints
from deploy_ui.states import changes


@pytest.fixture
async def pumping(redis: Redis) -> AsyncIterator[None]:  # noqa: ARG001 -- sets the address first
    with changes.listening("anything") as subscribed:
        task = asyncio.create_task(changes.pump())
        await asyncio.wait_for(subscribed.wait(), 10)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_first_look_comes_at_once() -> None:
    looks = changes.looks("deployments")
    await asyncio.wait_for(anext(looks), 1)
    await looks.aclose()  # type: ignore[attr-defined]


async def test_nobody_listens_any_more_once_the_looking_ended() -> None:
    looks = changes.looks("deployments", "images")
    await anext(looks)
    await looks.aclose()  # type: ignore[attr-defined]
    assert changes._listeners == {}


@pytest.mark.usefixtures("pumping")
async def test_a_hint_wakes_who_listens_to_its_topic() -> None:
    with changes.listening("deployment:abc") as hint, changes.listening("deployment:other") as other:
        hints.publish("deployment:abc")
        await asyncio.wait_for(hint.wait(), 5)
        assert not other.is_set()


async def test_without_hints_the_next_look_comes_after_a_while() -> None:
    looks = changes.looks("deployments", every_s=0.05)
    await anext(looks)
    await asyncio.wait_for(anext(looks), 2)
    await looks.aclose()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("pumping")
async def test_after_a_lost_connection_everybody_looks_again_and_hints_come(redis: Redis) -> None:
    with changes.listening("deployments") as hint:
        redis.client_kill_filter(_type="pubsub")
        await asyncio.wait_for(hint.wait(), 10)  # looked again, because hints may have been missed
        hint.clear()
        hints.publish("deployments")
        await asyncio.wait_for(hint.wait(), 5)
