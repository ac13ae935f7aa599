"""Who is told: bounded, and told nothing more when they are gone."""

import pytest

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums.alerts import AlertKind, AlertPhase, ReceiverKind
from deploy_ui.errors import Conflict, Invalid, TooMany
from deploy_ui.models import AlertReceiver
from deploy_ui.services.alerts import outbox, receivers
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
    assert [each.receiver_id for each in watch.notices()] == [second]


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
