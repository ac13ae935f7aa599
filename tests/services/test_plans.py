from typing import Any

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, InstanceStatus, PlanStep, VariableChange, Wish
from deploy_ui.errors import Conflict, Invalid
from deploy_ui.models import Image
from deploy_ui.services import configuration, deployments, plans
from deploy_ui.services.configuration import Change, Configuration
from deploy_ui.services.env import VariableDifference, VariableEdit
from deploy_ui.services.plans import Plan, PlannedChange, Standing, Step
from deploy_ui.services.viewer import Viewer
from tests import factories

UP = Configuration(
    name="Fraud",
    image_id="img_1",
    cpu=1.0,
    memory_mb=512,
    gpu=0,
    concurrency=8,
    min_instances=1,
    max_instances=3,
    instances=3,
    ready_path="",
    env={"A": "1"},
    env_open=[],
    idle_timeout_s=300,
    start_timeout_s=120,
    request_timeout_s=60,
)
ASLEEP = configuration.changed(UP, Change(min_instances=0, instances=0), None)
BORN = [{"cpu": 2.0}, {"memory_mb": 1024}, {"concurrency": 2}, {"ready_path": "/ok"}, {"env": {"A": "2"}}]


def told(old: Configuration, change: Change, *, image: str | None = None, **now: Any) -> list[tuple[PlanStep, int]]:
    standing = Standing(**{"wish": Wish.RUN, "running": old.instances, "image_ready": True, **now})
    steps = plans.steps(old, configuration.changed(old, change, image), standing)
    return [(each.what, each.count) for each in steps]


@pytest.mark.parametrize("change", BORN)
def test_what_instances_are_born_with_replaces_them(change: dict[str, Any]) -> None:
    assert told(UP, Change(**change)) == [(PlanStep.REPLACED, 3)]


@pytest.mark.parametrize(
    ("old", "change", "now", "expected"),
    [
        pytest.param(UP, Change(), {}, [(PlanStep.NOTHING, 0)], id="nothing"),
        pytest.param(UP, Change(cpu=1.0), {}, [(PlanStep.NOTHING, 0)], id="typed back"),
        pytest.param(UP, Change(name="New"), {}, [(PlanStep.RENAMED, 0)], id="a name"),
        pytest.param(UP, Change(name="New"), {"wish": Wish.STOP}, [(PlanStep.RENAMED, 0)], id="a name, stopped"),
        pytest.param(UP, Change(max_instances=6), {}, [(PlanStep.KEPT, 0)], id="a higher bound"),
        pytest.param(UP, Change(request_timeout_s=5), {}, [(PlanStep.KEPT, 0)], id="a time limit"),
        pytest.param(UP, Change(min_instances=4, max_instances=6), {}, [(PlanStep.STARTED, 1)], id="one more"),
        pytest.param(UP, Change(max_instances=1), {}, [(PlanStep.STOPPED, 2)], id="a bound below what runs"),
        pytest.param(
            UP, Change(cpu=2, max_instances=1), {}, [(PlanStep.REPLACED, 1), (PlanStep.STOPPED, 2)], id="both"
        ),
        pytest.param(UP, Change(cpu=2), {"running": 1}, [(PlanStep.REPLACED, 1), (PlanStep.STARTED, 2)], id="one lost"),
        pytest.param(UP, Change(cpu=2), {"running": 0}, [(PlanStep.STARTED, 3)], id="none runs"),
        pytest.param(UP, Change(cpu=2), {"wish": Wish.STOP, "running": 0}, [(PlanStep.NEXT_START, 0)], id="stopped"),
        pytest.param(
            UP, Change(max_instances=1), {"wish": Wish.STOP}, [(PlanStep.NEXT_START, 0)], id="bounds, stopped"
        ),
        pytest.param(ASLEEP, Change(cpu=2), {}, [(PlanStep.TRIED, 1)], id="asleep"),
        pytest.param(ASLEEP, Change(cpu=2, instances=0), {}, [(PlanStep.WHEN_IT_WAKES, 0)], id="left asleep"),
        pytest.param(ASLEEP, Change(start_timeout_s=5), {}, [(PlanStep.WHEN_IT_WAKES, 0)], id="a limit, asleep"),
        pytest.param(ASLEEP, Change(min_instances=2), {}, [(PlanStep.STARTED, 2)], id="may not sleep any more"),
    ],
)
def test_steps(old: Configuration, change: Change, now: dict[str, Any], expected: list[tuple[PlanStep, int]]) -> None:
    assert told(old, change, **now) == expected


def test_an_image_that_is_not_built_is_waited_for() -> None:
    steps = told(UP, Change(), image="img_2", image_ready=False)
    assert steps == [(PlanStep.IMAGE_AWAITED, 0), (PlanStep.REPLACED, 3)]
    assert told(UP, Change(), image="img_2") == [(PlanStep.REPLACED, 3)]


def test_who_may_see_a_variable_touches_no_instance() -> None:
    old = configuration.changed(UP, Change(env={"A": VariableEdit("1", secret=False)}), None)
    assert told(old, Change(env={"A": VariableEdit(secret=True)})) == [(PlanStep.KEPT, 0)]


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


def test_a_plan_is_told_without_changing_anything(editor: Viewer) -> None:
    card = factories.deployment(editor, max_instances=3, env={"TOKEN": "hunter2"})
    factories.instance(card, "aaaaaa")
    factories.instance(card, "bbbbbb", status=InstanceStatus.STOPPED)
    factories.instance(card, "cccccc", status=InstanceStatus.STOPPING)
    change = Change(cpu=2, max_instances=6, env={"TOKEN": "other", "T": VariableEdit("0.5", secret=False)})
    assert plans.plan(editor, card.slug, change) == Plan(
        revision=2,
        new_revision=True,
        steps=[Step(PlanStep.REPLACED, 1)],
        changes=[PlannedChange("cpu", 1.0, 2.0), PlannedChange("max_instances", 3, 6)],
        env_changes=[
            VariableDifference("T", VariableChange.ADDED, None, "0.5"),
            VariableDifference("TOKEN", VariableChange.CHANGED),
        ],
    )
    assert deployments.card(editor, card.slug) == card


def test_another_image_is_told_by_name(editor: Viewer) -> None:
    card = factories.deployment(editor)
    other = factories.image(editor, name="fraud-v2")
    with transaction() as session:
        session.get_one(Image, other.id).status = ImageStatus.BUILDING
    plan = plans.plan(editor, card.slug, Change(image="fraud-v2"))
    assert plan.changes == [PlannedChange("image", card.image_name, "fraud-v2")]
    assert plan.steps == [Step(PlanStep.IMAGE_AWAITED), Step(PlanStep.STARTED, 1)]


def test_a_change_without_a_new_revision_keeps_its_number(editor: Viewer) -> None:
    card = factories.deployment(editor)
    plan = plans.plan(editor, card.slug, Change(max_instances=4))
    assert (plan.revision, plan.new_revision, plan.steps) == (1, False, [Step(PlanStep.KEPT)])


def test_what_could_not_be_made_is_not_foretold(editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.deployment(editor, name="Taken")
    with pytest.raises(Conflict, match="deployment_name_taken"):
        plans.plan(editor, card.slug, Change(name="Taken"))
    with pytest.raises(Invalid, match="env_name_wrong"):
        plans.plan(editor, card.slug, Change(env={"A B": "1"}))
