from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.errors import Invalid
from deploy_ui.models import Deployment
from deploy_ui.services import deployments, events, fleet
from deploy_ui.services.deployments import Change
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": "   "}, "name_missing", "name"),
        ({"name": "x" * 64}, "name_too_long", "name"),
        ({"name": "a\nb"}, "name_unprintable", "name"),
        ({"name": "a\u202eb"}, "name_unprintable", "name"),
        ({"name": "a\ud800"}, "name_unprintable", "name"),
        ({"name": "\u200d\u3164"}, "name_unprintable", "name"),
        ({"cpu": 0.05}, "out_of_range", "cpu"),
        ({"cpu": float("nan")}, "out_of_range", "cpu"),
        ({"memory_mb": 63}, "out_of_range", "memory_mb"),
        ({"gpu": 1}, "gpu_not_offered", "gpu"),
        ({"min_instances": -1}, "out_of_range", "min_instances"),
        ({"max_instances": 0}, "max_instances_zero", "max_instances"),
        ({"min_instances": 0, "max_instances": 0}, "max_instances_zero", "max_instances"),
        ({"idle_timeout_s": 0}, "out_of_range", "idle_timeout_s"),
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


def test_a_deployment_that_may_sleep_begins_awake_to_prove_itself() -> None:
    card = factories.deployment(min_instances=0)
    assert (card.min_instances, card.max_instances, card.wanted_instances) == (0, 1, 1)
    assert factories.deployment(min_instances=0, max_instances=3).wanted_instances == 1


def test_one_that_may_sleep_can_be_put_to_sleep() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, min_instances=0)
    assert deployments.scale(editor, card.slug, 0).wanted_instances == 0


def test_one_that_may_not_sleep_cannot() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    with pytest.raises(Invalid, match="instances_out_of_range"):
        deployments.scale(editor, card.slug, 0)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        pytest.param(Change(cpu=2), 1, id="a new revision proves itself"),
        pytest.param(Change(request_timeout_s=5), 0, id="what running instances do not notice wakes nobody"),
        pytest.param(Change(min_instances=1, max_instances=2), 1, id="it may not sleep any more"),
        pytest.param(Change(cpu=2, instances=0), 0, id="unless it is said"),
    ],
)
def test_a_change_of_one_that_sleeps(change: Change, wanted: int) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, min_instances=0)
    deployments.scale(editor, card.slug, 0)
    assert deployments.change(editor, card.slug, change).wanted_instances == wanted


def test_one_that_is_started_again_is_awake() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, min_instances=0, max_instances=3)
    deployments.scale(editor, card.slug, 0)
    deployments.stop(editor, card.slug)
    assert deployments.start(editor, card.slug).wanted_instances == 1
