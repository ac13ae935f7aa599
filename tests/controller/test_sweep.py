import contextlib
import sqlite3
from collections.abc import Sequence
from datetime import timedelta

import pytest

from deploy_ui.controller.observe import Health
from deploy_ui.controller.sweep import Found
from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, InstanceStatus, Phase, Reason
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.models import Image
from deploy_ui.runtimes.base import EndReason, Instance, InstanceSpec, RunState
from deploy_ui.services import deployments, fleet, keys
from deploy_ui.services.deployments import Change
from deploy_ui.settings import settings
from tests import factories
from tests.controller.world import GOOD, World, member, records

S = InstanceStatus


@pytest.fixture
def world(database: str) -> World:  # noqa: ARG001 - it has to be there
    return World()


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
    calls, written = list(world.runtime.calls), len(world.written)
    found = world.look()
    assert (found, world.runtime.calls, len(world.written)) == (Found(), calls, written)


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


def test_a_change_brings_the_new_up_before_the_old_goes(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    world.settle()
    (old,) = world.runtime.instances
    deployments.change(viewer, slug, Change(env={"A": "1"}))
    world.look()
    assert world.stopped == []
    assert world.routes[0].endpoints == (world.runtime.instances[old].address,)
    world.settle()
    assert world.stopped == [old]
    assert [each.revision for each in records(slug, S.READY)] == [2]


def test_the_gateway_leaves_an_instance_before_it_is_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer, min_instances=2).slug
    world.settle()
    left: list[bool] = []

    def stop(key: str) -> None:
        address = world.runtime.instances[key].address
        left.append(address not in world.routes[0].endpoints and address in world.written[-2][0].endpoints)
        world.runtime.end(key, EndReason.STOPPED)

    monkeypatch.setattr(world.runtime, "stop", stop)
    deployments.change(viewer, slug, Change(min_instances=1, instances=1))
    world.settle()
    assert left == [True]


def test_it_is_not_stopped_while_the_gateway_cannot_be_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    world.settle()
    deployments.stop(viewer, slug)
    monkeypatch.setattr(world.sweep, "_write", _full)
    for _ in range(3):
        with pytest.raises(OSError, match="disk full"):
            world.look()
        world.ahead += timedelta(seconds=1)
    assert world.stopped == []


def test_a_change_that_never_gets_ready_leaves_the_old_serving(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    world.settle()
    (old,) = world.runtime.instances
    deployments.change(viewer, slug, Change(env={"A": "1"}))
    for _ in range(2):
        world.look()
        (new,) = world.runtime.instances.keys() - {old}
        world.runtime.end(new, EndReason.CRASHED, exit_code=1, message="no")
        world.look()
        world.ahead += timedelta(seconds=2)
    found = member(slug)
    assert (found.phase, found.reason, found.ready_instances) == (Phase.DEGRADED, Reason.CRASHED, 1)
    assert world.routes[0].endpoints == (world.runtime.instances[old].address,)


def test_an_old_revision_is_probed_as_it_was_and_not_as_the_new(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    world.settle()
    (old,) = world.runtime.instances
    deployments.change(viewer, slug, Change(ready_path="/elsewhere", env={"A": "1"}))
    world.look()
    assert world.prober.watched[old].path == "/health/ready"


def test_scaling_up_and_down_leaves_the_first_alone(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer, max_instances=3).slug
    world.settle()
    (first,) = world.runtime.instances
    deployments.scale(viewer, slug, 3)
    world.settle()
    deployments.scale(viewer, slug, 1)
    world.settle()
    assert list(world.runtime.instances) == [first]


def test_stop_ends_all_and_start_begins_again(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer, min_instances=2).slug
    world.settle()
    deployments.stop(viewer, slug)
    world.settle()
    assert (member(slug).phase, len(world.runtime.instances)) == (Phase.STOPPED, 0)
    assert world.routes[0].state is RouteState.STOPPED
    deployments.start(viewer, slug)
    world.settle()
    assert (member(slug).phase, len(world.runtime.instances)) == (Phase.RUNNING, 2)


def test_delete_ends_all_and_leaves_a_route_that_says_so(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    world.settle()
    deployments.delete(viewer, slug)
    world.settle()
    assert fleet.deleted_slugs() == [slug]
    assert (world.routes[0].slug, world.routes[0].state) == (slug, RouteState.DELETED)
    assert world.runtime.instances == {}


def test_an_image_that_is_still_building_is_waited_for(world: World) -> None:
    viewer = factories.viewer()
    image = factories.image(viewer, status=ImageStatus.BUILDING)
    slug = factories.deployment(viewer, image_id=image.id).slug
    world.settle()
    assert (member(slug).phase, member(slug).reason) == (Phase.PENDING, Reason.IMAGE_BUILDING)
    with transaction() as session:
        session.get_one(Image, image.id).status = ImageStatus.READY
    world.settle()
    assert member(slug).phase is Phase.RUNNING


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


def test_a_revoked_key_is_out_of_the_route_at_the_next_look(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    key = keys.create(viewer, slug, name="k")
    world.settle()
    assert [each.id for each in world.routes[0].grants] == [key.row.id]
    keys.revoke(viewer, slug, key.row.id)
    world.look()
    assert world.routes[0].grants == ()


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


def _full(_routes: Sequence[Route]) -> bool:
    raise OSError("disk full")


def _surprise(_spec: InstanceSpec) -> None:
    raise RuntimeError("no")
