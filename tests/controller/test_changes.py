from collections.abc import Sequence
from datetime import timedelta

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, InstanceStatus, Phase, Reason
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.models import Image
from deploy_ui.runtimes.base import EndReason
from deploy_ui.services import deployments, fleet, keys
from deploy_ui.services.deployments import Change
from tests import factories
from tests.controller.world import World, member, records

S = InstanceStatus


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
        left.append(address not in world.routes[0].endpoints and address in world.gateway.written[-2][0].endpoints)
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
    monkeypatch.setattr(world.gateway, "write", _full)
    for _ in range(3):
        with pytest.raises(OSError, match="disk full"):
            world.look()
        world.ahead += timedelta(seconds=1)
    assert world.stopped == []


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


def test_a_revoked_key_is_out_of_the_route_at_the_next_look(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    key = keys.create(viewer, slug, name="k")
    world.settle()
    assert [each.id for each in world.routes[0].grants] == [key.row.id]
    keys.revoke(viewer, slug, key.row.id)
    world.look()
    assert world.routes[0].grants == ()


def _full(_routes: Sequence[Route]) -> bool:
    raise OSError("disk full")


def test_it_is_not_stopped_before_the_gateway_says_that_it_has_left(world: World) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    world.settle()
    deployments.stop(viewer, slug)
    world.gateway.current = False
    world.look()
    world.ahead += timedelta(seconds=1)
    world.look()
    assert world.stopped == []
    world.gateway.current = True
    world.look()
    assert len(world.stopped) == 1


def test_one_that_cannot_be_stopped_keeps_no_other_from_being_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer, min_instances=2).slug
    world.settle()
    first, second = sorted(world.runtime.instances)
    stop = world.runtime.stop

    def choosy(key: str) -> None:
        if key == first:
            raise PermissionError(key)
        stop(key)

    monkeypatch.setattr(world.runtime, "stop", choosy)
    deployments.stop(viewer, slug)
    world.look()
    world.ahead += timedelta(seconds=1)
    world.look()
    assert world.stopped == [second]
