from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, ImageStatus, InstanceStatus, Reason
from deploy_ui.models import Image, Instance, Revision
from deploy_ui.services import deployments, events, fleet, rollouts
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.members import Member
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    """Give a deployment whose fourth revision is on trial; the three before it have been ready."""
    made = factories.deployment(editor, memory_mb=100, env={"A": "1"})
    for memory in (200, 300, 400):
        rollouts.succeeded(made.id, deployments.card(editor, made.slug).revision, clock.now())
        deployments.change(editor, made.slug, Change(memory_mb=memory))
    return deployments.card(editor, made.slug)


def member() -> Member:
    (found,) = fleet.members()
    return found


def falls_back_to() -> int | None:
    found = member().fallback
    return found.revision if found else None


def write(card: DeploymentCard, number: int, **values: Any) -> None:
    with transaction() as session:
        found = session.get_one(Revision, (card.id, number))
        for name, value in values.items():
            setattr(found, name, value)


def runs(card: DeploymentCard, number: int) -> None:
    factories.instance(card, f"runs{number}", status=InstanceStatus.READY)
    with transaction() as session:
        session.get_one(Instance, f"runs{number}").revision = number


def give_up(card: DeploymentCard, **values: Any) -> bool:
    facts: dict[str, Any] = {"generation": card.generation, "revision": 4, "back_to": 3, "reason": Reason.CRASHED}
    return rollouts.give_up(card.id, **{**facts, "message": "no\0 weights", "now": clock.now(), **values})


def test_the_newest_older_one_is_fallen_back_to_with_its_own_values(card: DeploymentCard) -> None:
    found = member()
    assert card.revision == 4
    assert found.trial
    assert found.fallback is not None
    assert (found.fallback.revision, found.fallback.memory_mb, found.fallback.env) == (3, 300, {"A": "1"})
    assert (found.memory_mb, found.at(3).memory_mb, found.at(3).revision, found.at(2)) == (400, 300, 3, found)


def test_one_that_still_runs_goes_before_a_newer_one(card: DeploymentCard) -> None:
    runs(card, 2)
    assert falls_back_to() == 2


def test_of_those_that_run_the_newest(card: DeploymentCard) -> None:
    runs(card, 1)
    runs(card, 2)
    assert falls_back_to() == 2


def test_after_a_rollback_the_one_before_it_even_if_newer_and_asleep(editor: Viewer, card: DeploymentCard) -> None:
    deployments.roll_back(editor, card.slug, 2)
    assert falls_back_to() == 3
    runs(card, 1)
    assert falls_back_to() == 1


@pytest.mark.parametrize("values", [{"ready_at": None}, {"failed_at": clock.now()}])
def test_one_that_was_never_ready_or_failed_is_passed_over(card: DeploymentCard, values: dict[str, Any]) -> None:
    write(card, 3, **values)
    assert falls_back_to() == 2


@pytest.mark.parametrize("values", [{"deleted_at": clock.now()}, {"status": ImageStatus.BUILDING}])
def test_one_whose_image_cannot_start_now_is_passed_over(
    editor: Viewer, card: DeploymentCard, values: dict[str, Any]
) -> None:
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    with transaction() as session:
        image = session.get_one(Image, card.image_id)
        for name, value in values.items():
            setattr(image, name, value)
    assert falls_back_to() is None


@pytest.mark.usefixtures("card")
def test_one_whose_variables_cannot_be_read_is_passed_over() -> None:
    (settings().keys_dir / "seal.key").unlink()
    assert falls_back_to() is None


def test_one_that_has_been_ready_is_not_on_trial(card: DeploymentCard) -> None:
    rollouts.succeeded(card.id, 4, clock.now())
    assert (member().trial, member().fallback) == (False, None)


def test_readiness_is_written_once(card: DeploymentCard) -> None:
    with reading() as session:
        before = session.get_one(Revision, (card.id, 3)).ready_at
    rollouts.succeeded(card.id, 3, clock.now())
    with reading() as session:
        assert session.get_one(Revision, (card.id, 3)).ready_at == before


def test_giving_up_takes_the_old_values_and_says_why(editor: Viewer, card: DeploymentCard) -> None:
    assert give_up(card)
    found = deployments.card(editor, card.slug)
    assert (found.revision, found.memory_mb, found.generation) == (3, 300, card.generation + 1)
    assert (found.changed_at, found.changed_by) == (card.changed_at, card.changed_by)
    newest = events.rows(editor, card.slug)[0]
    facts = {"revision": 3, "from": 4, "reason": "crashed"}
    assert (newest.kind, newest.actor, newest.facts) == (EventKind.ROLLED_BACK, "", facts)
    undone = member().undone
    assert undone is not None
    assert (undone.reason, undone.message) == (Reason.CRASHED, "no weights")


def test_giving_up_twice_is_giving_up_once(card: DeploymentCard) -> None:
    assert [give_up(card), give_up(card)] == [True, False]


@pytest.mark.parametrize("values", [{"generation": 1}, {"revision": 3}, {"back_to": 9}])
def test_nothing_is_given_up_that_is_not_as_it_was_seen(card: DeploymentCard, values: dict[str, Any]) -> None:
    assert not give_up(card, **values)
    assert member().revision == 4


def test_a_stopped_deployment_is_not_rolled_back(editor: Viewer, card: DeploymentCard) -> None:
    stopped = deployments.stop(editor, card.slug)
    assert not give_up(card, generation=stopped.generation)


def test_a_failed_one_is_never_taken_instead(card: DeploymentCard) -> None:
    write(card, 3, failed_at=clock.now())
    assert not give_up(card)


def test_what_was_undone_is_told_until_a_person_changes_something(editor: Viewer, card: DeploymentCard) -> None:
    give_up(card)
    assert member().undone is not None
    deployments.change(editor, card.slug, Change(name="Renamed"))
    assert member().undone is None
