from deploy_ui.enums import Phase
from deploy_ui.services import deployments
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab


async def test_the_card_of_the_address_is_shown_and_follows_changes(tab: Tab, editor: Viewer) -> None:
    slug = factories.deployment(editor, name="Fraud scoring").slug
    await tab.card(slug)
    await tab.sees(lambda seen: _name(seen) == "Fraud scoring")
    deployments.stop(editor, slug)
    await tab.sees(lambda seen: seen["CardState.card"].wish == "stop")


async def test_an_unknown_deployment_is_said_in_words(tab: Tab) -> None:
    await tab.card("no-such-thing")
    await tab.sees(lambda seen: seen["CardState.problem"])
    assert tab["CardState.card"] is None


async def test_a_path_that_is_no_name_is_said_in_words(tab: Tab) -> None:
    await tab.card("No'such\0thing")
    await tab.sees(lambda seen: seen["CardState.problem"])


async def test_stepping_to_another_deployment_shows_its_card(tab: Tab, editor: Viewer) -> None:
    first, second = (factories.deployment(editor, name=name).slug for name in ("One", "Two"))
    await tab.card(first)
    await tab.sees(lambda seen: _name(seen) == "One")
    await tab.card(second)
    await tab.sees(lambda seen: _name(seen) == "Two")


async def test_stepping_from_nothing_to_a_deployment_forgets_the_problem(tab: Tab, editor: Viewer) -> None:
    await tab.card("no-such-thing")
    await tab.sees(lambda seen: seen["CardState.problem"])
    await tab.card(factories.deployment(editor).slug)
    await tab.sees(lambda seen: seen["CardState.card"] is not None and not seen["CardState.problem"])


async def test_whoever_is_not_signed_in_is_sent_away_and_shown_nothing(new_tab: Opens, editor: Viewer) -> None:
    slug = factories.deployment(editor, name="Secret plans").slug
    stranger = new_tab(None)
    await stranger.card(slug)
    await stranger.sees(lambda seen: seen.redirects)
    assert stranger.redirects[0].startswith("/sign-in?next=")
    assert "Secret plans" not in stranger.known()


async def test_a_deleted_deployment_is_gone_and_still_shown(tab: Tab, editor: Viewer) -> None:
    card = deployments.delete(editor, factories.deployment(editor).slug)
    factories.seen(card, Phase.DELETED)
    await tab.card(card.slug)
    await tab.sees(lambda seen: seen["CardState.gone"])


async def test_a_deletion_is_seen_at_once_and_leads_from_other_tabs_to_the_first(tab: Tab, editor: Viewer) -> None:
    slug = factories.deployment(editor).slug
    await tab.card(slug, "logs")
    await tab.sees(lambda seen: seen["CardState.card"] is not None)
    deployments.delete(editor, slug)
    await tab.sees(lambda seen: seen["CardState.gone"] and seen.redirects)
    assert tab.redirects == [f"/deployments/{slug}/general"]


async def test_the_tab_that_a_deleted_deployment_keeps_stays_and_tells_what_happened(tab: Tab, editor: Viewer) -> None:
    slug = deployments.delete(editor, factories.deployment(editor).slug).slug
    await tab.card(slug)
    await tab.sees(lambda seen: seen["CardState.gone"] and seen["GeneralState.moments"])
    assert tab.redirects == []


async def test_a_stopped_deployment_is_at_rest_from_the_moment_somebody_said_so(tab: Tab, editor: Viewer) -> None:
    slug = factories.deployment(editor).slug
    await tab.card(slug)
    await tab.sees(lambda seen: seen["CardState.card"] is not None)
    assert not tab["CardState.at_rest"]
    deployments.stop(editor, slug)
    await tab.sees(lambda seen: seen["CardState.at_rest"])
    assert not tab["CardState.gone"]


def _name(tab: Tab) -> str:
    card = tab["CardState.card"]
    return card.name if card else ""
