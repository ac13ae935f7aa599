from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.jobs.delivery.unready import Unready
from deploy_ui.services import deployments
from deploy_ui.services.calls import claims, deliverers, expiry, turns
from deploy_ui.services.calls.turns import Asked
from tests import factories
from tests.services.calls import queued
from tests.services.calls.ended_calls import row
from tests.services.calls.ticks import Ticks

pytestmark = pytest.mark.usefixtures("database")
MINUTE = timedelta(minutes=1)


def test_a_call_that_waits_past_its_deadline_ends() -> None:
    now = clock.now()
    card = queued.serving()
    late = queued.call(card, deadline_at=now - timedelta(seconds=1), callback_url="https://example.org")
    early = queued.call(card, deadline_at=now + MINUTE)
    turns.turn(Asked(deliverers.begin(now), beat=True), now)
    assert (row(late).status, row(late).reason, row(late).callback_due_at) == (
        CallStatus.ERROR,
        CallReason.LIVE_TIMEOUT,
        now,
    )
    assert row(early).status == CallStatus.QUEUED


def test_a_call_that_came_in_while_its_deployment_was_deleted_ends() -> None:
    now = clock.now()
    by = factories.viewer()
    gone, other = queued.serving("127.0.0.1:1", by=by), queued.serving()
    deployments.delete(by, gone.slug)
    late, waits = queued.call(gone, callback_url="https://example.org"), queued.call(other)
    turns.turn(Asked(deliverers.begin(now), room=1, beat=True), now)
    found = row(late)
    assert (found.status, found.reason, found.attempts) == (CallStatus.ERROR, CallReason.DEPLOYMENT_DELETED, 0)
    assert (found.finished_at, found.callback_due_at) == (now, now)
    assert row(waits).status == CallStatus.QUEUED


def test_an_attempt_waits_for_a_ready_instance_only_so_long() -> None:
    now = clock.now()
    card = queued.serving()
    before = now - 2 * MINUTE
    patient = queued.call(card, due_at=before, health_timeout_s=600)
    once = queued.call(card, due_at=before, health_timeout_s=60, max_attempts=1)
    often = queued.call(card, due_at=before, health_timeout_s=60)
    just_due = queued.call(card, due_at=now, health_timeout_s=60)
    me = deliverers.begin(now)
    turns.turn(Asked(me, beat=True, unready_s={card.id: 30}), now)
    assert row(once).status == CallStatus.QUEUED, "the deployment had an instance until half a minute ago"
    turns.turn(Asked(me, beat=True, unready_s={card.id: 120}), now)
    assert (row(once).status, row(once).reason) == (CallStatus.ERROR, CallReason.NOT_READY)
    assert (row(often).status, row(often).attempts) == (CallStatus.QUEUED, 1)
    assert row(often).due_at > now
    assert [(each.reason, each.instance) for each in queued.attempts(often)] == [(CallReason.NOT_READY, "")]
    assert [row(each).attempts for each in (patient, just_due)] == [0, 0]


def test_who_looks_for_impatient_calls_holds_up_nobody_who_writes() -> None:
    now = clock.now()
    card = queued.serving()
    late = row(queued.call(card, due_at=now - 2 * MINUTE, health_timeout_s=60))
    queued.call(card, due_at=now, health_timeout_s=60)
    with transaction():
        assert expiry.impatient({card.id: 121.0}, now) == [late.number]


def test_a_call_that_was_found_impatient_and_was_tried_meanwhile_goes_on() -> None:
    now = clock.now()
    card = queued.serving()
    tried, canceled = queued.call(card, due_at=now), queued.call(card, status=CallStatus.CANCELED)
    found = [row(each).number for each in (tried, canceled)]
    with transaction() as session:
        expiry.unserved(session, claims.waiting(session), {card.id: 121.0}, found, now)
    assert [row(each).attempts for each in (tried, canceled)] == [0, 0]


def test_a_long_queue_before_a_ready_instance_is_no_reason_to_give_up() -> None:
    now = clock.now()
    card = queued.serving("127.0.0.1:1")
    call_id = queued.call(card, due_at=now - MINUTE, health_timeout_s=1)
    turns.turn(Asked(deliverers.begin(now), beat=True, unready_s={card.id: 60}), now)
    assert row(call_id).status == CallStatus.QUEUED


def test_many_patient_calls_hide_no_impatient_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "MOST", 2)
    now = clock.now()
    card = queued.serving()
    before = now - 2 * MINUTE
    for _ in range(3):
        queued.call(card, due_at=before, health_timeout_s=600, priority=0)
        queued.call(card, due_at=now, health_timeout_s=60, priority=0)
    impatient = queued.call(card, due_at=before, health_timeout_s=60, max_attempts=1)
    turns.turn(Asked(deliverers.begin(now), beat=True, unready_s={card.id: 120}), now)
    assert row(impatient).reason == CallReason.NOT_READY


def test_a_clock_that_was_set_back_keeps_no_attempt_from_failing() -> None:
    now = clock.now()
    card = queued.serving()
    call_id = queued.call(card, due_at=now + timedelta(hours=3), health_timeout_s=60)
    me = deliverers.begin(now)
    turns.turn(Asked(me, beat=True, unready_s={card.id: 59}), now)
    assert row(call_id).attempts == 0
    turns.turn(Asked(me, beat=True, unready_s={card.id: 61}), now)
    assert [(each.reason, each.started_at) for each in queued.attempts(call_id)] == [(CallReason.NOT_READY, now)]


def test_a_clock_that_is_set_ahead_ends_no_waiting() -> None:
    now, ticks = clock.now(), Ticks()
    unready = Unready(ticks)
    unready.see({1, 2})
    for each in ticks.go_on(10):
        assert unready.waited_s(now + timedelta(seconds=each)) == {1: each, 2: each}
    unready.see({1})
    for each in ticks.go_on(10):
        assert unready.waited_s(now + timedelta(seconds=each, hours=3)) == {1: each - 12}
    unready.see({2})
    assert unready.waited_s(now + timedelta(seconds=ticks.at, hours=3)) == {2: 0}
