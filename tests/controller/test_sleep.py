"""Falling asleep, waking and growing: whole passes on a real database."""

from datetime import timedelta
from typing import Any

import pytest

from deploy_ui.controller.sweep import Found
from deploy_ui.enums import EventKind, InstanceStatus, Phase, Reason
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.load import Load
from deploy_ui.gateway.routes import RouteState
from deploy_ui.runtimes.base import EndReason
from deploy_ui.services import deployments, events, fleet
from deploy_ui.services.deployments import Change
from tests import factories
from tests.controller.world import GOOD, World, member, records

S = InstanceStatus
IDLE_S = 5


def sleeper(world: World, **values: Any) -> str:
    """Make a deployment that may sleep, and let it come up."""
    slug = factories.deployment(min_instances=0, idle_timeout_s=IDLE_S, **values).slug
    world.gateway.loads[slug] = Load(0, 0)
    world.settle()
    return slug


def asleep(world: World, **values: Any) -> str:
    slug = sleeper(world, **values)
    pass_time(world, IDLE_S + 1)
    world.settle()
    return slug


def pass_time(world: World, seconds: int) -> None:
    """Look once a second."""
    for _ in range(seconds):
        world.ahead += timedelta(seconds=1)
        world.look()


def timeline(slug: str, kind: EventKind) -> list[dict[str, Any]]:
    rows = events.rows(factories.viewer(), slug, limit=200)
    return [row.facts for row in reversed(rows) if row.kind is kind]


def phases(slug: str) -> list[str]:
    return [facts["phase"] for facts in timeline(slug, EventKind.PHASE)]


def test_without_traffic_it_falls_asleep_and_tells_it(world: World) -> None:
    slug = asleep(world)
    seen = member(slug)
    assert (seen.phase, seen.reason, seen.wanted, seen.ready_instances) == (Phase.SLEEPING, Reason.IDLE, 0, 0)
    assert world.runtime.instances == {}
    assert [(each.status, each.reason) for each in records(slug)] == [(S.STOPPED, Reason.IDLE)]
    assert timeline(slug, EventKind.SCALED) == [{"from": 1, "to": 0, "instances": 0, "why": "idle", "idle_s": IDLE_S}]
    assert phases(slug) == ["starting", "running", "sleeping"]


def test_with_traffic_it_stays_awake(world: World) -> None:
    slug = sleeper(world)
    for second in range(3 * IDLE_S):
        world.gateway.loads[slug] = Load(0, second)
        pass_time(world, 1)
    assert member(slug).phase is Phase.RUNNING


def test_while_the_gateway_cannot_be_asked_nothing_falls_asleep(world: World) -> None:
    slug = sleeper(world)
    world.gateway.loads.clear()
    pass_time(world, 3 * IDLE_S)
    assert member(slug).phase is Phase.RUNNING


def test_before_its_first_instance_is_ready_it_does_not_fall_asleep(world: World) -> None:
    slug = factories.deployment(min_instances=0, idle_timeout_s=1, start_timeout_s=600).slug
    world.gateway.loads[slug] = Load(0, 0)
    pass_time(world, 10)
    assert member(slug).phase is Phase.STARTING


def test_the_last_instance_ends_only_once_the_gateway_holds_its_requests(world: World) -> None:
    slug = sleeper(world)
    (address,) = world.routes[0].endpoints
    world.gateway.current = False
    pass_time(world, IDLE_S + 20)
    assert (world.routes[0].state, world.routes[0].endpoints) == (RouteState.WAITING, (address,))
    assert world.gateway.gate[slug].state is RouteState.WAITING
    assert world.stopped == []
    world.gateway.current = True
    pass_time(world, 1)
    assert len(world.stopped) == 1


def test_who_waits_is_served_by_one_instance_that_starts_in_the_same_look(world: World) -> None:
    slug = asleep(world, max_instances=3)
    before = len(world.started)
    world.gateway.waiting[slug] = 2
    world.look(fresh=False, held=True)
    assert len(world.started) == before + 1
    assert timeline(slug, EventKind.WOKEN) == [{"from": 0, "to": 1, "instances": 1, "why": "waiting", "waiting": 2}]
    assert (member(slug).wanted, member(slug).phase) == (1, Phase.STARTING)


def test_one_that_failed_before_its_last_good_run_wakes_like_any_other(world: World) -> None:
    slug = sleeper(world)
    for _ in range(2):
        world.runtime.end(world.started[-1], EndReason.OUT_OF_MEMORY)
        world.look()
        pass_time(world, 5)
        world.settle()
    pass_time(world, IDLE_S + 1)
    world.settle()
    world.gateway.waiting[slug] = 1
    world.look(held=True)
    assert member(slug).phase is Phase.STARTING
    assert world.gateway.gate[slug].state is RouteState.WAITING


def test_who_stops_one_that_falls_asleep_does_not_wait_for_the_gateway(world: World) -> None:
    slug = sleeper(world)
    world.gateway.current = False
    pass_time(world, IDLE_S + 1)
    deployments.stop(factories.viewer(), slug)
    pass_time(world, 5)
    assert len(world.stopped) == 1


def test_without_the_hint_it_is_woken_at_the_next_look(world: World) -> None:
    slug = asleep(world)
    world.gateway.waiting[slug] = 1
    pass_time(world, 1)
    assert member(slug).wanted == 1


def test_the_gate_opens_in_the_look_that_finds_the_instance_ready(world: World) -> None:
    slug = asleep(world)
    world.gateway.waiting[slug] = 1
    world.look(held=True)
    world.look()
    assert world.gateway.gate == {slug: Shut(RouteState.WAITING, 120, "")}
    (key,) = world.runtime.instances
    assert world.routes[0].endpoints == (world.runtime.instances[key].address,)
    world.gateway.current = False
    world.prober.answers[key] = GOOD
    world.look(fresh=False)
    assert world.gateway.gate == {}


def test_an_instance_that_the_gateway_may_not_know_opens_no_gate(world: World) -> None:
    slug = asleep(world)
    world.gateway.current = False
    world.gateway.waiting[slug] = 1
    world.look(held=True)
    world.look()
    world.prober.answers |= dict.fromkeys(world.runtime.instances, GOOD)
    assert world.look(fresh=False).moving
    assert world.routes[0].state is RouteState.SERVING
    assert world.gateway.gate[slug].state is RouteState.WAITING
    world.gateway.current = True
    world.look(fresh=False)
    assert world.gateway.gate == {}


def test_one_that_cannot_wake_lets_nobody_wait(world: World) -> None:
    slug = asleep(world)
    world.gateway.waiting[slug] = 1
    for _ in range(6):
        world.look(held=True)
        for key in list(world.runtime.instances):
            world.runtime.end(key, EndReason.CRASHED, exit_code=1)
        world.ahead += timedelta(seconds=2)
    assert member(slug).phase is Phase.FAILED
    assert world.gateway.gate[slug] == Shut(RouteState.FAILED, 120, "crashed")


def test_a_stopped_one_is_not_woken(world: World) -> None:
    slug = asleep(world)
    deployments.stop(factories.viewer(), slug)
    world.gateway.waiting[slug] = 1
    world.look(held=True)
    pass_time(world, 2)
    assert world.runtime.instances == {}
    assert world.gateway.gate[slug].state is RouteState.STOPPED


def test_what_a_person_has_changed_meanwhile_goes_before_the_load(world: World) -> None:
    slug = sleeper(world, max_instances=3)
    deployments.scale(factories.viewer(), slug, 3)
    world.ahead += timedelta(seconds=1)
    world.gateway.loads[slug] = Load(0, 1)
    before = member(slug)
    world.look()
    assert (before.wanted, member(slug).wanted) == (3, 3)


def test_a_decision_upon_an_old_reading_is_not_written(world: World) -> None:
    slug = sleeper(world, max_instances=3)
    old = member(slug)
    deployments.change(factories.viewer(), slug, Change(request_timeout_s=5))
    assert not fleet.save_scale(old, 2, EventKind.SCALED, {})
    assert (member(slug).wanted, timeline(slug, EventKind.SCALED)) == (1, [])


def test_a_stopped_deployment_is_not_scaled(world: World) -> None:
    slug = sleeper(world)
    deployments.stop(factories.viewer(), slug)
    assert not fleet.save_scale(member(slug), 0, EventKind.SCALED, {})


def test_load_brings_more_instances_and_calm_takes_them_away_again(world: World) -> None:
    slug = factories.deployment(max_instances=4, concurrency=4).slug
    world.gateway.loads[slug] = Load(0, 0)
    world.settle()
    world.gateway.loads[slug] = Load(40, 40)
    for _ in range(12):
        world.prober.answers |= dict.fromkeys(world.runtime.instances, GOOD)
        pass_time(world, 1)
    assert (member(slug).phase, member(slug).ready_instances) == (Phase.RUNNING, 4)
    scaled = timeline(slug, EventKind.SCALED)
    assert {facts["why"] for facts in scaled} == {"burst"}
    assert (scaled[-1]["to"], scaled[-1]["concurrency"]) == (4, 4)
    world.gateway.loads[slug] = Load(0, 40)
    pass_time(world, 100)
    world.settle()
    assert (member(slug).phase, member(slug).ready_instances) == (Phase.RUNNING, 1)
    assert [each.reason for each in records(slug, S.STOPPED)] == [Reason.SCALED_DOWN] * 3
    assert "degraded" not in phases(slug)


def test_until_a_change_is_proven_the_load_is_measured_by_what_serves(world: World) -> None:
    slug = factories.deployment(max_instances=8, concurrency=8).slug
    world.gateway.loads[slug] = Load(8, 8)
    world.settle()
    deployments.change(factories.viewer(), slug, Change(concurrency=1))
    world.prober.answers.clear()
    pass_time(world, 10)
    assert member(slug).wanted == 1


def test_nothing_is_asked_while_no_deployment_leaves_a_choice(world: World) -> None:
    factories.deployment(min_instances=2)
    world.settle()
    world.gateway.asked.clear()
    pass_time(world, 5)
    assert world.gateway.asked == []


def test_asleep_only_who_waits_is_asked_for(world: World) -> None:
    asleep(world)
    world.gateway.asked.clear()
    pass_time(world, 3)
    assert world.gateway.asked == ["held"] * 3


def test_a_look_at_a_sleeping_world_does_nothing(world: World) -> None:
    asleep(world)
    written = len(world.gateway.written)
    assert world.look() == Found()
    assert len(world.gateway.written) == written


def test_a_change_wakes_it_to_prove_itself_and_then_it_sleeps_again(world: World) -> None:
    slug = asleep(world)
    deployments.change(factories.viewer(), slug, Change(cpu=2))
    world.settle()
    assert (member(slug).phase, member(slug).revision) == (Phase.RUNNING, 2)
    pass_time(world, IDLE_S + 1)
    assert member(slug).phase is Phase.SLEEPING


@pytest.mark.parametrize("held", [True, False])
def test_a_sleeping_one_whose_hint_came_too_early_stays_asleep(world: World, held: bool) -> None:  # noqa: FBT001
    slug = asleep(world)
    world.look(held=held)
    assert member(slug).wanted == 0
