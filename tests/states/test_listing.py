from deploy_ui.enums import Phase
from deploy_ui.services import deployments
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.deployments import DeploymentsState
from tests import factories
from tests.states.tab import Tab, names


async def test_the_address_narrows_the_list_and_a_bare_one_shows_all_again(tab: Tab, editor: Viewer) -> None:
    gone = factories.deployment(editor, name="Gone")
    factories.deployment(editor, name="Here")
    factories.seen(deployments.delete(editor, gone.slug), Phase.DELETED)
    await tab.open("/deployments?status=deleted")
    await tab.sees(lambda seen: _shown(seen) == ["Gone"])
    assert tab["DeploymentsState.counts"] == {"deleted": 1, "pending": 1}
    await tab.open("/deployments")
    await tab.sees(lambda seen: _shown(seen) == ["Here"])


async def test_a_status_that_is_none_narrows_nothing(tab: Tab, editor: Viewer) -> None:
    factories.deployment(editor, name="Here")
    await tab.open("/deployments?status=nonsense")
    await tab.sees(lambda seen: _shown(seen) == ["Here"])
    assert tab["DeploymentsState.status"] == ""


async def test_showing_all_forgets_the_search_and_leads_to_the_bare_address(tab: Tab, editor: Viewer) -> None:
    factories.deployment(editor, name="Here")
    await tab.open("/deployments?status=failed")
    await tab.send(DeploymentsState.look_for("nothing like it"))
    await tab.send(DeploymentsState.clear())
    assert (_shown(tab), tab["DeploymentsState.search"], tab.redirects) == (["Here"], "", ["/deployments"])


def _shown(tab: Tab) -> list[str]:
    return names(tab["DeploymentsState.rows"], "name")


async def test_a_question_that_was_left_open_is_closed_on_the_next_page(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor, name="Here")
    await tab.open("/deployments")
    await tab.send(DeploymentActions.ask_delete(card.slug))
    assert tab["DeploymentActions.asking"]
    await tab.card(factories.deployment(editor).slug)
    await tab.sees(lambda seen: not seen["DeploymentActions.asking"])
