"""What becomes of calls: the deliverer in the test's loop, and real instances on loopback."""

import asyncio
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlmodel import col, delete

from deploy_ui.db import transaction
from deploy_ui.enums import CallPriority, CallReason, CallStatus
from deploy_ui.jobs.delivery.sender import Sender
from deploy_ui.models import Call
from deploy_ui.models import Deliverer as Row
from deploy_ui.services import deployments
from deploy_ui.services.calls import changes, turns
from deploy_ui.services.calls.attempts import Answer, Claim
from deploy_ui.services.calls.bodies import Stored
from deploy_ui.services.calls.turns import Asked, NotTaken, Turn
from tests import factories
from tests.jobs.delivery.delivering import Delivering, beat, becomes
from tests.jobs.delivery.upstream import Upstream
from tests.services.calls import queued
from tests.services.calls.ended_calls import row
from tests.waiting import eventually_async


def reasons(call_id: str) -> list[tuple[CallReason, int | None]]:
    return [(each.reason, each.status) for each in queued.attempts(call_id)]


async def test_a_canceled_call_is_dropped_and_stays_canceled(delivering: Delivering, upstream: Upstream) -> None:
    upstream.answer = upstream.hold
    by = factories.viewer()
    card = queued.serving(upstream.address, by=by)
    call_id = queued.call(card)
    delivering.start()
    await eventually_async(lambda: upstream.now == 1)
    changes.cancel(by, card.slug, call_id)
    await eventually_async(lambda: upstream.now == 0)
    other = queued.call(card)
    upstream.go.set()
    await becomes(other, CallStatus.COMPLETED)
    assert (row(call_id).status, upstream.times[call_id]) == (CallStatus.CANCELED, 1)


async def test_an_answer_that_comes_after_the_cancel_changes_nothing(
    delivering: Delivering, upstream: Upstream
) -> None:
    upstream.answer = upstream.hold
    by = factories.viewer()
    card = queued.serving(upstream.address, by=by)
    call_id = queued.call(card)
    delivering.start(beat_s=60)
    await eventually_async(lambda: upstream.now == 1)
    changes.cancel(by, card.slug, call_id)
    before = row(call_id)
    upstream.go.set()
    other = queued.call(card)
    await becomes(other, CallStatus.COMPLETED)
    await eventually_async(lambda: upstream.now == 0)
    await delivering.stop()
    assert row(call_id) == before
    assert before.status == CallStatus.CANCELED


async def test_an_instance_never_has_more_than_its_share(delivering: Delivering, upstream: Upstream) -> None:
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=8)
    ids = [queued.call(card) for _ in range(60)]
    for _ in range(2):
        delivering.start()
    await eventually_async(lambda: upstream.now == 6)
    upstream.go.set()
    for each in ids:
        await becomes(each, CallStatus.COMPLETED)
    assert upstream.most == 6
    assert set(upstream.times.values()) == {1}


async def test_calls_have_their_turn_in_order_and_the_urgent_before(delivering: Delivering, upstream: Upstream) -> None:
    card = queued.serving(upstream.address, concurrency=1)
    low = queued.call(card, priority=CallPriority.LOW.rank)
    normal = [queued.call(card) for _ in range(5)]
    high = queued.call(card, priority=CallPriority.HIGH.rank)
    delivering.start()
    await becomes(low, CallStatus.COMPLETED)
    assert [each.call for each in upstream.got] == [high, *normal, low]


async def test_two_hundred_slow_calls_are_in_flight_at_once(delivering: Delivering, upstream: Upstream) -> None:
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=400)
    ids = [queued.call(card) for _ in range(200)]
    delivering.start()
    await eventually_async(lambda: upstream.now == 200)
    upstream.go.set()
    for each in ids:
        await becomes(each, CallStatus.COMPLETED, attempts=1)


async def test_who_is_told_to_end_lets_attempts_end(delivering: Delivering, upstream: Upstream) -> None:
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=1)
    running, waiting = queued.call(card), queued.call(card)
    deliverer, task = delivering.start()
    await eventually_async(lambda: upstream.now == 1)
    deliverer.stop()
    upstream.go.set()
    await task
    assert (row(running).status, row(waiting).status, len(upstream.got)) == (
        CallStatus.COMPLETED,
        CallStatus.QUEUED,
        1,
    )
    with transaction() as session:
        assert session.exec(delete(Row)).rowcount == 0


async def test_attempts_that_take_too_long_for_somebody_who_ends_are_given_up(
    delivering: Delivering, upstream: Upstream
) -> None:
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=4)
    once, often = queued.call(card, max_attempts=1), queued.call(card)
    deliverer, task = delivering.start(drain_s=0.05)
    await eventually_async(lambda: upstream.now == 2)
    deliverer.stop()
    await task
    assert (row(once).status, row(once).reason) == (CallStatus.ERROR, CallReason.WORKER_STOPPED)
    assert (row(often).status, row(often).reason) == (CallStatus.QUEUED, CallReason.WORKER_STOPPED)
    upstream.answer = None
    delivering.start()
    await becomes(often, CallStatus.COMPLETED, attempts=2)


async def test_attempts_that_end_while_they_are_given_up_are_written_once(
    delivering: Delivering, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    canceled = asyncio.Event()
    sent: list[str] = []

    async def send(_sender: Sender, claim: Claim) -> Answer:
        sent.append(claim.id)
        try:
            await canceled.wait()
        except asyncio.CancelledError:
            canceled.set()
        return Answer(200, [], Stored(2, "", b"ok", ""))

    monkeypatch.setattr(Sender, "send", send)
    card = queued.serving(upstream.address)
    ids = [queued.call(card) for _ in range(3)]
    deliverer, task = delivering.start(drain_s=0.05)
    await eventually_async(lambda: len(sent) == 3)
    deliverer.stop()
    await task
    assert [row(each).status for each in ids] == [CallStatus.COMPLETED] * 3
    assert [reasons(each) for each in ids] == [[(CallReason.NONE, 200)]] * 3


async def test_what_is_left_at_the_end_is_written_as_soon_as_the_database_answers_again(
    delivering: Delivering, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.answer = upstream.hold
    call_id = queued.call(queued.serving(upstream.address), max_attempts=1)
    failures = [NotTaken("OperationalError")] * 3
    take = turns.turn

    def turn(asked: Asked, now: datetime) -> Turn:
        if asked.outcomes and failures:
            raise failures.pop()
        return take(asked, now)

    monkeypatch.setattr(turns, "turn", turn)
    deliverer, task = delivering.start(drain_s=0.05)
    await eventually_async(lambda: upstream.now == 1)
    deliverer.stop()
    await task
    assert (failures, row(call_id).reason) == ([], CallReason.WORKER_STOPPED)


async def test_the_calls_of_a_deleted_deployment_end(delivering: Delivering, upstream: Upstream) -> None:
    async def answer(request: web.Request) -> web.Response:
        await upstream.hold(request)
        return web.Response(status=500)

    upstream.answer = answer
    by = factories.viewer()
    card = queued.serving(upstream.address, by=by, concurrency=1)
    running, waiting = queued.call(card), queued.call(card)
    delivering.start()
    await eventually_async(lambda: upstream.now == 1)
    deployments.delete(by, card.slug)
    upstream.go.set()
    for each in (running, waiting):
        assert (await becomes(each, CallStatus.ERROR)).reason == CallReason.DEPLOYMENT_DELETED
    assert len(upstream.got) == 1


async def test_two_deliverers_share_the_calls(delivering: Delivering, upstream: Upstream) -> None:
    card = queued.serving(upstream.address, concurrency=1000)
    for _ in range(2):
        delivering.start(most_claimed=5)
    ids = [queued.call(card) for _ in range(200)]
    for each in ids:
        await becomes(each, CallStatus.COMPLETED, attempts=1)
    assert set(upstream.times.values()) == {1}
    with transaction() as session:
        assert session.exec(delete(Call).where(col(Call.deliverer) != "")).rowcount == 0


async def test_who_was_taken_for_dead_gives_up_its_attempts_and_begins_anew(
    delivering: Delivering, upstream: Upstream
) -> None:
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address)
    call_id = queued.call(card)
    delivering.start()
    await eventually_async(lambda: upstream.now == 1)
    with transaction() as session:
        session.exec(delete(Row))
    upstream.answer = None
    await becomes(call_id, CallStatus.COMPLETED, attempts=2)
    assert reasons(call_id) == [(CallReason.WORKER_LOST, None), (CallReason.NONE, 200)]


async def test_an_attempt_that_was_given_up_and_ends_late_takes_nothing_from_the_next_one(
    delivering: Delivering, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    late, go = asyncio.Event(), asyncio.Event()

    async def send(_sender: Sender, claim: Claim) -> Answer:
        sent.append(claim.attempt)
        try:
            await go.wait()
        except asyncio.CancelledError:
            await late.wait()
        return Answer(200, [], Stored(2, "", str(claim.attempt).encode(), ""))

    monkeypatch.setattr(Sender, "send", send)
    call_id = queued.call(queued.serving(upstream.address))
    delivering.start()
    await eventually_async(lambda: sent == [1])
    with transaction() as session:
        session.exec(delete(Row))
    await eventually_async(lambda: sent == [1, 2])
    late.set()
    seen = beat()
    await eventually_async(lambda: beat() > seen + timedelta(seconds=0.2))
    go.set()
    await becomes(call_id, CallStatus.COMPLETED, attempts=2)
    assert (queued.answer(call_id), sent) == (b"2", [1, 2])


async def test_who_does_not_stay_at_all_delivers_what_is_due_and_ends(
    delivering: Delivering, upstream: Upstream
) -> None:
    call_id = queued.call(queued.serving(upstream.address))
    _, task = delivering.start(linger_s=0.0)
    await task
    assert row(call_id).status == CallStatus.COMPLETED
