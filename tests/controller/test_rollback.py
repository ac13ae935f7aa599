"""A revision that does not become ready, from the first failure to the old one serving again."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, ImageStatus, InstanceStatus, Phase, Reason
from deploy_ui.models import Image, Revision
from deploy_ui.runtimes.base import EndReason
from deploy_ui.services import deployments, events, rollouts
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.controller.world import GOOD, World, member, records

S = InstanceStatus


@pytest.fixture
def viewer(database: str) -> Viewer:
    assert database
    return factories.viewer()


@pytest.fixture
def card(world: World, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> DeploymentCard:
    """Give a deployment that serves; people change it by the clock of the world."""
    monkeypatch.setattr(deployments, "clock", SimpleNamespace(now=world._now))
    made = factories.deployment(viewer, max_instances=3)
    world.settle()
    return made


def revision(card: DeploymentCard, number: int) -> Revision:
    with reading() as session:
        return session.get_one(Revision, (card.id, number))


def fail(world: World, slug: str, times: int = 2) -> None:
    """Let instances of the wanted revision crash as often as they are tried."""
    for _ in range(times):
        number = member(slug).revision
        world.look()
        for each in records(slug, S.STARTING, S.PENDING):
            if each.revision == number:
                world.runtime.end(each.key, EndReason.CRASHED, exit_code=1, message="ValueError: no weights")
        world.look()
        world.ahead += timedelta(seconds=5)


def rolled_back(viewer: Viewer, card: DeploymentCard) -> list[dict[str, object]]:
    return [each.facts for each in events.rows(viewer, card.slug) if each.kind is EventKind.ROLLED_BACK]


def test_a_revision_whose_instances_are_ready_has_been_ready(world: World, card: DeploymentCard) -> None:
    assert revision(card, 1).ready_at is not None
    assert world.started == list(world.runtime.instances)


def test_one_that_does_not_get_ready_is_rolled_back(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    (old,) = world.runtime.instances
    address = world.runtime.instances[old].address
    deployments.change(viewer, card.slug, Change(memory_mb=99, env={"A": "1"}))
    fail(world, card.slug)
    found = deployments.card(viewer, card.slug)
    assert (found.phase, found.reason, found.message) == (
        Phase.RUNNING,
        Reason.ROLLED_BACK,
        "ValueError: no weights",
    )
    assert (found.revision, found.memory_mb, found.env_names, found.settled) == (1, card.memory_mb, [], True)
    failed = revision(card, 2)
    assert (failed.reason, failed.message) == (Reason.CRASHED, "ValueError: no weights")
    assert failed.failed_at is not None
    assert rolled_back(viewer, card) == [{"revision": 1, "from": 2, "reason": "crashed"}]
    assert old not in world.stopped
    assert all(routes[0].endpoints == (address,) for routes in world.gateway.written[1:])


def test_it_is_never_told_as_degraded_or_failed(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    fail(world, card.slug)
    phases = [each.facts["phase"] for each in events.rows(viewer, card.slug) if each.kind is EventKind.PHASE]
    assert phases == ["running", "updating", "running", "starting"]


def test_it_stays_told_while_nothing_changes(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    fail(world, card.slug)
    world.restart()
    world.settle()
    assert member(card.slug).reason is Reason.ROLLED_BACK
    deployments.scale(viewer, card.slug, 2)
    world.settle()
    assert (member(card.slug).phase, member(card.slug).reason) == (Phase.RUNNING, Reason.NONE)


def test_a_world_after_a_rollback_is_at_rest(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    fail(world, card.slug)
    world.settle()
    calls = list(world.runtime.calls)
    for _ in range(3):
        world.ahead += timedelta(seconds=60)
        world.look()
    assert world.runtime.calls == calls


def test_what_old_instances_were_lost_meanwhile_is_started_again(
    world: World, viewer: Viewer, card: DeploymentCard
) -> None:
    deployments.stop(viewer, card.slug)
    world.settle()
    deployments.change(viewer, card.slug, Change(cpu=2))
    deployments.start(viewer, card.slug)
    fail(world, card.slug)
    world.settle()
    found = member(card.slug)
    assert (found.revision, found.phase, found.reason) == (1, Phase.RUNNING, Reason.ROLLED_BACK)


def test_a_person_may_try_the_failed_one_again(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    fail(world, card.slug)
    deployments.roll_back(viewer, card.slug, 2)
    fail(world, card.slug, times=1)
    found = member(card.slug)
    assert (found.revision, found.phase, found.reason) == (2, Phase.UPDATING, Reason.CRASHED)
    world.settle()
    found = member(card.slug)
    assert (found.revision, found.phase, found.reason) == (2, Phase.RUNNING, Reason.NONE)
    assert (revision(card, 2).failed_at, revision(card, 2).ready_at is None) == (None, False)


def test_and_it_is_rolled_back_again_if_it_fails_again(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    fail(world, card.slug)
    deployments.roll_back(viewer, card.slug, 2)
    fail(world, card.slug)
    assert member(card.slug).revision == 1
    assert len([facts for facts in rolled_back(viewer, card) if "reason" in facts]) == 2


def test_two_that_failed_are_never_taken_for_each_other(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    for cpu in (2, 3):
        deployments.change(viewer, card.slug, Change(cpu=cpu))
        fail(world, card.slug)
    assert member(card.slug).revision == 1
    assert revision(card, 3).failed_at is not None


def test_the_first_revision_has_nothing_to_fall_back_to(world: World, viewer: Viewer) -> None:
    card = factories.deployment(viewer)
    fail(world, card.slug)
    found = member(card.slug)
    assert (found.phase, found.reason, found.revision) == (Phase.FAILED, Reason.CRASHED, 1)


def test_nor_has_one_whose_older_ones_were_never_ready(world: World, viewer: Viewer) -> None:
    card = factories.deployment(viewer)
    fail(world, card.slug)
    deployments.change(viewer, card.slug, Change(cpu=2))
    fail(world, card.slug)
    found = member(card.slug)
    assert (found.phase, found.revision) == (Phase.FAILED, 2)


def test_what_has_been_ready_is_restarted_and_not_rolled_back(
    world: World, viewer: Viewer, card: DeploymentCard
) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    world.settle()
    (key,) = world.runtime.instances
    world.runtime.end(key, EndReason.CRASHED, exit_code=1)
    world.look()
    world.ahead += timedelta(seconds=5)
    fail(world, card.slug, times=3)
    found = member(card.slug)
    assert (found.phase, found.revision) == (Phase.FAILED, 2)


def test_what_still_serves_is_taken_again_even_when_it_is_the_newer_one(
    world: World, viewer: Viewer, card: DeploymentCard
) -> None:
    for cpu in (2, 3):
        deployments.change(viewer, card.slug, Change(cpu=cpu))
        world.settle()
    deployments.roll_back(viewer, card.slug, 2)
    fail(world, card.slug)
    assert member(card.slug).revision == 3


def test_an_image_that_is_gone_is_not_fallen_back_to(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    deployments.change(viewer, card.slug, Change(image=factories.image(viewer).id))
    world.look()
    with transaction() as session:
        session.get_one(Image, card.image_id).deleted_at = card.created_at
    fail(world, card.slug)
    found = member(card.slug)
    assert (found.phase, found.revision, found.ready_instances) == (Phase.DEGRADED, 2, 1)


def test_an_image_that_does_not_build_is_rolled_back(world: World, viewer: Viewer, card: DeploymentCard) -> None:
    image = factories.image(viewer, status=ImageStatus.BUILDING)
    deployments.change(viewer, card.slug, Change(image=image.id))
    world.look()
    assert (member(card.slug).phase, member(card.slug).reason) == (Phase.UPDATING, Reason.IMAGE_BUILDING)
    with transaction() as session:
        session.get_one(Image, image.id).status = ImageStatus.FAILED
    world.look()
    found = member(card.slug)
    assert (found.phase, found.reason, found.revision) == (Phase.RUNNING, Reason.ROLLED_BACK, 1)


def test_a_change_that_a_person_made_meanwhile_is_not_rolled_back(
    world: World, viewer: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployments.change(viewer, card.slug, Change(cpu=2))
    give_up = rollouts.give_up

    def late(*args: int, **facts: object) -> bool:
        deployments.change(viewer, card.slug, Change(cpu=3))
        return give_up(*args, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(rollouts, "give_up", late)
    fail(world, card.slug)
    assert member(card.slug).revision == 3
    assert rolled_back(viewer, card) == []


def test_an_old_one_that_crashes_while_the_new_one_does_not_get_ready_is_replaced(
    world: World, viewer: Viewer, card: DeploymentCard
) -> None:
    (old,) = world.runtime.instances
    deployments.change(viewer, card.slug, Change(memory_mb=99, ready_path="/new"))
    world.look()
    world.runtime.end(old, EndReason.CRASHED, exit_code=1)
    world.look()
    world.ahead += timedelta(seconds=5)
    world.look()
    (again,) = [each for each in records(card.slug, S.PENDING, S.STARTING) if each.revision == 1]
    spec = world.runtime.specs[again.key]
    assert (spec.revision, spec.memory_mb) == (1, card.memory_mb)
    world.look()
    assert world.prober.watched[again.key].path == "/health/ready"
    world.prober.answers[again.key] = GOOD
    world.look()
    assert world.routes[0].endpoints == (world.runtime.instances[again.key].address,)
    world.settle()
    assert [each.revision for each in records(card.slug, S.READY)] == [2]


def test_a_new_controller_probes_old_instances_as_they_were_born(
    world: World, viewer: Viewer, card: DeploymentCard
) -> None:
    (old,) = world.runtime.instances
    deployments.change(viewer, card.slug, Change(ready_path="/new"))
    world.look()
    world.restart()
    world.look()
    assert world.prober.watched[old].path == "/health/ready"


def test_slow_starts_that_fail_are_counted_however_long_they_take(
    world: World, viewer: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy_ui.services.members.REMEMBERED", timedelta(seconds=-1))
    deployments.change(viewer, card.slug, Change(cpu=2, start_timeout_s=3600))
    fail(world, card.slug)
    assert member(card.slug).revision == 1
