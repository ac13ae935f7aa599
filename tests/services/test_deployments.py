from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import transaction
from deploy_ui.enums import EventKind, ImageStatus, KeyStatus, Phase, Role, Wish
from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, NotFound
from deploy_ui.models import Deployment
from deploy_ui.services import deployments, events, keys, plans
from deploy_ui.services.deployments import Change, NewDeployment
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def test_a_new_deployment_waits_for_the_controller() -> None:
    card = factories.deployment(name="Iris")
    assert (card.slug, card.phase, card.wish, card.settled) == ("iris", Phase.PENDING, Wish.RUN, False)
    assert card.url == "http://127.0.0.1:8080/iris"


def test_a_name_is_given_once_among_live_ones() -> None:
    editor = factories.viewer()
    factories.deployment(editor, name="Iris")
    with pytest.raises(Conflict) as caught:
        factories.deployment(editor, name=" Iris ")
    assert (caught.value.code, caught.value.facts) == ("deployment_name_taken", {"name": "Iris"})


def test_of_two_who_create_the_same_name_at_once_exactly_one_wins() -> None:
    editor = factories.viewer()
    image = factories.image(editor)

    def create(_: int) -> str:
        try:
            return deployments.create(editor, NewDeployment(name="Iris", image=image.id)).slug
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(create, range(4))) == ["deployment_name_taken"] * 3 + ["iris"]


@pytest.mark.parametrize("status", [ImageStatus.QUEUED, ImageStatus.BUILDING])
def test_an_image_on_its_way_may_be_deployed(status: ImageStatus) -> None:
    image = factories.image(status=status)
    assert factories.deployment(image_id=image.id).image_id == image.id


@pytest.mark.parametrize("status", [ImageStatus.FAILED, ImageStatus.CANCELED])
def test_an_image_that_did_not_build_may_not_be_deployed(status: ImageStatus) -> None:
    image = factories.image(status=status)
    with pytest.raises(Conflict, match="image_unusable"):
        factories.deployment(image_id=image.id)


def test_a_deleted_image_may_not_be_deployed() -> None:
    image = factories.image(live_name=None, deleted_at=factories.image().created_at)
    with pytest.raises(Conflict, match="image_unusable"):
        factories.deployment(image_id=image.id)


def test_a_change_may_take_another_image() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    other = factories.image(editor, name="other")
    changed = deployments.change(editor, card.slug, Change(image="other"))
    assert (changed.image_id, changed.revision) == (other.id, 2)


def test_a_change_to_a_taken_name_is_refused() -> None:
    editor = factories.viewer()
    factories.deployment(editor, name="First")
    second = factories.deployment(editor, name="Second")
    with pytest.raises(Conflict, match="deployment_name_taken"):
        deployments.change(editor, second.slug, Change(name="First"))


def test_a_change_of_what_is_no_longer_there_is_refused_if_asked_for() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    newer = deployments.change(editor, card.slug, Change(max_instances=2), generation=card.generation)
    with pytest.raises(Conflict, match="deployment_changed"):
        deployments.change(editor, card.slug, Change(max_instances=3), generation=card.generation)
    assert deployments.change(editor, card.slug, Change(cpu=2), generation=newer.generation).max_instances == 2


def test_stopping_and_starting_again_are_wishes_that_may_be_repeated() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    stopped = deployments.stop(editor, card.slug)
    assert (stopped.wish, stopped.wanted_instances, stopped.generation) == (Wish.STOP, 0, 2)
    assert deployments.stop(editor, card.slug) == stopped
    started = deployments.start(editor, card.slug)
    assert (started.wish, started.wanted_instances, started.generation) == (Wish.RUN, 1, 3)
    assert deployments.start(editor, card.slug) == started


def test_another_number_of_instances_is_told_whatever_changed_it() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, max_instances=5)
    deployments.scale(editor, card.slug, 4)
    deployments.stop(editor, card.slug)
    deployments.start(editor, card.slug)
    scaled = [each.facts for each in events.rows(editor, card.slug) if each.kind is EventKind.SCALED]
    assert [(each["from"], each["to"], each["why"]) for each in scaled] == [(4, 1, "bounds"), (1, 4, "person")]


def test_a_deleted_deployment_keeps_its_card_and_takes_no_change() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    deleted = deployments.delete(editor, card.slug)
    assert deployments.delete(editor, card.slug) == deleted
    assert deployments.card(editor, card.slug).wish == Wish.DELETE
    for verb in (deployments.start, deployments.stop):
        with pytest.raises(Gone, match="deployment_deleted"):
            verb(editor, card.slug)
    with pytest.raises(Gone, match="deployment_deleted"):
        deployments.change(editor, card.slug, Change(cpu=2))


def test_deleting_revokes_every_key_in_the_same_breath() -> None:
    editor = factories.viewer(name="Anna")
    card, other = factories.deployment(editor), factories.deployment(editor)
    made = [keys.create(editor, card.slug, name=name).row for name in ("batch", "tests", "gone")]
    keys.revoke(editor, card.slug, made[2].id)
    keys.change(editor, card.slug, made[1].id, disabled=True)
    keys.create(editor, other.slug, name="kept")
    deployments.delete(editor, card.slug)
    assert {row.status for row in keys.rows(editor, card.slug)} == {KeyStatus.REVOKED}
    assert [row.status for row in keys.rows(editor, other.slug)] == [KeyStatus.ACTIVE]
    told = [(row.kind, row.actor, row.facts.get("key")) for row in events.rows(editor, card.slug, limit=3)]
    revoked = EventKind.KEY_REVOKED
    assert told == [(EventKind.DELETED, "Anna", None), (revoked, "Anna", "tests"), (revoked, "Anna", "batch")]
    deployments.delete(editor, card.slug)
    assert events.rows(editor, card.slug)[0].kind == EventKind.DELETED


def test_a_deleted_deployment_is_listed_only_when_asked_for() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    factories.seen(deployments.delete(editor, card.slug), Phase.DELETED)
    assert deployments.rows(editor).items == []
    [row] = deployments.rows(editor, status=Phase.DELETED).items
    assert (row.slug, row.wish) == (card.slug, Wish.DELETE)


@pytest.mark.parametrize("slug", ["nothing", "", "a\0b", "../etc", "a" * 500, "%"])
def test_an_unknown_slug_is_not_found(slug: str) -> None:
    with pytest.raises(NotFound, match="deployment_not_found"):
        deployments.card(factories.viewer(), slug)


def test_the_timeline_tells_who_did_what() -> None:
    editor = factories.viewer(name="Anna")
    card = factories.deployment(editor, max_instances=2)
    deployments.scale(editor, card.slug, 2)
    deployments.change(editor, card.slug, Change(cpu=2, env={"SECRET": "hunter2"}))
    deployments.stop(editor, card.slug)
    rows = events.rows(editor, card.slug)
    assert [row.kind for row in rows] == [
        EventKind.STOPPED,
        EventKind.CHANGED,
        EventKind.SCALED,
        EventKind.CREATED,
    ]
    assert {row.actor for row in rows} == {"Anna"}
    assert rows[1].facts == {"fields": ["cpu", "env"], "revision": 2}


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(lambda viewer, slug: deployments.change(viewer, slug, Change(cpu=2)), id="change"),
        pytest.param(lambda viewer, slug: plans.plan(viewer, slug, Change(cpu=2)), id="plan"),
        pytest.param(lambda viewer, slug: deployments.scale(viewer, slug, 1), id="scale"),
        pytest.param(deployments.start, id="start"),
        pytest.param(deployments.stop, id="stop"),
        pytest.param(deployments.delete, id="delete"),
        pytest.param(lambda viewer, _: factories.deployment(viewer), id="create"),
    ],
)
def test_a_viewer_changes_nothing(verb: Any) -> None:
    card = factories.deployment()
    with pytest.raises(Forbidden, match="role_too_low"):
        verb(factories.viewer(Role.VIEWER), card.slug)
    assert deployments.card(factories.viewer(Role.VIEWER), card.slug) == card


def test_a_lost_sealing_key_does_not_hide_the_card(data_dir: Any) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, env={"A": "1"})
    (data_dir / "keys" / "seal.key").unlink()
    assert deployments.card(editor, card.slug).env_names == []
    changed = deployments.change(editor, card.slug, Change(env={"B": "2"}))
    assert changed.env_names == ["B"]


def test_nothing_is_kept_of_a_verb_that_failed() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    with pytest.raises(AppError):
        deployments.change(editor, card.slug, Change(cpu=2, memory_mb=1))
    assert deployments.card(editor, card.slug) == card


def test_two_transactions_that_change_the_same_row_take_turns() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, max_instances=100)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda count: deployments.scale(editor, card.slug, count), range(2, 22)))
    with transaction() as session:
        assert session.exec(select(Deployment.generation)).one() == 21
