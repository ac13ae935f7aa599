import contextlib
import sqlite3
from datetime import timedelta

import pytest

from deploy_ui.controller.observe import Health
from deploy_ui.controller.sweep import Found
from deploy_ui.enums import InstanceStatus, Phase, Reason
from deploy_ui.gateway.routes import RouteState
from deploy_ui.runtimes.base import EndReason, Instance, InstanceSpec, RunState
from deploy_ui.services import fleet
from deploy_ui.settings import settings
from tests import factories
from tests.controller.world import GOOD, World, member, records

S = InstanceStatus


def test_a_new_deployment_comes_up(world: World) -> None:
    slug = factories.deployment(min_instances=2).slug
    world.settle()
    assert (member(slug).phase, member(slug).ready_instances) == (Phase.RUNNING, 2)


def test_its_route_balances_over_its_instances(world: World) -> None:
    factories.deployment(min_instances=2)
    world.settle()
    addresses = tuple(sorted(each.address for each in world.runtime.list()))
    assert (world.routes[0].state, world.routes[0].endpoints) == (RouteState.SERVING, addresses)


def test_a_look_at_a_healthy_world_does_nothing(world: World) -> None:
    factories.deployment()
    world.settle()
    calls, written = list(world.runtime.calls), len(world.gateway.written)
    found = world.look()
    assert (found, world.runtime.calls, len(world.gateway.written)) == (Found(), calls, written)


def test_a_look_at_a_healthy_world_writes_nothing(world: World) -> None:
    factories.deployment()
    world.settle()
    with contextlib.closing(sqlite3.connect(settings().data_dir / "deploy-ui.db")) as witness:
        before = witness.execute("PRAGMA data_version").fetchone()
        world.look()
        assert witness.execute("PRAGMA data_version").fetchone() == before


def test_the_first_look_of_a_new_controller_at_a_healthy_world_starts_and_stops_nothing(world: World) -> None:
    factories.deployment(min_instances=3)
    world.settle()
    calls = list(world.runtime.calls)
    world.restart()
    world.look()
    assert world.runtime.calls == calls


def test_a_new_controller_keeps_the_ready_in_the_gateway_before_any_probe(world: World) -> None:
    factories.deployment()
    world.settle()
    before = world.routes
    world.restart()
    world.prober.answers.clear()
    world.look()
    assert world.routes == before


def test_it_is_written_down_before_it_is_started(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slug = factories.deployment().slug
    known: list[str] = []

    def start(spec: InstanceSpec) -> None:
        known.extend(each.key for each in records(slug) if each.key == spec.key)

    monkeypatch.setattr(world.runtime, "start", start)
    world.look()
    assert len(known) == 1


def test_killed_between_writing_and_starting_it_starts_the_same_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = factories.deployment().slug
    with monkeypatch.context() as patch:
        patch.setattr(world.runtime, "start", lambda _spec: None)
        world.look()
    world.restart()
    world.settle()
    assert set(world.started) == {each.key for each in records(slug)}
    assert len(world.runtime.instances) == 1


def test_a_crashed_one_is_replaced_after_a_second(world: World) -> None:
    slug = factories.deployment().slug
    world.settle()
    (key,) = world.runtime.instances
    world.runtime.end(key, EndReason.CRASHED, exit_code=1)
    world.look()
    assert len(world.started) == 1
    world.ahead += timedelta(seconds=1)
    world.settle()
    assert [each.status for each in records(slug)] == [S.FAILED, S.READY]


def test_a_crash_is_told_with_the_exception(world: World) -> None:
    slug = factories.deployment().slug
    world.look()
    (key,) = world.runtime.instances
    world.runtime.output[key] = [
        *("Traceback (most recent call last):", '  File "serving.py", line 3, in load', "    boom()"),
        *("ValueError: no such weights", "Application startup failed. Exiting."),
    ]
    world.runtime.end(key, EndReason.CRASHED, exit_code=3, message="Application startup failed. Exiting.")
    world.look()
    assert (member(slug).reason, member(slug).message) == (Reason.CRASHED, "ValueError: no such weights")


def test_an_ended_one_is_forgotten_by_the_runtime_once_it_is_written_down(world: World) -> None:
    factories.deployment()
    world.settle()
    (key,) = world.runtime.instances
    world.runtime.end(key, EndReason.CRASHED, exit_code=1)
    world.look()
    assert ("forget", key) in world.runtime.calls


def test_one_that_never_gets_ready_ends_after_its_start_timeout(world: World) -> None:
    slug = factories.deployment(start_timeout_s=1).slug
    world.look()
    (key,) = world.runtime.instances
    world.prober.answers[key] = Health(ready=False, failures=9, words="GET /health/ready answered 503")
    for _ in range(4):
        world.look()
        world.ahead += timedelta(seconds=1)
    (first, *_) = records(slug)
    assert (first.status, first.reason) == (S.FAILED, Reason.START_TIMEOUT)
    assert first.message == "GET /health/ready answered 503"


def test_a_stranger_is_stopped(world: World) -> None:
    factories.deployment()
    world.settle()
    world.runtime.instances["zzzzzz"] = Instance("zzzzzz", "gone", 1, RunState.RUNNING, "127.0.0.1:9")
    world.look()
    assert world.stopped == ["zzzzzz"]


def test_nothing_is_stopped_when_the_database_cannot_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.deployment()
    world.settle()
    monkeypatch.setattr(fleet, "members", _unreadable)
    with pytest.raises(OSError, match="unreadable"):
        world.look()
    assert world.stopped == []


def test_a_deployment_that_cannot_be_looked_after_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = factories.deployment().slug
    well = factories.deployment().slug
    start = world.runtime.start

    def choosy(spec: InstanceSpec) -> None:
        if spec.deployment == broken:
            raise RuntimeError("no")
        start(spec)

    monkeypatch.setattr(world.runtime, "start", choosy)
    for _ in range(3):
        world.prober.answers |= dict.fromkeys(world.runtime.instances, GOOD)
        world.look()
    assert member(well).phase is Phase.RUNNING


def test_one_that_failed_to_start_by_surprise_is_not_doubled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slug = factories.deployment().slug
    with monkeypatch.context() as patch:
        patch.setattr(world.runtime, "start", _surprise)
        world.look()
        world.look(fresh=False)
    world.ahead += timedelta(seconds=2)
    world.settle()
    assert len(records(slug)) == 1


def test_a_sick_instance_is_replaced(world: World) -> None:
    slug = factories.deployment().slug
    world.settle()
    (sick,) = world.runtime.instances
    world.prober.answers[sick] = Health(ready=False, failures=3, words="no answer")
    world.look()
    assert world.routes[0].endpoints == ()
    (new,) = world.runtime.instances.keys() - {sick}
    world.look()
    world.prober.answers[new] = GOOD
    for _ in range(4):
        world.look()
        world.ahead += timedelta(seconds=0.3)
    assert [(each.status, each.reason) for each in records(slug)] == [
        (S.FAILED, Reason.NOT_ANSWERING),
        (S.READY, Reason.NONE),
    ]


def test_between_reads_of_the_database_it_goes_on_from_what_it_wrote(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = factories.deployment().slug
    world.look()
    with monkeypatch.context() as patch:
        patch.setattr(fleet, "members", _unreadable)
        for _ in range(3):
            world.prober.answers |= dict.fromkeys(world.runtime.instances, GOOD)
            world.look(fresh=False)
    assert member(slug).phase is Phase.RUNNING


def _unreadable() -> list[fleet.Member]:
    raise OSError("unreadable")


def _surprise(_spec: InstanceSpec) -> None:
    raise RuntimeError("no")
