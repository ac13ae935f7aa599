"""The alerts view: it follows what fires, and changes rules and receivers."""

import pytest

from deploy_ui.enums import Role
from deploy_ui.enums.alerts import AlertKind, AlertPhase, ReceiverKind
from deploy_ui.services import deployments
from deploy_ui.services.alerts import receivers, rules
from deploy_ui.services.alerts.rules import RuleRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states.deployment.alerts import AlertsState
from tests import factories
from tests.services.alerts import watch
from tests.states.conftest import Opens
from tests.states.tab import Tab, names

VIEW = "?view=alerts"
SECRET = "do-not-show"
HOOK = f"http://127.0.0.1:9/hook?token={SECRET}"
ERRORS = AlertKind.ERROR_RATE


@pytest.fixture(autouse=True)
def _loopback(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database
    monkeypatch.setenv("DEPLOY_UI_CALLBACK_NETWORKS", "127.0.0.0/8")
    settings.cache_clear()


@pytest.fixture
def slug(editor: Viewer) -> str:
    return factories.deployment(editor, name="Fraud scoring").slug


def rule(editor: Viewer, slug: str, kind: AlertKind = ERRORS) -> RuleRow:
    return next(each for each in rules.rows(editor, slug) if each.kind is kind)


async def opened(tab: Tab, slug: str) -> Tab:
    await tab.card(slug, "monitoring", VIEW)
    await tab.sees(lambda seen: seen["AlertsState.loaded"])
    return tab


async def test_what_fires_shows_up_while_the_view_is_open(tab: Tab, editor: Viewer, slug: str) -> None:
    await opened(tab, slug)
    assert tab["AlertsState.firing"] == []
    card = deployments.card(editor, slug)
    watch.stand(card, ERRORS, AlertPhase.FIRING, value=0.4)
    await tab.sees(lambda seen: names(seen["AlertsState.firing"], "value") == [0.4])
    watch.stand(card, ERRORS, AlertPhase.QUIET)
    await tab.sees(lambda seen: len(seen["AlertsState.history"]) == 1 and not seen["AlertsState.firing"])


async def test_other_views_of_the_tab_read_no_alerts(tab: Tab, slug: str) -> None:
    await tab.card(slug, "monitoring")
    await tab.sees(lambda seen: seen["AlertsState.shown_slug"] == slug)
    assert not tab["AlertsState.loaded"]


async def test_a_rule_is_added_and_its_numbers_are_open(tab: Tab, editor: Viewer, slug: str) -> None:
    await opened(tab, slug)
    await tab.send(AlertsState.add_rule("p99"))
    made = rule(editor, slug, AlertKind.P99)
    assert tab["AlertsState.edited"] == made.id


async def test_shares_are_typed_in_percent_with_a_comma_or_a_point(tab: Tab, editor: Viewer, slug: str) -> None:
    await opened(tab, slug)
    for typed, threshold in (("2,5", 0.025), ("7.5", 0.075)):
        await tab.send(AlertsState.edit(rule(editor, slug).id))
        await tab.send(AlertsState.save({"threshold": typed, "minutes": "10", "least_requests": "50"}))
        found = rule(editor, slug)
        assert (found.threshold, found.minutes, found.least_requests) == (threshold, 10, 50)
    assert tab["AlertsState.edited"] == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"threshold": "200"}, "The value must be between 0.1 and 100."),
        ({"threshold": "a lot"}, "The value must be between 0.1 and 100."),
        ({"threshold": "inf"}, "The value must be between 0.1 and 100."),
        ({"minutes": "0"}, "The value must be between 1 and 60."),
        ({"minutes": "2.5"}, "The value must be between 1 and 60."),
    ],
)
async def test_what_is_wrong_stands_at_its_field(
    tab: Tab, editor: Viewer, slug: str, typed: dict[str, str], words: str
) -> None:
    await opened(tab, slug)
    before = rule(editor, slug)
    await tab.send(AlertsState.edit(before.id))
    await tab.send(AlertsState.save(typed))
    assert tab["AlertsState.wrong"] == dict.fromkeys(typed, words)
    assert (rule(editor, slug), tab["AlertsState.edited"]) == (before, before.id)


async def test_a_rule_is_switched_muted_and_removed(tab: Tab, editor: Viewer, slug: str) -> None:
    await opened(tab, slug)
    which = rule(editor, slug).id
    await tab.send(AlertsState.switch(which, enabled=False))
    assert not rule(editor, slug).enabled
    for choice in ("hour", "ever"):
        await tab.send(AlertsState.mute(which, choice))
        assert rule(editor, slug).muted
    await tab.send(AlertsState.unmute(which))
    assert not rule(editor, slug).muted
    await tab.send(AlertsState.remove_rule(which))
    assert ERRORS not in [each.kind for each in rules.rows(editor, slug)]


async def test_a_receiver_is_added_and_its_address_never_comes_back(tab: Tab, editor: Viewer, slug: str) -> None:
    await opened(tab, slug)
    await tab.send(AlertsState.ask("webhook"))
    await tab.send(AlertsState.add_receiver({"address": HOOK, "language": "ru"}))
    assert tab["AlertsState.adding"] == ""
    [made] = receivers.rows(editor, slug)
    assert (made.kind, made.shown, made.language) == (ReceiverKind.WEBHOOK, "http://127.0.0.1:9", "ru")
    assert SECRET not in tab.known()
    await tab.send(AlertsState.test_receiver(made.id))
    assert watch.events() == ["test"]
    await tab.send(AlertsState.remove_receiver(made.id))
    assert receivers.rows(editor, slug) == []


async def test_an_address_that_may_not_be_called_stands_at_its_field(tab: Tab, slug: str) -> None:
    await opened(tab, slug)
    await tab.send(AlertsState.ask("webhook"))
    await tab.send(AlertsState.add_receiver({"address": "http://10.0.0.1/", "language": "en"}))
    assert "private network" in tab["AlertsState.wrong"]["address"]
    assert tab["AlertsState.adding"] == "webhook"


async def test_the_view_says_when_there_is_no_mail_server(tab: Tab, slug: str) -> None:
    await opened(tab, slug)
    assert tab["AlertsState.with_email"] is False


async def test_a_reader_changes_nothing(new_tab: Opens, editor: Viewer, slug: str) -> None:
    tab = await opened(new_tab(factories.viewer(Role.VIEWER)), slug)
    before = rules.rows(editor, slug)
    which = before[0].id
    for event in (
        AlertsState.add_rule("p99"),
        AlertsState.switch(which, enabled=False),
        AlertsState.mute(which, "hour"),
        AlertsState.remove_rule(which),
        AlertsState.edit(which),
        AlertsState.ask("webhook"),
    ):
        await tab.send(event)
        assert "Your role does not allow this" in tab["NoticeState.words"]
    assert rules.rows(editor, slug) == before


async def test_another_deployment_starts_afresh(tab: Tab, editor: Viewer, slug: str) -> None:
    other = factories.deployment(editor)
    watch.stand(other, ERRORS, AlertPhase.FIRING)
    await opened(tab, other.slug)
    assert len(tab["AlertsState.firing"]) == 1
    await opened(tab, slug)
    await tab.sees(lambda seen: seen["AlertsState.shown_slug"] == slug and not seen["AlertsState.firing"])
