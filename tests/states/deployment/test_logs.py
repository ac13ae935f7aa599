from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.logs import LogsState
from tests import factories
from tests.states.tab import Tab


async def test_the_address_chooses_an_instance(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa")
    await tab.card(card.slug, "logs", "?instance=k4c9aa")
    await tab.sees(lambda seen: seen["LogsState.loaded"])
    assert tab["LogsState.instance"] == "k4c9aa"
    assert not tab["LogsState.none_live"]


async def test_an_instance_that_is_not_there_means_all(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa")
    await tab.card(card.slug, "logs", "?instance=../../etc")
    await tab.sees(lambda seen: seen["LogsState.loaded"])
    assert tab["LogsState.instance"] == ""
    await tab.send(LogsState.choose("other1"))
    assert tab["LogsState.instance"] == ""
    await tab.send(LogsState.choose("k4c9aa"))
    assert tab["LogsState.instance"] == "k4c9aa"


async def test_nothing_live_is_said_when_all_have_ended(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa", status=InstanceStatus.FAILED, reason=Reason.CRASHED, ended_at=clock.now())
    await tab.card(card.slug, "logs")
    await tab.sees(lambda seen: seen["LogsState.choices"])
    assert tab["LogsState.none_live"]


async def test_instances_of_another_deployment_are_no_choice(tab: Tab, editor: Viewer) -> None:
    first, second = factories.deployment(editor), factories.deployment(editor)
    factories.instance(first, "k4c9aa")
    await tab.card(first.slug, "logs", "?instance=k4c9aa")
    await tab.sees(lambda seen: seen["LogsState.choices"])
    await tab.card(second.slug, "logs")
    await tab.sees(lambda seen: seen["LogsState.shown_slug"] == second.slug)
    assert (tab["LogsState.choices"], tab["LogsState.instance"]) == ([], "")
