"""Asynchronous calls are load, and instances finish them: whole passes on a real database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from deploy_ui import clock
from deploy_ui.controller import plan
from deploy_ui.db import transaction
from deploy_ui.enums import CallStatus, EventKind, Phase
from deploy_ui.gateway.load import Load
from deploy_ui.models import Call
from deploy_ui.services import deployments, events
from deploy_ui.services.deployments import Change, DeploymentCard
from tests import factories
from tests.controller.world import World, member

IDLE_S = 5
CALLS_S = int(plan.CALLS_PATIENCE.total_seconds())


class NoCalls:
    """Says that there are none, and counts how often it was asked; it may be told to fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = False

    def waiting_and_running(self) -> dict[str, tuple[int, int]]:
        self.asked.append("waiting_and_running")
        if self.broken:
            raise OSError("no database")
        return {}

    def busy(self, instances: object) -> set[str]:
        self.asked.append(f"busy {instances}")
        return set()


def running(world: World, **values: Any) -> DeploymentCard:
    """Make a deployment and let it come up."""
    card = factories.deployment(**{"min_instances": 0, "idle_timeout_s": IDLE_S, **values})
    world.gateway.loads[card.slug] = Load(0, 0)
    world.settle()
    return card


def call_on(card: DeploymentCard, instance: str) -> str:
    now = clock.now()
    at_work = {"status": CallStatus.RUNNING, "attempts": 1, "attempt_at": now, "started_at": now}
    return factories.call(card, **at_work, instance=instance)  # type: ignore[arg-type]


def end_calls() -> None:
    ended = {"status": CallStatus.COMPLETED, "finished_at": clock.now()}
    with transaction() as session:
        session.exec(update(Call).where(col(Call.status) == CallStatus.RUNNING).values(ended))


def pass_time(world: World, seconds: int) -> None:
    """Look once a second."""
    for _ in range(seconds):
        world.ahead += timedelta(seconds=1)
        world.look()


def asleep(world: World, **values: Any) -> DeploymentCard:
    card = running(world, **values)
    pass_time(world, IDLE_S + 1)
    world.settle()
    assert member(card.slug).phase is Phase.SLEEPING
    return card


@pytest.mark.parametrize("hint", [True, False])
def test_a_queued_call_wakes_a_deployment_that_sleeps(world: World, hint: bool) -> None:  # noqa: FBT001
    card = asleep(world)
    factories.call(card)
    if hint:
        world.look(fresh=False, held=True)
    else:
        pass_time(world, 1)
    assert (member(card.slug).wanted, member(card.slug).phase) == (1, Phase.STARTING)
    rows = events.rows(factories.viewer(), card.slug, limit=200)
    assert [row.facts["waiting"] for row in rows if row.kind is EventKind.WOKEN] == [1]


def test_calls_that_have_ended_wake_nothing(world: World) -> None:
    card = asleep(world)
    factories.call(card, status=CallStatus.COMPLETED, finished_at=clock.now())
    pass_time(world, 2)
    assert member(card.slug).phase is Phase.SLEEPING


def test_while_a_call_runs_it_does_not_fall_asleep(world: World) -> None:
    card = running(world)
    call_on(card, world.started[0])
    pass_time(world, 3 * IDLE_S)
    assert member(card.slug).phase is Phase.RUNNING
    end_calls()
    pass_time(world, IDLE_S + 1)
    assert member(card.slug).wanted == 0


def test_queued_and_running_calls_want_instances(world: World) -> None:
    card = running(world, max_instances=4, concurrency=2)
    call_on(card, world.started[0])
    for _ in range(4):
        factories.call(card)
    pass_time(world, 8)
    assert member(card.slug).wanted == 3


def test_a_replaced_instance_finishes_its_calls(world: World) -> None:
    card = running(world, min_instances=1)
    (old,) = world.started
    call_on(card, old)
    deployments.change(factories.viewer(), card.slug, Change(memory_mb=2048))
    for _ in range(30):
        pass_time(world, 1)
        world.prober.answers |= dict.fromkeys(world.runtime.instances, world.prober.answers[old])
    (new,) = (key for key in world.started if key != old)
    assert world.routes[0].endpoints == (world.runtime.instances[new].address,)
    assert world.stopped == []
    end_calls()
    pass_time(world, 1)
    assert world.stopped == [old]


@pytest.mark.parametrize(("seconds", "stopped"), [(CALLS_S - 2, 0), (CALLS_S + 2, 1)])
def test_a_scaled_down_instance_is_kept_for_a_call_for_minutes_at_most(
    world: World, seconds: int, stopped: int
) -> None:
    card = running(world, min_instances=1, max_instances=2)
    deployments.scale(factories.viewer(), card.slug, 2)
    world.settle()
    call_on(card, world.started[1])
    deployments.scale(factories.viewer(), card.slug, 1)
    world.look()
    pass_time(world, seconds)
    assert len(world.stopped) == stopped


@pytest.mark.parametrize("end", [deployments.stop, deployments.delete])
def test_a_person_does_not_wait_for_calls(world: World, end: Any) -> None:
    card = running(world, min_instances=1, max_instances=2)
    deployments.scale(factories.viewer(), card.slug, 2)
    world.settle()
    for key in world.started:
        call_on(card, key)
    deployments.scale(factories.viewer(), card.slug, 1)
    pass_time(world, 3)
    assert world.stopped == []
    end(factories.viewer(), card.slug)
    pass_time(world, 1)
    world.settle()
    assert sorted(world.stopped) == sorted(world.started)


def test_calls_are_read_once_a_sample_and_never_where_there_is_no_choice(world: World) -> None:
    running(world, min_instances=1)
    calls = NoCalls()
    world.sweep._calls = world.sweep._scaling._calls = calls
    pass_time(world, 3)
    assert calls.asked == []
    running(world)
    calls.asked.clear()
    pass_time(world, 2)
    world.look(fresh=False)
    assert calls.asked == ["waiting_and_running"] * 2


def test_while_calls_cannot_be_read_nothing_falls_asleep(world: World) -> None:
    card = running(world)
    calls = NoCalls()
    calls.broken = True
    world.sweep._scaling._calls = calls
    pass_time(world, 3 * IDLE_S)
    assert member(card.slug).phase is Phase.RUNNING
