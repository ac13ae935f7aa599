from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import InstanceStatus, Role
from deploy_ui.models import Deployment, Image, Revision
from deploy_ui.services import deployments, image_usage, images
from deploy_ui.services.configuration import Change
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.services.viewer import Viewer
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer(Role.EDITOR)


@pytest.fixture
def image(editor: Viewer) -> Image:
    return factories.image(editor, name="fraud-v1")


@pytest.fixture
def card(editor: Viewer, image: Image) -> DeploymentCard:
    return factories.deployment(editor, image_id=image.id, name="Fraud scoring", max_instances=3)


def used(by: Viewer, image: Image) -> UsageRow:
    (row,) = image_usage.rows(by, image.id)
    return row


def other_image(by: Viewer, card: DeploymentCard) -> None:
    deployments.change(by, card.slug, Change(image=factories.image(by).id))


def test_a_deployment_that_wants_it_uses_it_now(editor: Viewer, image: Image, card: DeploymentCard) -> None:
    factories.instance(card, "aaaaaa", status=InstanceStatus.READY)
    row = used(editor, image)
    assert (row.now, row.wanted, row.revisions, row.used_until) == (True, True, [1], None)
    assert (row.ready_instances, row.wanted_instances, row.lost) == (1, 1, [])
    assert row.used_from is not None
    assert row.used_from >= card.created_at


def test_a_stopped_deployment_wants_no_instances_of_it(editor: Viewer, image: Image, card: DeploymentCard) -> None:
    deployments.stop(editor, card.slug)
    assert (used(editor, image).now, used(editor, image).wanted_instances) == (True, 0)


def test_one_that_took_another_image_used_it_until_then_and_could_come_back(
    editor: Viewer, image: Image, card: DeploymentCard
) -> None:
    deployments.change(editor, card.slug, Change(memory_mb=2000))
    other_image(editor, card)
    row = used(editor, image)
    with transaction() as session:
        third = session.get_one(Revision, (card.id, 3))
    assert (row.now, row.revisions, row.used_until, row.lost) == (False, [1, 2], third.created_at, [1, 2])


def test_instances_of_an_older_revision_keep_it_in_use(editor: Viewer, image: Image, card: DeploymentCard) -> None:
    factories.instance(card, "aaaaaa", status=InstanceStatus.READY)
    other_image(editor, card)
    row = used(editor, image)
    assert (row.now, row.wanted, row.ready_instances, row.wanted_instances) == (True, False, 1, 0)


def test_an_instance_that_is_on_its_way_out_does_not(editor: Viewer, image: Image, card: DeploymentCard) -> None:
    factories.instance(card, "aaaaaa", status=InstanceStatus.STOPPING)
    other_image(editor, card)
    assert not used(editor, image).now
    images.delete(editor, image.id)


def test_its_last_instance_ended_after_the_change(editor: Viewer, image: Image, card: DeploymentCard) -> None:
    ended = clock.now() + timedelta(minutes=5)
    factories.instance(card, "aaaaaa", status=InstanceStatus.STOPPED, ended_at=ended)
    other_image(editor, card)
    assert used(editor, image).used_until == ended


def test_one_that_was_rolled_back_from_it_used_it_until_then(
    editor: Viewer, image: Image, card: DeploymentCard
) -> None:
    other = factories.image(editor)
    deployments.change(editor, card.slug, Change(image=other.id))
    deployments.roll_back(editor, card.slug, 1)
    row = used(editor, other)
    with transaction() as session:
        changed_at = session.get_one(Deployment, card.id).changed_at
    assert (row.now, row.revisions, row.used_until) == (False, [2], changed_at)
    assert used(editor, image).wanted


def test_a_deleted_deployment_used_it_before_and_loses_nothing(
    editor: Viewer, image: Image, card: DeploymentCard
) -> None:
    deployments.delete(editor, card.slug)
    row = used(editor, image)
    assert (row.now, row.wanted, row.lost, row.used_until is not None) == (False, False, [], True)


def test_those_of_now_stand_first(editor: Viewer, image: Image) -> None:
    for name in ("A", "B", "C"):
        made = factories.deployment(editor, image_id=image.id, name=name)
        if name == "A":
            other_image(editor, made)
    assert [(row.name, row.now) for row in image_usage.rows(editor, image.id)] == [
        *(("C", True), ("B", True), ("A", False)),
    ]


def test_what_is_in_use_is_what_cannot_be_deleted(editor: Viewer, image: Image, card: DeploymentCard) -> None:
    other_image(editor, card)
    assert [row.now for row in image_usage.rows(editor, image.id)] == [False]
    images.delete(editor, image.id)
    assert used(editor, image).lost == []  # there is nothing left to lose
