import pytest

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import InstanceStatus, Phase, Reason, Role
from deploy_ui.models import Instance
from deploy_ui.services import deployments, rollouts
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.revisions import FEW, RevisionsState
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab, names


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    """Give a deployment whose second revision serves."""
    made = factories.deployment(editor, name="Fraud scoring", memory_mb=512, env={"A": "s3cret"})
    rollouts.succeeded(made.id, 1, clock.now())
    return deployments.change(editor, made.slug, Change(memory_mb=1024, cpu=1.5, env={"B": "t0ken"}))


async def opened(tab: Tab, card: DeploymentCard) -> None:
    await tab.card(card.slug)
    await tab.sees(lambda tab: tab["RevisionsState.lines"])


def give_up(card: DeploymentCard) -> None:
    """Let the controller have rolled the second revision back."""
    factories.instance(card, "k4c9aa", status=InstanceStatus.FAILED, reason=Reason.CRASHED)
    with transaction() as session:
        session.get_one(Instance, "k4c9aa").revision = 2
    now = clock.now()
    reason, message = Reason.CRASHED, "no weights"
    assert rollouts.give_up(card.id, generation=2, revision=2, back_to=1, reason=reason, message=message, now=now)


async def test_revisions_are_listed_with_what_changed(tab: Tab, card: DeploymentCard) -> None:
    await opened(tab, card)
    newest, first = tab["RevisionsState.lines"]
    assert (newest.number, newest.current, newest.fields) == (2, True, ["cpu", "memory_mb", "env"])
    assert [(each.field, each.before, each.after) for each in newest.deltas] == [
        ("cpu", "1", "1.5"),
        ("memory_mb", "512", "1024"),
    ]
    assert names(newest.variables, "name") == ["B"]
    assert (first.first, first.fields, first.serving) == (True, [], 0)


async def test_no_value_of_a_variable_reaches_the_browser(tab: Tab, card: DeploymentCard) -> None:
    await opened(tab, card)
    assert "s3cret" not in tab.known()
    assert "t0ken" not in tab.known()


async def test_only_the_newest_are_shown_until_somebody_asks(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    for memory in range(2000, 2005):
        deployments.change(editor, card.slug, Change(memory_mb=memory))
    await opened(tab, card)
    assert (len(tab["RevisionsState.newest"]), tab["RevisionsState.more"]) == (FEW, True)
    await tab.send(RevisionsState.show_older())
    assert (len(tab["RevisionsState.newest"]), tab["RevisionsState.more"]) == (7, False)


async def test_what_was_rolled_back_is_told_with_its_instance(tab: Tab, card: DeploymentCard) -> None:
    give_up(card)
    await opened(tab, card)
    undone = tab["RevisionsState.undone"]
    assert (undone.number, undone.reason, undone.message, undone.instance) == (2, "crashed", "no weights", "k4c9aa")
    assert tab["RevisionsState.lines"][0].failed


async def test_a_rollback_asks_first_and_says_what_it_will_do(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    factories.instance(card, "k4c9aa", status=InstanceStatus.READY)
    with transaction() as session:
        session.get_one(Instance, "k4c9aa").revision = 2
    await opened(tab, card)
    await tab.send(RevisionsState.ask(1))
    assert (tab["RevisionsState.asked"], tab["RevisionsState.restarts"]) == (1, 1)
    await tab.send(RevisionsState.roll_back())
    assert tab["RevisionsState.asked"] == 0
    assert tab["CardState.card"].revision == 1
    assert deployments.card(editor, card.slug).memory_mb == 512
    await tab.sees(lambda tab: [each.current for each in tab["RevisionsState.lines"]] == [False, True])


async def test_a_question_may_be_closed(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    await opened(tab, card)
    await tab.send(RevisionsState.ask(1))
    await tab.send(RevisionsState.keep())
    await tab.send(RevisionsState.roll_back())
    assert deployments.card(editor, card.slug).revision == 2


async def test_a_failed_one_is_asked_about_as_such(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    give_up(card)
    await opened(tab, card)
    await tab.send(RevisionsState.ask(2))
    assert tab["RevisionsState.asked_failed"]
    await tab.send(RevisionsState.roll_back())
    assert deployments.card(editor, card.slug).revision == 2
    await tab.sees(lambda tab: tab["RevisionsState.undone"] is None)


async def test_what_cannot_be_taken_back_is_said(tab: Tab, card: DeploymentCard) -> None:
    await opened(tab, card)
    await tab.send(RevisionsState.ask(2))
    await tab.send(RevisionsState.roll_back())
    assert "Revision 2" in tab["NoticeState.words"]
    assert tab["NoticeState.kind"] == "error"


async def test_a_reader_sees_them_and_takes_none_back(new_tab: Opens, card: DeploymentCard) -> None:
    tab = new_tab(factories.viewer(Role.VIEWER))
    await opened(tab, card)
    await tab.send(RevisionsState.ask(1))
    assert tab["NoticeState.kind"] == "error"
    assert tab["RevisionsState.asked"] == 0


async def test_instances_that_serve_are_counted(tab: Tab, card: DeploymentCard) -> None:
    factories.instance(card, "k4c9aa", status=InstanceStatus.READY)
    factories.seen(card, Phase.UPDATING, ready=1)
    await opened(tab, card)
    assert names(tab["RevisionsState.lines"], "serving") == [0, 1]
