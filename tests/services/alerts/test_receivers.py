"""Who is told: bounded, and told nothing more when they are gone."""

import pytest

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import Phase
from deploy_ui.enums.alerts import AlertKind, AlertPhase, ReceiverKind
from deploy_ui.errors import Conflict, Invalid, TooMany
from deploy_ui.models import AlertReceiver
from deploy_ui.services import deployments
from deploy_ui.services.alerts import board, outbox, receivers, remains, rules
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories
from tests.services.alerts import watch

HOOK = "https://127.0.0.1:9/hook?token=secret"


@pytest.fixture
def editor(database: str, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    assert database
    monkeypatch.setenv("DEPLOY_UI_CALLBACK_NETWORKS", "127.0.0.0/8")
    settings.cache_clear()
    return factories.viewer()


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


def add(editor: Viewer, card: DeploymentCard) -> int:
    return receivers.create(editor, card.slug, ReceiverKind.WEBHOOK, HOOK, "en").id


def test_there_are_at_most_ten(editor: Viewer, card: DeploymentCard) -> None:
    for _ in range(receivers.MOST_RECEIVERS):
        add(editor, card)
    with pytest.raises(Conflict, match="alert_receivers_many"):
        add(editor, card)


def test_a_language_that_there_are_no_texts_in_is_refused(editor: Viewer, card: DeploymentCard) -> None:
    with pytest.raises(Invalid, match="language_unknown"):
        receivers.create(editor, card.slug, ReceiverKind.WEBHOOK, HOOK, "tlh")


def test_nobody_is_flooded_with_tests(editor: Viewer, card: DeploymentCard) -> None:
    receiver = add(editor, card)
    for _ in range(receivers.MOST_TESTS):
        receivers.test(editor, card.slug, receiver)
        [notice] = outbox.due(clock.now(), 5)
        outbox.sent(notice, delivered=True, now=clock.now())
    with pytest.raises(TooMany, match="alert_tests_many"):
        receivers.test(editor, card.slug, receiver)


def test_a_test_that_fails_is_not_tried_again(editor: Viewer, card: DeploymentCard) -> None:
    receivers.test(editor, card.slug, add(editor, card))
    [notice] = outbox.due(clock.now(), 5)
    outbox.sent(notice, delivered=False, message="HTTP 500", now=clock.now())
    [row] = receivers.rows(editor, card.slug)
    assert (row.waiting, row.delivered, row.message) == (False, False, "HTTP 500")


def test_who_is_removed_is_told_nothing_more(editor: Viewer, card: DeploymentCard) -> None:
    first, second = add(editor, card), add(editor, card)
    watch.stand(card, AlertKind.ERROR_RATE, AlertPhase.FIRING)
    taken = outbox.due(clock.now(), 5)
    receivers.remove(editor, card.slug, first)
    for notice in taken:
        outbox.sent(notice, delivered=False, message="HTTP 500", now=clock.now())
    assert [(each.receiver_id, each.done_at is None) for each in watch.notices()] == [(None, False), (second, True)]


def test_removing_a_receiver_makes_no_room_for_more_tests(editor: Viewer, card: DeploymentCard) -> None:
    for _ in range(receivers.MOST_TESTS):
        receiver = add(editor, card)
        receivers.test(editor, card.slug, receiver)
        receivers.remove(editor, card.slug, receiver)
    with pytest.raises(TooMany, match="alert_tests_many"):
        receivers.test(editor, card.slug, add(editor, card))


@pytest.mark.parametrize(
    "address", [".a@example.org", "a..b@example.org", "a@", "a b@example.org", "A <a@example.org>"]
)
def test_what_no_letter_can_be_sent_to_is_no_address(
    editor: Viewer, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DEPLOY_UI_SMTP_URL", "smtp://127.0.0.1:9")
    settings.cache_clear()
    with pytest.raises(Invalid, match="email_wrong"):
        receivers.create(editor, card.slug, ReceiverKind.EMAIL, address, "en")


def test_of_a_deployment_that_is_gone_no_address_and_no_rule_is_left(editor: Viewer, card: DeploymentCard) -> None:
    other = factories.deployment(editor)
    for each in (card, other):
        add(editor, each)
    watch.stand(card, AlertKind.ERROR_RATE, AlertPhase.FIRING)
    deployments.delete(editor, card.slug)
    factories.seen(deployments.card(editor, card.slug), Phase.DELETED)
    remains.forget()
    assert len(receivers.rows(editor, card.slug)) == 1  # it is yet to be told that it is over
    watch.stand(card, AlertKind.ERROR_RATE, AlertPhase.QUIET)
    for notice in outbox.due(clock.now(), 5):
        outbox.sent(notice, delivered=True, now=clock.now())
    remains.forget()
    assert (receivers.rows(editor, card.slug), rules.rows(editor, card.slug)) == ([], [])
    assert len(board.history(editor, card.slug).items) == 1
    assert len(receivers.rows(editor, other.slug)) == 1
    assert rules.rows(editor, other.slug)


def test_the_address_is_sealed(editor: Viewer, card: DeploymentCard) -> None:
    receiver = add(editor, card)
    with reading() as session:
        row = session.get_one(AlertReceiver, receiver)
    assert "secret" not in row.address_sealed + row.shown
    receivers.test(editor, card.slug, receiver)
    [notice] = outbox.due(clock.now(), 5)
    assert notice.address == HOOK
    assert "token" not in repr(notice)


def test_a_receiver_whose_sealing_key_is_gone_is_not_told_and_says_so(editor: Viewer, card: DeploymentCard) -> None:
    receivers.test(editor, card.slug, add(editor, card))
    (settings().keys_dir / "seal.key").unlink()
    [notice] = outbox.due(clock.now(), 5)
    assert notice.address is None
