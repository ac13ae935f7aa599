from datetime import timedelta

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.services import fleet
from deploy_ui.services.members import Record
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states.deployment.logs import LogsState
from tests import factories
from tests.states.tab import Tab, names


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


async def test_no_live_log_is_shown_while_nothing_runs_until_somebody_asks(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa", status=InstanceStatus.STOPPED, reason=Reason.IDLE, ended_at=clock.now())
    await tab.card(card.slug, "logs")
    await tab.sees(lambda seen: seen["LogsState.loaded"])
    assert (tab["LogsState.lines_shown"], names(tab["LogsState.kept"], "key")) == (False, ["k4c9aa"])
    await tab.send(LogsState.open())
    assert tab["LogsState.lines_shown"]
    await tab.card(card.slug, "logs")
    await tab.sees(lambda seen: not seen["LogsState.lines_shown"])


async def test_whoever_reads_when_the_last_instance_ends_goes_on_reading(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa")
    await tab.card(card.slug, "logs")
    await tab.sees(lambda seen: seen["LogsState.lines_shown"])
    fleet.save_instance(Record("k4c9aa", 1, InstanceStatus.STOPPED, Reason.IDLE, ended_at=clock.now()))
    await tab.sees(lambda seen: seen["LogsState.none_live"])
    assert tab["LogsState.lines_shown"]


async def test_an_ended_instance_of_the_address_is_read_although_nothing_runs(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa", status=InstanceStatus.FAILED, reason=Reason.CRASHED, ended_at=clock.now())
    await tab.card(card.slug, "logs", "?instance=k4c9aa")
    await tab.sees(lambda seen: seen["LogsState.loaded"])
    assert (tab["LogsState.lines_shown"], tab["LogsState.ended"], tab["LogsState.expired"]) == (True, True, False)


async def test_a_log_that_is_no_longer_kept_is_not_offered_and_said_to_be_gone(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    long_ago = clock.now() - timedelta(days=settings().log_days, seconds=1)
    factories.instance(card, "k4c9aa", created_at=long_ago, status=InstanceStatus.FAILED, ended_at=long_ago)
    await tab.card(card.slug, "logs", "?instance=k4c9aa")
    await tab.sees(lambda seen: seen["LogsState.expired"])
    assert tab["LogsState.kept"] == []


async def test_an_instance_that_nobody_knows_any_more_is_named(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    await tab.card(card.slug, "logs", "?instance=gone11")
    await tab.sees(lambda seen: seen["LogsState.unknown"] == "gone11")
    assert tab["LogsState.instance"] == ""


async def test_instances_of_another_deployment_are_no_choice(tab: Tab, editor: Viewer) -> None:
    first, second = factories.deployment(editor), factories.deployment(editor)
    factories.instance(first, "k4c9aa")
    await tab.card(first.slug, "logs", "?instance=k4c9aa")
    await tab.sees(lambda seen: seen["LogsState.choices"])
    await tab.card(second.slug, "logs")
    await tab.sees(lambda seen: seen["LogsState.shown_slug"] == second.slug)
    assert (tab["LogsState.choices"], tab["LogsState.instance"]) == ([], "")
