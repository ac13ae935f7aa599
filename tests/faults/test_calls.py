"""Whatever is killed: each asynchronous call that was accepted reaches one end, after no more attempts than allowed."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
import pytest
from redis import Redis

from deploy_ui.launch.supervisord import SETTLED_S
from tests.faults import callers, machine
from tests.faults.callers import Called, Callers
from tests.faults.conftest import Tally, settings
from tests.faults.people import Person
from tests.launch.product import Product, running
from tests.waiting import eventually

pytestmark = pytest.mark.faults
SLEEP_S = 0.5
ENOUGH = 30
"""Calls that are accepted before the fault, and after it."""
BACK_S, ENDED_S = 60, 90
OVER = {"completed", "error", "canceled"}


@dataclass(frozen=True)
class Fault:
    """What is done to the product, and to which parts of it."""

    name: str
    does: Callable[[Product], None]
    parts: tuple[str, ...]
    """They must have run for a while: what dies twice at once is started again later."""


def _kills(*parts: str) -> Callable[[Product], None]:
    def kill(product: Product) -> None:
        for part in parts:
            os.kill(product.parts()[part], 9)

    return kill


def _horse(product: Product) -> None:
    (horse,) = psutil.Process(product.parts()["calls-1"]).children()
    machine.kill(horse)


def _both(product: Product) -> None:
    parent = psutil.Process(product.parts()["calls-1"])
    for each in (*parent.children(), parent):
        each.kill()


def _redis_without_file(product: Product) -> None:
    (product.data_dir / "redis" / "appendonly.aof").unlink()
    _kills("redis")(product)


def _flushall(product: Product) -> None:
    with Redis(unix_socket_path=str(product.data_dir / "run" / "redis.sock")) as redis:
        redis.flushall()


FAULTS = (
    Fault("worker's parent", _kills("calls-1"), ("calls-1",)),
    Fault("worker's horse", _horse, ()),
    Fault("worker's parent and horse", _both, ("calls-1",)),
    Fault("redis, its file kept", _kills("redis"), ("redis",)),
    Fault("redis, its file removed", _redis_without_file, ("redis",)),
    Fault("redis, FLUSHALL", _flushall, ()),
    Fault("redis and worker", _kills("redis", "calls-1"), ("redis", "calls-1")),
    Fault("controller", _kills("controller"), ("controller",)),
    Fault("acceptor", _kills("acceptor"), ("acceptor",)),
    Fault("gateway", _kills("gateway"), ("gateway",)),
)


@pytest.fixture(scope="module")
def called(person: Person, tmp_path_factory: pytest.TempPathFactory) -> Called:
    return Called.deployed(person, tmp_path_factory.mktemp("ledger") / "ledger")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_accepted_call_ends_once(fault: Fault, person: Person, called: Called, tally: Tally) -> None:
    product = person.product
    _settle(product, fault.parts)
    with Callers(person.url(called.slug), called.key, SLEEP_S) as flow:
        eventually(lambda: len(flow.accepted) >= ENOUGH and _all_busy(person, called.slug))
        fault.does(product)
        eventually(product.ready, BACK_S)
        back = time.monotonic()
        seen = len(flow.accepted)
        eventually(lambda: len(flow.accepted) >= seen + ENOUGH)
    _all_end(person, called, flow, back, name=fault.name, tally=tally)


def test_every_accepted_call_ends_once_when_the_machine_goes_down(
    built_pages: None,  # noqa: ARG001 -- set first
    tmp_path_factory: pytest.TempPathFactory,
    tally: Tally,
) -> None:
    folder = tmp_path_factory.mktemp("machine")
    with running(folder / "data", **settings(tmp_path_factory)) as first:
        person = Person.signed_in(first)
        called = Called.deployed(person, folder / "ledger")
        with Callers(person.url(called.slug), called.key, SLEEP_S) as flow:
            eventually(lambda: len(flow.accepted) >= ENOUGH and _all_busy(person, called.slug))
            _everything(first)
    with running(folder / "data", **settings(tmp_path_factory)) as second:
        back = time.monotonic()
        _all_end(Person.signed_in(second), called, flow, back, name="everything, started again", tally=tally)


def _everything(product: Product) -> None:
    """Kill all there is at once, as a power cut would."""
    found = machine.all_of(product)
    for each in found:
        with suppress(psutil.NoSuchProcess):
            each.suspend()  # nobody starts anybody again meanwhile
    for each in found:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    product.process.wait()


def _settle(product: Product, parts: tuple[str, ...]) -> None:
    for part in parts:
        process = psutil.Process(product.parts()[part])
        eventually(lambda process=process: time.time() - process.create_time() > SETTLED_S + 1)  # type: ignore[misc]


def _all_busy(person: Person, slug: str) -> bool:
    """Say whether attempts are under way, so that a fault meets some."""
    return bool(person.asks("GET", f"/deployments/{slug}/calls/counts")["running"])


def _all_end(person: Person, called: Called, flow: Callers, back: float, *, name: str, tally: Tally) -> None:
    ended = eventually(lambda: _ended(person, called, flow), ENDED_S - (time.monotonic() - back) + SLEEP_S)
    took = time.monotonic() - back
    made = called.executions()
    times = {call_id: made[call_name] for call_id, call_name in flow.accepted.items()}
    extra = sum(max(count - 1, 0) for count in times.values())
    statuses = [each["status"] for each in ended.values()]
    tally.tell(name, len(ended), statuses.count("completed"), statuses.count("error"), extra, took)
    assert [call_id for call_id in flow.cautious if times[call_id] > 1] == []
    assert [each for each in ended.values() if each["attempts"] > 2] == []  # one more than without the kill
    assert [call_id for call_id, count in times.items() if count > 2] == []
    completed = [call_id for call_id, each in ended.items() if each["status"] == "completed"]
    assert [call_id for call_id in completed if not times[call_id]] == []
    lost = {call_id: each["reason"] for call_id, each in ended.items() if each["status"] == "error"}
    assert (lost.keys() <= flow.cautious, set(lost.values()) <= {"worker_lost"}) == (True, True), lost
    for call_id in completed[:5] + completed[-5:]:
        result = person.asks("GET", f"/deployments/{called.slug}/calls/{call_id}/result")
        assert result == {"name": flow.accepted[call_id]}
    again = callers.calls(person, called.slug)
    assert {call_id: again[call_id] for call_id in ended} == ended


def _ended(person: Person, called: Called, flow: Callers) -> dict[str, Any]:
    """Return all accepted calls; each must have ended, and none may be missing."""
    try:
        found = callers.calls(person, called.slug)
    except httpx.HTTPError as error:
        raise AssertionError(repr(error)) from error
    assert flow.accepted.keys() <= found.keys()
    mine = {call_id: found[call_id] for call_id in flow.accepted}
    left = [each for each in mine.values() if each["status"] not in OVER]
    assert left == [], f"{len(left)} of {len(mine)} calls have not ended, such as {left[0]}"
    return mine
