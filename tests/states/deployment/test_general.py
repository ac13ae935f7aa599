import json
from datetime import timedelta
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Phase, PlanStep, Reason, Role
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.plans import Step
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.general import FEW_MOMENTS, GeneralState
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, name="Fraud scoring", memory_mb=512, max_instances=3)


def variables(**values: str) -> str:
    """Return what the editor sends of new secret variables."""
    return json.dumps([[name, {"value": value, "secret": True}] for name, value in values.items()])


async def edits(tab: Tab, card: DeploymentCard, fact: str, **typed: str) -> None:
    """Open the tab, turn a fact into fields and type into them."""
    await tab.card(card.slug)
    await tab.send(GeneralState.edit(fact))
    for name, text in typed.items():
        await tab.send(GeneralState.note(name, text))


async def test_fields_begin_with_what_is_there(tab: Tab, card: DeploymentCard) -> None:
    await edits(tab, card, "resources")
    assert tab["GeneralState.begun"] == {"cpu": "1", "memory_mb": "512"}
    assert tab["GeneralState.edits"] == []


async def test_a_change_says_what_saving_will_do(tab: Tab, card: DeploymentCard) -> None:
    factories.instance(card, "k4c9aa")
    await edits(tab, card, "resources", memory_mb="1024")
    [edit] = tab["GeneralState.edits"]
    assert (edit.field, edit.before, edit.after) == ("memory_mb", "512", "1024")
    assert tab["GeneralState.outlook"] == [Step(PlanStep.REPLACED, 1)]
    assert tab["GeneralState.new_revision"] == 2


async def test_a_change_of_bounds_restarts_nothing(tab: Tab, card: DeploymentCard) -> None:
    factories.instance(card, "k4c9aa")
    await edits(tab, card, "instances", max_instances="6")
    assert tab["GeneralState.outlook"] == [Step(PlanStep.KEPT)]
    assert tab["GeneralState.new_revision"] == 0


async def test_saving_takes_what_stands_in_the_fields(tab: Tab, card: DeploymentCard, editor: Viewer) -> None:
    await edits(tab, card, "resources", memory_mb="1024")
    await tab.send(GeneralState.save({"memory_mb": "2048", "cpu": "0.5"}))  # typed on, and Enter at once
    saved = deployments.card(editor, card.slug)
    assert (saved.memory_mb, saved.cpu, saved.revision) == (2048, 0.5, 2)
    assert (tab["GeneralState.editing"], tab["GeneralState.edits"]) == ([], [])
    assert tab["CardState.card"].memory_mb == 2048


@pytest.mark.parametrize(
    ("fact", "typed"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 64}),
        ("resources", {"cpu": "lots"}),
        ("resources", {"memory_mb": ""}),
        ("resources", {"memory_mb": "1"}),
        ("instances", {"min_instances": "9"}),
        ("instances", {"instances": "9"}),
        ("limits", {"start_timeout_s": "0"}),
        ("ready_path", {"ready_path": "health"}),
        ("env", {"env": variables(PORT="1")}),
        ("env", {"env": '[["TOKEN", {"secret": false}]]'}),
        ("image", {"image": "no-such-image"}),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_is_not_saved(
    tab: Tab, card: DeploymentCard, editor: Viewer, fact: str, typed: dict[str, str]
) -> None:
    await edits(tab, card, fact, **typed)
    assert list(tab["GeneralState.wrong"]) == list(typed)
    await tab.send(GeneralState.save(typed))
    assert list(tab["GeneralState.wrong"]) == list(typed)
    assert deployments.card(editor, card.slug).generation == card.generation
    assert tab["GeneralState.editing"] == [fact]


async def test_a_name_that_is_taken_is_said_at_the_name(tab: Tab, card: DeploymentCard, editor: Viewer) -> None:
    factories.deployment(editor, name="Taken")
    await edits(tab, card, "name")
    await tab.send(GeneralState.save({"name": "Taken"}))
    assert list(tab["GeneralState.wrong"]) == ["name"]


async def test_an_image_that_cannot_run_is_said_at_the_image(tab: Tab, card: DeploymentCard, editor: Viewer) -> None:
    bad = factories.image(editor, status="failed")
    await edits(tab, card, "image", image=bad.name)
    assert bad.name not in tab["GeneralState.image_names"]
    assert list(tab["GeneralState.wrong"]) == ["image"]


async def test_what_somebody_else_changed_meanwhile_is_told_before_it_is_saved_over(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor, min_instances=0, max_instances=5)
    await edits(tab, card, "instances")
    begun = dict(tab["GeneralState.begun"])
    scaled = deployments.scale(editor, card.slug, 4)
    await tab.send(GeneralState.save({**begun, "max_instances": "8"}))
    assert deployments.card(editor, card.slug).max_instances == 5
    assert tab["GeneralState.editing"] == ["instances"]
    await tab.send(GeneralState.accept(scaled.generation))
    await tab.send(GeneralState.save({**begun, "max_instances": "8"}))
    saved = deployments.card(editor, card.slug)
    assert (saved.max_instances, saved.wanted_instances) == (8, 4)


async def test_an_empty_ready_path_means_the_images_own(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor, ready_path="/mine")
    await edits(tab, card, "ready_path")
    await tab.send(GeneralState.save({"ready_path": ""}))
    assert deployments.card(editor, card.slug).ready_path == "/health/ready"


async def test_undo_turns_one_fact_back_and_keeps_the_others(tab: Tab, card: DeploymentCard) -> None:
    await edits(tab, card, "resources", memory_mb="1024", cpu="nonsense")
    await tab.send(GeneralState.edit("concurrency"))
    await tab.send(GeneralState.note("concurrency", "2"))
    await tab.send(GeneralState.undo("resources"))
    assert (tab["GeneralState.editing"], tab["GeneralState.wrong"]) == (["concurrency"], {})
    assert [each.field for each in tab["GeneralState.edits"]] == ["concurrency"]


async def test_discard_forgets_every_change(tab: Tab, card: DeploymentCard) -> None:
    await edits(tab, card, "resources", memory_mb="1024")
    await tab.send(GeneralState.discard())
    assert (tab["GeneralState.editing"], tab["GeneralState.draft"], tab["GeneralState.edits"]) == ([], {}, [])


async def test_a_lost_connection_does_not_lose_what_was_typed(tab: Tab, card: DeploymentCard) -> None:
    await edits(tab, card, "resources", memory_mb="1024")
    await tab.card(card.slug)  # what the browser does when it is back
    await tab.sees(lambda seen: seen["GeneralState.moments"])
    assert tab["GeneralState.draft"] == {"memory_mb": "1024"}


async def test_a_draft_does_not_follow_to_another_deployment(tab: Tab, card: DeploymentCard, editor: Viewer) -> None:
    other = factories.deployment(editor)
    await edits(tab, card, "resources", memory_mb="1024")
    await tab.card(other.slug)
    await tab.sees(lambda seen: seen["GeneralState.shown_slug"] == other.slug)
    assert (tab["GeneralState.editing"], tab["GeneralState.draft"]) == ([], {})


async def test_values_of_variables_are_not_sent_back(tab: Tab, card: DeploymentCard) -> None:
    await edits(tab, card, "env")
    typed = variables(TOKEN="hunter2")
    await tab.send(GeneralState.note("env", typed))
    assert [each.name for each in tab["GeneralState.edits"]] == ["TOKEN"]
    await tab.send(GeneralState.save({"env": typed}))
    await tab.sees(lambda seen: seen["CardState.card"].env_names == ["TOKEN"])
    assert "hunter2" not in tab.known()


async def test_a_draft_that_does_not_tell_its_values_is_not_saved(
    tab: Tab, card: DeploymentCard, editor: Viewer
) -> None:
    await edits(tab, card, "env")
    await tab.send(GeneralState.save({"env": '[["TOKEN", {"value": true, "secret": true}]]'}))
    assert list(tab["GeneralState.wrong"]) == ["env"]
    assert deployments.card(editor, card.slug).env_names == []


@pytest.mark.parametrize("text", ["nonsense", "[1]", '[["A", {"value": 1}]]'])
async def test_what_no_editor_sends_is_refused(tab: Tab, card: DeploymentCard, text: str) -> None:
    await edits(tab, card, "env", env=text)
    assert tab["GeneralState.draft"] == {}
    await tab.send(GeneralState.save({"env": text}))
    assert list(tab["GeneralState.wrong"]) == ["env"]


@pytest.mark.parametrize("event", [GeneralState.edit("name"), GeneralState.save({"name": "Mine"})])
async def test_a_viewer_changes_nothing(new_tab: Opens, card: DeploymentCard, editor: Viewer, event: Any) -> None:
    reader = new_tab(factories.viewer(Role.VIEWER))
    await reader.card(card.slug)
    await reader.send(event)
    assert reader["GeneralState.editing"] == []
    assert deployments.card(editor, card.slug).name == card.name


async def test_a_change_by_somebody_else_arrives_by_itself(tab: Tab, card: DeploymentCard, editor: Viewer) -> None:
    await tab.card(card.slug)
    await tab.sees(lambda seen: [each.kind for each in seen["GeneralState.moments"]] == ["created"])
    deployments.change(editor, card.slug, Change(cpu=2))
    await tab.sees(lambda seen: seen["GeneralState.moments"][0].fields == ["cpu"])


async def test_only_the_newest_of_a_long_timeline_is_shown_at_first(
    tab: Tab, card: DeploymentCard, editor: Viewer
) -> None:
    for number in range(FEW_MOMENTS):
        deployments.change(editor, card.slug, Change(concurrency=20 + number))
    await tab.card(card.slug)
    await tab.sees(lambda seen: len(seen["GeneralState.newest"]) == FEW_MOMENTS)
    assert tab["GeneralState.more"]
    await tab.send(GeneralState.show_older())
    assert len(tab["GeneralState.newest"]) == FEW_MOMENTS + 1
    assert not tab["GeneralState.more"]


async def test_the_last_words_of_the_newest_failed_instance_are_shown(tab: Tab, card: DeploymentCard) -> None:
    now = clock.now()
    for key, ago_s in (("first1", 20), ("second", 10)):
        born = now - timedelta(seconds=ago_s)
        end = {"created_at": born, "ended_at": born + timedelta(seconds=1), "exit_code": 1}
        factories.instance(card, key, status=InstanceStatus.FAILED, reason=Reason.CRASHED, **end)
    factories.seen(card, Phase.FAILED, Reason.CRASHED, "FileNotFoundError: weights")
    await tab.card(card.slug)
    await tab.sees(lambda seen: seen["GeneralState.failure"])
    found = tab["GeneralState.failure"]
    assert (found.instance, found.exit_code, found.times) == ("second", "1", 2)


async def test_all_being_well_there_is_no_failure(tab: Tab, card: DeploymentCard) -> None:
    factories.instance(card, "first1", status=InstanceStatus.FAILED, reason=Reason.CRASHED, ended_at=clock.now())
    factories.seen(card, Phase.RUNNING)
    await tab.card(card.slug)
    await tab.sees(lambda seen: seen["GeneralState.moments"])
    assert tab["GeneralState.failure"] is None
