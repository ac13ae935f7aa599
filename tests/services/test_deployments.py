from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, ImageStatus, InstanceStatus, Phase, Reason, Role, Wish
from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, Invalid, NotFound
from deploy_ui.models import Deployment
from deploy_ui.services import deployments, events, fleet
from deploy_ui.services.deployments import Change, DeploymentCard, Effect, NewDeployment
from deploy_ui.services.fleet import Record
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def seen(card: DeploymentCard, phase: Phase, *, ready: int = 0) -> None:
    fleet.save_status(
        card.id,
        generation=card.generation,
        phase=phase,
        reason=Reason.NONE,
        message="",
        ready_instances=ready,
        now=card.created_at,
    )


def test_a_new_deployment_waits_for_the_controller() -> None:
    card = factories.deployment(name="Iris")
    assert (card.slug, card.phase, card.wish, card.settled) == ("iris", Phase.PENDING, Wish.RUN, False)
    assert card.url == "http://127.0.0.1:8080/iris"


def test_the_card_tells_who_made_it_and_what_it_runs() -> None:
    editor = factories.viewer(name="Anna")
    image = factories.image(editor, name="iris", ready_path="/health/ready")
    card = factories.deployment(editor, image_id="iris", cpu=0.5, min_instances=2)
    assert (card.created_by, card.changed_by) == ("Anna", "Anna")
    assert (card.image_id, card.image_name, card.ready_path) == (image.id, "iris", "/health/ready")
    assert (card.cpu, card.min_instances, card.max_instances, card.wanted_instances) == (0.5, 2, 2, 2)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Iris", "iris"),
        ("Отток клиентов №5", "ottok-klientov-no5"),
        ('A "quoted" name', "a-quoted-name"),
        ("x" * 63, "x" * 40),
    ],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert factories.deployment(name=name).slug == slug


def test_a_name_of_emoji_alone_still_gets_a_slug() -> None:
    card = factories.deployment(name="👩‍💻🚀")
    assert card.name == "👩‍💻🚀"
    assert card.slug.startswith("deployment-")


def test_a_slug_is_never_used_again() -> None:
    editor = factories.viewer()
    for expected in ("iris", "iris-2", "iris-3"):
        card = factories.deployment(editor, name="Iris")
        assert card.slug == expected
        deployments.delete(editor, card.slug)


def test_a_long_slug_keeps_its_length_with_a_number_behind_it() -> None:
    editor = factories.viewer()
    slugs = [factories.deployment(editor, name="x" * 50 + str(number)).slug for number in range(3)]
    assert slugs == ["x" * 40, "x" * 38 + "-2", "x" * 38 + "-3"]


def test_a_chosen_slug_is_taken_as_it_is_and_only_once() -> None:
    editor = factories.viewer()
    assert factories.deployment(editor, slug="my-own").slug == "my-own"
    with pytest.raises(Conflict) as caught:
        factories.deployment(editor, slug="my-own")
    assert (caught.value.code, caught.value.facts) == ("slug_taken", {"slug": "my-own"})


@pytest.mark.parametrize("slug", ["-a", "a-", "a--b", "A", "a_b", "a/b", "..", "a" * 41, "а"])
def test_a_chosen_slug_must_fit_an_address(slug: str) -> None:
    with pytest.raises(Invalid) as caught:
        factories.deployment(slug=slug)
    assert (caught.value.code, caught.value.field) == ("slug_wrong", "slug")


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


def test_names_that_make_the_same_slug_at_once_get_different_ones() -> None:
    editor = factories.viewer()
    image = factories.image(editor)
    names = ["Iris", "iris", "IRIS", "Iris!"]
    with ThreadPoolExecutor(4) as pool:
        cards = pool.map(lambda name: deployments.create(editor, NewDeployment(name=name, image=image.id)), names)
        assert sorted(card.slug for card in cards) == ["iris", "iris-2", "iris-3", "iris-4"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": "   "}, "name_missing", "name"),
        ({"name": "x" * 64}, "name_too_long", "name"),
        ({"name": "a\nb"}, "name_unprintable", "name"),
        ({"name": "a\u202eb"}, "name_unprintable", "name"),
        ({"name": "a\ud800"}, "name_unprintable", "name"),
        ({"cpu": 0.05}, "out_of_range", "cpu"),
        ({"cpu": float("nan")}, "out_of_range", "cpu"),
        ({"memory_mb": 63}, "out_of_range", "memory_mb"),
        ({"gpu": 1}, "gpu_not_offered", "gpu"),
        ({"min_instances": 0}, "min_instances_zero", "min_instances"),
        ({"max_instances": 0}, "max_instances_zero", "max_instances"),
        ({"min_instances": 3, "max_instances": 2}, "min_above_max", "min_instances"),
        ({"min_instances": 101}, "out_of_range", "min_instances"),
        ({"concurrency": 1001}, "out_of_range", "concurrency"),
        ({"start_timeout_s": 0}, "out_of_range", "start_timeout_s"),
        ({"request_timeout_s": 86_401}, "out_of_range", "request_timeout_s"),
        ({"ready_path": "health"}, "ready_path_wrong", "ready_path"),
        ({"ready_path": "/a b"}, "ready_path_wrong", "ready_path"),
        ({"env": {"1A": ""}}, "env_name_wrong", "env"),
        ({"env": {"PORT": "1"}}, "env_name_reserved", "env"),
        ({"env": {"A": "a\0b"}}, "env_value_wrong", "env"),
        ({"env": {"A": "x" * 32_769}}, "env_value_wrong", "env"),
        ({"image_id": "nothing"}, "image_unknown", "image"),
        ({"image_id": "' OR 1=1\0"}, "image_unknown", "image"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        factories.deployment(**values)
    assert (caught.value.code, caught.value.field) == (code, field)


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


def test_the_values_of_variables_are_sealed_and_only_their_names_shown() -> None:
    card = factories.deployment(env={"TOKEN": "hunter2", "A": "1"})
    assert card.env_names == ["A", "TOKEN"]
    assert "hunter2" not in repr(card)
    with reading() as session:
        row = session.exec(select(Deployment)).one()
    assert "hunter2" not in repr(row)


def test_a_change_that_touches_instances_raises_the_revision() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    changed = deployments.change(editor, card.slug, Change(memory_mb=2048))
    assert (changed.memory_mb, changed.revision, changed.generation) == (2048, 2, 2)


def test_a_change_that_leaves_instances_alone_keeps_the_revision() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    changed = deployments.change(editor, card.slug, Change(name="Other", request_timeout_s=5, max_instances=4))
    assert (changed.name, changed.request_timeout_s, changed.revision, changed.generation) == ("Other", 5, 1, 2)
    assert changed.slug == card.slug


def test_a_change_of_nothing_does_nothing() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    assert deployments.change(editor, card.slug, Change(name=card.name, cpu=card.cpu)) == card
    assert len(events.rows(editor, card.slug)) == 1


def test_a_change_merges_variables() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, env={"A": "1", "B": "2"})
    changed = deployments.change(editor, card.slug, Change(env={"B": None, "C": "3", "GONE": None}))
    assert changed.env_names == ["A", "C"]
    [member] = fleet.members()
    assert member.env == {"A": "1", "C": "3"}


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


def test_narrower_bounds_take_the_wanted_number_along() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, min_instances=1, max_instances=5)
    deployments.scale(editor, card.slug, 5)
    assert deployments.change(editor, card.slug, Change(max_instances=2)).wanted_instances == 2
    assert deployments.change(editor, card.slug, Change(min_instances=4, max_instances=6)).wanted_instances == 4


def test_scaling_stays_within_the_bounds() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, max_instances=3)
    assert deployments.scale(editor, card.slug, 3).wanted_instances == 3
    with pytest.raises(Invalid) as caught:
        deployments.scale(editor, card.slug, 4)
    assert (caught.value.code, caught.value.facts["low"], caught.value.facts["high"]) == (
        "instances_out_of_range",
        1,
        3,
    )


def test_the_effect_of_a_change_is_told_without_changing_anything() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, max_instances=3)
    for key in ("aaaaaa", "bbbbbb"):
        fleet.add_instance(card.id, key, revision=1, image_id=card.image_id, now=card.created_at)
    fleet.save_instance(Record("bbbbbb", 1, InstanceStatus.STOPPED, Reason.SCALED_DOWN, ended_at=card.created_at))
    assert deployments.effect(editor, card.slug, Change(cpu=2)) == Effect(restarts=1, revision=2)
    assert deployments.effect(editor, card.slug, Change(max_instances=9)) == Effect(restarts=0, revision=1)
    assert deployments.card(editor, card.slug).revision == 1


def test_stopping_and_starting_again_are_wishes_that_may_be_repeated() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    stopped = deployments.stop(editor, card.slug)
    assert (stopped.wish, stopped.wanted_instances, stopped.generation) == (Wish.STOP, 0, 2)
    assert deployments.stop(editor, card.slug) == stopped
    started = deployments.start(editor, card.slug)
    assert (started.wish, started.wanted_instances, started.generation) == (Wish.RUN, 1, 3)
    assert deployments.start(editor, card.slug) == started


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
        pytest.param(lambda viewer, slug: deployments.effect(viewer, slug, Change(cpu=2)), id="effect"),
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


def test_the_list_shows_first_what_needs_attention() -> None:
    editor = factories.viewer()
    image = factories.image(editor)
    for name, phase in [("b", Phase.RUNNING), ("A", Phase.RUNNING), ("c", Phase.STOPPED), ("d", Phase.FAILED)]:
        seen(factories.deployment(editor, image_id=image.id, name=name), phase)
    assert [row.name for row in deployments.rows(editor).items] == ["d", "A", "b", "c"]
    assert deployments.counts(editor) == {"running": 2, "stopped": 1, "failed": 1}


def test_the_list_can_be_walked_page_by_page() -> None:
    editor = factories.viewer()
    image = factories.image(editor)
    names = [f"деплой {number:02}" for number in range(7)]
    for name in names:
        factories.deployment(editor, image_id=image.id, name=name)
    walked, cursor = [], None
    while True:
        page = deployments.rows(editor, limit=3, cursor=cursor)
        walked += [row.name for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert walked == names


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WzEsMl0", "ÿ", "W251bGxd", "WzEsICJhIiwgMWUxMDBd", "[" * 9000])
def test_a_cursor_that_we_did_not_make_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_wrong"):
        deployments.rows(factories.viewer(), cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_a_limit(limit: int) -> None:
    with pytest.raises(Invalid, match="out_of_range"):
        deployments.rows(factories.viewer(), limit=limit)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ОТТОК", ["Отток"]),
        ("ott", ["Отток"]),
        ("100%", ["100% sure"]),
        ("_", []),
        ("a\0b\ud800", []),
        ("IRIS-IMAGE", ["100% sure", "Отток"]),
        (" ", ["100% sure", "Отток"]),
    ],
)
def test_search_finds_names_slugs_and_images_in_any_case(search: str, found: list[str]) -> None:
    editor = factories.viewer()
    image = factories.image(editor, name="iris-image")
    for name in ("Отток", "100% sure"):
        factories.deployment(editor, image_id=image.id, name=name)
    assert [row.name for row in deployments.rows(editor, search=search).items] == found


def test_deleted_ones_are_listed_only_when_asked_for() -> None:
    editor = factories.viewer()
    card = deployments.delete(editor, factories.deployment(editor, name="Old").slug)
    assert [row.name for row in deployments.rows(editor).items] == ["Old"]
    seen(card, Phase.DELETED)
    assert deployments.rows(editor).items == []
    assert [row.name for row in deployments.rows(editor, status=Phase.DELETED).items] == ["Old"]


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
