"""What fires is written down, and told once, again after hours, and when it is over."""

from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.enums.alerts import AlertEnd, AlertKind, AlertPhase, ReceiverKind
from deploy_ui.services import deployments, events
from deploy_ui.services.alerts import board, firing, outbox, receivers, rules, telling, watching
from deploy_ui.services.alerts.conditions import Standing
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.services.alerts import watch

QUIET, FIRING = AlertPhase.QUIET, AlertPhase.FIRING
ERRORS, MEMORY = AlertKind.ERROR_RATE, AlertKind.MEMORY
HOOK = "https://192.0.2.1/hook"


@pytest.fixture
def editor(database: str, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    assert database
    monkeypatch.setattr("deploy_ui.services.calls.callback_addresses.may_be_called", lambda _: True)
    return factories.viewer()


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


@pytest.fixture
def told(editor: Viewer, card: DeploymentCard) -> int:
    return receivers.create(editor, card.slug, ReceiverKind.WEBHOOK, HOOK, "en").id


def test_what_fires_is_on_the_board_in_the_list_and_on_the_timeline(editor: Viewer, card: DeploymentCard) -> None:
    watch.stand(card, ERRORS, FIRING, value=0.2)
    [alert] = board.firing(editor, card.slug)
    assert (alert.kind, alert.value, alert.threshold, alert.ended_at) == (ERRORS, 0.2, 0.05, None)
    assert deployments.card(editor, card.slug).alerts == 1
    assert [each.alerts for each in deployments.rows(editor).items] == [1]
    newest = events.rows(editor, card.slug)[0]
    assert (newest.kind, newest.facts) == ("alert_fired", {"alert": "error_rate", "value": 0.2, "threshold": 0.05})


def test_what_is_over_is_in_the_history_with_its_worst_value(editor: Viewer, card: DeploymentCard) -> None:
    for value in (0.2, 0.9, 0.4):
        watch.stand(card, ERRORS, FIRING, value=value)
    factories.seen(card, phase=deployments.card(editor, card.slug).phase, ready=1)
    watch.stand(card, ERRORS, QUIET, value=0.0)
    [alert] = board.history(editor, card.slug).items
    assert (alert.worst, alert.value, alert.outcome) == (0.9, 0.4, AlertEnd.RECOVERED)
    assert (board.firing(editor, card.slug), deployments.card(editor, card.slug).alerts) == ([], 0)


def test_one_that_fires_is_told_once(card: DeploymentCard, told: int) -> None:
    for _ in range(5):
        watch.stand(card, ERRORS, FIRING)
    assert [(each.event, each.receiver_id) for each in watch.notices()] == [("firing", told)]


def test_whoever_was_told_is_told_that_it_is_over(card: DeploymentCard, told: int) -> None:
    watch.stand(card, ERRORS, FIRING)
    watch.stand(card, ERRORS, QUIET)
    assert watch.events() == ["firing", "resolved"]
    [_, last] = watch.notices()
    assert (last.facts["value"], last.receiver_id) == (0.5, told)


def test_a_reminder_comes_after_hours_of_looks_and_not_when_the_clock_jumps(card: DeploymentCard, told: int) -> None:
    assert told
    watch.stand(card, ERRORS, FIRING)
    watch.stand(card, ERRORS, FIRING, now=clock.now() + timedelta(days=2))
    assert watch.events() == ["firing"]
    for _ in range(int(telling.REMIND_S / 30)):
        watch.stand(card, ERRORS, FIRING, seconds=30)
    assert watch.events() == ["firing", "reminder"]


def test_a_muted_rule_is_told_when_it_is_unmuted(editor: Viewer, card: DeploymentCard, told: int) -> None:
    assert told
    rule = watch.rule_id(editor, card, ERRORS)
    rules.mute(editor, card.slug, rule, None)
    watch.stand(card, ERRORS, FIRING)
    assert (watch.events(), deployments.card(editor, card.slug).alerts) == ([], 0)
    rules.unmute(editor, card.slug, rule)
    watch.stand(card, ERRORS, FIRING)
    assert watch.events() == ["firing"]


def test_a_recovery_of_what_was_told_is_told_though_it_was_muted_since(
    editor: Viewer, card: DeploymentCard, told: int
) -> None:
    assert told
    watch.stand(card, ERRORS, FIRING)
    rules.mute(editor, card.slug, watch.rule_id(editor, card, ERRORS), 3600)
    watch.stand(card, ERRORS, QUIET)
    assert watch.events() == ["firing", "resolved"]


def test_a_recovery_of_what_nobody_was_told_is_not_told(editor: Viewer, card: DeploymentCard, told: int) -> None:
    assert told
    rules.mute(editor, card.slug, watch.rule_id(editor, card, ERRORS), None)
    watch.stand(card, ERRORS, FIRING)
    watch.stand(card, ERRORS, QUIET)
    assert watch.events() == []


def test_too_many_within_an_hour_are_left_out_and_the_next_one_says_so(card: DeploymentCard, told: int) -> None:
    assert told
    now = clock.now()
    for _ in range(outbox.MOST_AN_HOUR + 3):
        watch.stand(card, ERRORS, FIRING, now=now)
        watch.stand(card, ERRORS, QUIET, now=now)
    assert (watch.events().count("firing"), watch.events().count("resolved")) == (outbox.MOST_AN_HOUR,) * 2
    watch.stand(card, MEMORY, FIRING, now=now + timedelta(hours=1, seconds=1))
    assert watch.notices()[-1].facts["left_out"] == 3


def test_one_that_was_left_out_is_told_when_there_is_room(card: DeploymentCard, told: int) -> None:
    assert told
    now = clock.now()
    for _ in range(outbox.MOST_AN_HOUR):
        watch.stand(card, ERRORS, FIRING, now=now)
        watch.stand(card, ERRORS, QUIET, now=now)
    watch.stand(card, ERRORS, FIRING, now=now)
    assert watch.events().count("firing") == outbox.MOST_AN_HOUR
    watch.stand(card, ERRORS, FIRING, now=now + timedelta(hours=1, seconds=1))
    assert (watch.events()[-1], watch.notices()[-1].facts["left_out"]) == ("firing", 0)


def test_who_is_added_later_hears_of_what_nobody_was_told(editor: Viewer, card: DeploymentCard) -> None:
    watch.stand(card, ERRORS, FIRING)
    receivers.create(editor, card.slug, ReceiverKind.WEBHOOK, HOOK, "en")
    watch.stand(card, ERRORS, FIRING)
    assert watch.events() == ["firing"]


def test_what_is_unsent_is_dropped_when_there_is_something_newer(card: DeploymentCard, told: int) -> None:
    assert told
    watch.stand(card, ERRORS, FIRING)
    watch.stand(card, ERRORS, QUIET)
    assert [each.event for each in outbox.due(clock.now(), 10)] == ["resolved"]


def test_switching_a_rule_off_ends_its_alert_and_says_who_did(editor: Viewer, card: DeploymentCard, told: int) -> None:
    assert told
    watch.stand(card, ERRORS, FIRING)
    rules.change(editor, card.slug, watch.rule_id(editor, card, ERRORS), {}, enabled=False)
    [alert] = board.history(editor, card.slug).items
    assert (alert.outcome, alert.ended_by) == (AlertEnd.RULE_CHANGED, editor.name)
    assert watch.events() == ["firing", "resolved"]


def test_a_rule_that_a_person_removed_meanwhile_fires_nothing(editor: Viewer, card: DeploymentCard) -> None:
    [(subject, found)] = watching.watched().items()
    steps = [firing.Step(subject, each, Standing(FIRING)) for each in found]
    for each in found:
        rules.remove(editor, card.slug, each.id)
    firing.keep(steps, 15, clock.now())
    assert board.firing(editor, card.slug) == []


def test_a_deleted_deployment_keeps_its_history_for_thirty_days(editor: Viewer, card: DeploymentCard) -> None:
    watch.stand(card, ERRORS, FIRING)
    deployments.delete(editor, card.slug)
    watch.stand(card, ERRORS, QUIET, value=None)
    assert [each.outcome for each in board.history(editor, card.slug).items] == [AlertEnd.AT_REST]
    firing.forget(clock.now() + timedelta(days=29))
    assert len(board.history(editor, card.slug).items) == 1
    firing.forget(clock.now() + timedelta(days=31))
    assert board.history(editor, card.slug).items == []


def test_the_history_of_one_deployment_is_bounded(
    editor: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "MOST_KEPT", 3)
    for _ in range(5):
        watch.stand(card, ERRORS, FIRING)
        watch.stand(card, ERRORS, QUIET)
    firing.forget(clock.now())
    first = board.history(editor, card.slug, limit=2)
    assert (len(first.items), len(board.history(editor, card.slug, cursor=first.next).items)) == (2, 1)
