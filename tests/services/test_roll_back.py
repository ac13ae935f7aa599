import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, ImageStatus, InstanceStatus, Reason, Role, Wish
from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, NotFound
from deploy_ui.models import Deployment, Image, Revision
from deploy_ui.services import deployments, events, fleet, images, plans, revisions
from deploy_ui.services.configuration import BORN_WITH
from deploy_ui.services.deployments import Change, DeploymentCard, Effect
from deploy_ui.services.revisions import RevisionRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer(name="Anna")


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, max_instances=3, env={"A": "1", "B": "2"})


def listed(editor: Viewer, card: DeploymentCard) -> list[RevisionRow]:
    return revisions.rows(editor, card.slug).items


def row(card: DeploymentCard, number: int) -> Revision:
    with reading() as session:
        return session.get_one(Revision, (card.id, number))


def write(card: DeploymentCard, number: int, **values: Any) -> None:
    with transaction() as session:
        found = session.get_one(Revision, (card.id, number))
        for name, value in values.items():
            setattr(found, name, value)


def newest_sealed(card: DeploymentCard) -> str:
    with reading() as session:
        return session.get_one(Deployment, card.id).env_sealed


def test_variables_with_a_lost_key_are_taken_back_as_they_are(editor: Viewer, card: DeploymentCard) -> None:
    sealed = newest_sealed(card)
    deployments.change(editor, card.slug, Change(env={"A": "2"}))
    (settings().keys_dir / "seal.key").unlink()
    deployments.roll_back(editor, card.slug, 1)
    assert newest_sealed(card) == sealed


def test_a_rollback_takes_every_value_back(editor: Viewer, card: DeploymentCard) -> None:
    other = factories.image(editor)
    everything = Change(image=other.id, cpu=2, memory_mb=99, concurrency=2, ready_path="/x", env={"A": None})
    changed = deployments.change(editor, card.slug, everything)
    back = deployments.roll_back(editor, card.slug, 1)
    for name in (*BORN_WITH, "env_names"):
        if name != "env":
            assert getattr(back, name) == getattr(card, name)
    assert (back.revision, back.generation) == (1, changed.generation + 1)
    assert [(each.number, each.current) for each in listed(editor, card)] == [(2, False), (1, True)]


def test_a_rollback_leaves_what_no_instance_is_born_with(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2, request_timeout_s=7, name="Renamed"))
    back = deployments.roll_back(editor, card.slug, 1)
    assert (back.request_timeout_s, back.name, back.max_instances) == (7, "Renamed", 3)


def test_a_rollback_is_on_the_timeline(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    deployments.roll_back(editor, card.slug, 1)
    newest = events.rows(editor, card.slug)[0]
    assert (newest.kind, newest.actor, newest.facts) == (EventKind.ROLLED_BACK, "Anna", {"revision": 1, "from": 2})


def test_the_number_after_a_rollback_is_a_new_one(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    deployments.roll_back(editor, card.slug, 1)
    assert plans.plan(editor, card.slug, Change(cpu=3)).revision == 3
    assert deployments.change(editor, card.slug, Change(cpu=3)).revision == 3


def test_a_rollback_says_how_many_instances_it_replaces(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    factories.instance(card, "old")  # of revision 1
    factories.instance(card, "gone", status=InstanceStatus.STOPPED)
    assert deployments.roll_back_effect(editor, card.slug, 1) == Effect(restarts=0, revision=1)
    assert deployments.roll_back_effect(editor, card.slug, 2) == Effect(restarts=1, revision=2)


def test_a_failed_one_that_is_tried_again_is_as_if_it_never_failed(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    deployments.change(editor, card.slug, Change(cpu=3))
    write(card, 2, failed_at=clock.now(), ready_at=clock.now(), reason=Reason.CRASHED, message="no")
    deployments.roll_back(editor, card.slug, 2)
    found = row(card, 2)
    assert (found.failed_at, found.ready_at, found.reason, found.message) == (None, None, Reason.NONE, "")


def test_a_rollback_of_a_stopped_deployment_starts_nothing(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    deployments.stop(editor, card.slug)
    assert deployments.roll_back(editor, card.slug, 1).wish is Wish.STOP


@pytest.mark.parametrize("number", [0, -1, 3, 2**31, 2**70])
def test_a_revision_that_is_not_there(editor: Viewer, card: DeploymentCard, number: int) -> None:
    with pytest.raises(NotFound, match="revision_not_found"):
        deployments.roll_back(editor, card.slug, number)


def test_the_revision_that_is_wanted_already(editor: Viewer, card: DeploymentCard) -> None:
    with pytest.raises(Conflict, match="revision_current"):
        deployments.roll_back(editor, card.slug, 1)


def test_an_image_that_only_old_revisions_used_may_be_deleted_and_then_is_not_taken_back(
    editor: Viewer, card: DeploymentCard
) -> None:
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    images.delete(editor, card.image_id)
    with pytest.raises(Conflict) as caught:
        deployments.roll_back(editor, card.slug, 1)
    facts = {"revision": 1, "image": card.image_name}
    assert (caught.value.code, caught.value.facts) == ("revision_image_unusable", facts)
    assert listed(editor, card)[1].obstacle == "revision_image_unusable"
    assert deployments.card(editor, card.slug).revision == 2


def test_an_image_that_serves_while_the_next_one_is_tried_is_not_deleted(editor: Viewer, card: DeploymentCard) -> None:
    fleet.add_instance(card.id, "abc123", revision=1, image_id=card.image_id, now=clock.now())
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    with pytest.raises(Conflict, match="image_in_use"):
        images.delete(editor, card.image_id)


@pytest.mark.parametrize("status", [ImageStatus.FAILED, ImageStatus.CANCELED])
def test_an_image_that_did_not_build_is_not_taken_back(
    editor: Viewer, card: DeploymentCard, status: ImageStatus
) -> None:
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    with transaction() as session:
        session.get_one(Image, card.image_id).status = status
    with pytest.raises(Conflict, match="revision_image_unusable"):
        deployments.roll_back(editor, card.slug, 1)


def test_readers_see_them_and_change_nothing(editor: Viewer, card: DeploymentCard) -> None:
    reader = factories.viewer(Role.VIEWER)
    deployments.change(editor, card.slug, Change(cpu=2))
    assert len(listed(reader, card)) == 2
    with pytest.raises(Forbidden):
        deployments.roll_back(reader, card.slug, 1)
    with pytest.raises(Forbidden):
        deployments.roll_back_effect(reader, card.slug, 1)


def test_a_deleted_deployment_keeps_them_and_takes_none_back(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    deployments.delete(editor, card.slug)
    assert len(listed(editor, card)) == 2
    with pytest.raises(Gone):
        deployments.roll_back(editor, card.slug, 1)


def test_what_was_rolled_back_by_itself_is_told_until_a_person_changes_something(
    editor: Viewer, card: DeploymentCard
) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    assert revisions.undone(editor, card.slug) is None
    write(card, 2, failed_at=clock.now(), reason=Reason.CRASHED, message="no weights")
    with transaction() as session:
        revisions.point(session.get_one(Deployment, card.id), session.get_one(Revision, (card.id, 1)))
    found = revisions.undone(editor, card.slug)
    assert found is not None
    assert (found.number, found.reason, found.message) == (2, Reason.CRASHED, "no weights")
    deployments.scale(editor, card.slug, 2)
    assert revisions.undone(editor, card.slug) is None


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Do all at the same moment; return the sorted codes of what was refused."""
    together = threading.Barrier(len(verbs))

    def do(verb: Callable[[], object]) -> str:
        together.wait()
        try:
            verb()
        except AppError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(verbs)) as pool:
        return sorted(pool.map(do, verbs))


def test_changes_at_once_get_a_number_each(editor: Viewer, card: DeploymentCard) -> None:
    changes = [Change(memory_mb=1000 + each) for each in range(4)]
    assert at_once(*(lambda each=each: deployments.change(editor, card.slug, each) for each in changes)) == [""] * 4
    assert [each.number for each in listed(editor, card)] == [5, 4, 3, 2, 1]
    wanted = next(each for each in listed(editor, card) if each.current)
    assert (wanted.number, row(card, 5).memory_mb) == (5, deployments.card(editor, card.slug).memory_mb)


def test_of_two_who_roll_back_to_the_same_at_once_exactly_one_does(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(cpu=2))
    back = lambda: deployments.roll_back(editor, card.slug, 1)  # noqa: E731 - the same verb twice
    assert at_once(back, back) == ["", "revision_current"]
    assert deployments.card(editor, card.slug).generation == 3


def test_an_image_is_taken_back_or_deleted_but_never_both(editor: Viewer, card: DeploymentCard) -> None:
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    refused = at_once(lambda: deployments.roll_back(editor, card.slug, 1), lambda: images.delete(editor, card.image_id))
    assert refused in (["", "revision_image_unusable"], ["", "image_in_use"])
