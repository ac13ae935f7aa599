from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from deploy_ui import clock, db
from deploy_ui.enums import CallPriority, CallReason, CallStatus, Wish
from deploy_ui.services import deployments
from deploy_ui.services.calls import claims, deliverers, turns
from deploy_ui.services.calls.attempts import Claim, Failure, Outcome
from deploy_ui.services.calls.deliverers import Watch
from deploy_ui.services.calls.turns import Asked
from tests import factories
from tests.services.calls import queued
from tests.services.calls.ended_calls import row
from tests.services.calls.ticks import Ticks

pytestmark = pytest.mark.usefixtures("database")


def claim(deliverer: str, room: int = 100) -> Sequence[Claim]:
    return turns.turn(Asked(deliverer, room=room), clock.now()).claims


@pytest.fixture
def me() -> str:
    return deliverers.begin(clock.now())


def test_calls_have_their_turn_in_order_and_the_urgent_before(me: str) -> None:
    card = queued.serving("127.0.0.1:1", concurrency=64)
    low = queued.call(card, priority=CallPriority.LOW.rank)
    first, second = queued.call(card), queued.call(card)
    high = queued.call(card, priority=CallPriority.HIGH.rank)
    assert [each.id for each in claim(me, 2)] == [high, first]
    assert [each.id for each in claim(me)] == [second, low]


def test_calls_come_in_while_somebody_claims(database: str) -> None:
    if database.startswith("sqlite"):
        pytest.skip("it has one writer at a time")
    card = queued.serving("127.0.0.1:1")
    queued.call(card)
    with db.transaction() as claiming:
        assert claims.waiting(claiming)
        with db.transaction() as accepting:
            accepting.execute(text("SET LOCAL lock_timeout = '2s'"))
            accepting.execute(text("SELECT 1 FROM deployment FOR KEY SHARE"))  # as the foreign key of a call does


def test_a_claim_says_all_that_is_needed_to_send(me: str) -> None:
    card = queued.serving("127.0.0.1:7000")
    call_id = queued.call(card, body=b"question", path="/x?y=1", headers=[["a", "b"]], request_timeout_s=7.5)
    [made] = claim(me)
    assert (made.id, made.attempt, made.address, made.body) == (call_id, 1, "127.0.0.1:7000", b"question")
    assert (made.path, made.headers, made.limit_s, made.limited_by) == (
        "/x?y=1",
        [["a", "b"]],
        7.5,
        CallReason.TIMED_OUT,
    )
    written = row(call_id)
    assert (written.status, written.attempts, written.instance) == (CallStatus.RUNNING, 1, made.instance)
    assert written.started_at == written.attempt_at == made.begun_at


def test_a_deadline_shortens_the_attempt(me: str) -> None:
    card = queued.serving("127.0.0.1:1")
    queued.call(card, deadline_at=clock.now() + timedelta(seconds=5))
    [made] = claim(me)
    assert (made.limited_by, 4 < made.limit_s <= 5) == (CallReason.LIVE_TIMEOUT, True)


def test_instances_get_as_many_as_leaves_room_for_others(me: str) -> None:
    card = queued.serving("127.0.0.1:1", "127.0.0.1:2", concurrency=4)
    for _ in range(10):
        queued.call(card)
    made = claim(me)
    assert sorted(each.address for each in made) == ["127.0.0.1:1"] * 3 + ["127.0.0.1:2"] * 3
    assert claim(me) == []


def test_no_deployment_takes_the_room_of_another(me: str) -> None:
    cards = [queued.serving("127.0.0.1:1", concurrency=100) for _ in range(2)]
    for card in cards:
        for _ in range(10):
            queued.call(card)
    assert sorted(each.slug for each in claim(me, 10)) == sorted([cards[0].slug] * 5 + [cards[1].slug] * 5)


def test_what_is_not_due_waits(me: str) -> None:
    queued.call(queued.serving("127.0.0.1:1"), due_at=clock.now() + timedelta(seconds=60))
    assert claim(me) == []


def test_a_clock_that_was_set_back_keeps_no_call_waiting(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"), due_at=clock.now() + timedelta(hours=3))
    assert [each.id for each in claim(me)] == [call_id]


def test_nothing_is_sent_after_its_deadline(me: str) -> None:
    card = queued.serving("127.0.0.1:1")
    late = queued.call(card, deadline_at=clock.now())
    other = queued.call(card, deadline_at=clock.now() + timedelta(seconds=60))
    assert ([each.id for each in claim(me)], row(late).attempts) == ([other], 0)


def test_nothing_is_sent_to_a_stopped_deployment(me: str) -> None:
    by = factories.viewer()
    card = queued.serving("127.0.0.1:1", by=by)
    queued.call(card)
    deployments.stop(by, card.slug)
    assert deployments.card(by, card.slug).wish == Wish.STOP
    turn = turns.turn(Asked(me, room=10), clock.now())
    assert (turn.claims, turn.queued, turn.unready) == ([], True, frozenset({card.id}))


def test_two_who_claim_at_once_never_get_the_same_call() -> None:
    card = queued.serving("127.0.0.1:1", concurrency=1000)
    ids = {queued.call(card) for _ in range(60)}
    both = [deliverers.begin(clock.now()) for _ in range(2)]

    def all_of(deliverer: str) -> list[str]:
        return [each.id for _ in range(40) for each in claim(deliverer, 1)]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(all_of, both)
    assert (len(one) + len(other), set(one) | set(other)) == (60, ids)


def test_an_attempt_of_somebody_who_is_silent_is_over(me: str) -> None:
    card = queued.serving("127.0.0.1:1")
    once, often = queued.call(card, max_attempts=1), queued.call(card)
    silent = deliverers.begin(clock.now())
    made = claim(silent)
    ticks = Ticks()
    watch = Watch(ticks)
    turns.turn(Asked(me, beat=True, watch=watch), clock.now())
    for _ in ticks.go_on(9.9):
        turns.turn(Asked(me, beat=True, watch=watch), clock.now())
    assert row(once).status == CallStatus.RUNNING, "nobody has watched for long enough"
    ticks.at += 0.2
    turns.turn(Asked(me, beat=True, watch=watch), clock.now())
    assert (row(once).status, row(once).reason) == (CallStatus.ERROR, CallReason.WORKER_LOST)
    assert (row(often).status, row(often).reason, row(often).deliverer) == (
        CallStatus.QUEUED,
        CallReason.WORKER_LOST,
        "",
    )
    assert [each.reason for each in queued.attempts(often)] == [CallReason.WORKER_LOST]
    late = [Outcome(each, clock.now(), Failure(CallReason.TIMED_OUT)) for each in made]
    for beat in (True, False):
        assert turns.turn(Asked(silent, late, beat=beat), clock.now()).dead
    assert len(queued.attempts(once)) == len(queued.attempts(often)) == 1


def test_a_second_attempt_is_not_ended_by_the_first_ones_late_answer(me: str) -> None:
    card = queued.serving("127.0.0.1:1")
    call_id = queued.call(card)
    [first] = claim(me)
    lost = Outcome(first, clock.now(), Failure(CallReason.BROKE_OFF))
    turns.turn(Asked(me, [lost]), clock.now())
    [second] = turns.turn(Asked(me, room=1), clock.now() + timedelta(seconds=5)).claims
    turns.turn(Asked(me, [lost]), clock.now())
    assert (row(call_id).status, row(call_id).attempts, second.attempt) == (CallStatus.RUNNING, 2, 2)


def test_a_clock_that_is_set_forward_takes_nobodys_attempts(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"))
    other = deliverers.begin(clock.now())
    claim(other)
    ticks = Ticks()
    watch = Watch(ticks)
    for hours in range(6):
        later = clock.now() + timedelta(hours=hours)
        turns.turn(Asked(other, beat=True, watch=Watch(ticks), held={row(call_id).number: "slug"}), later)
        turns.turn(Asked(me, beat=True, watch=watch), later)
        ticks.at += 4
    assert (row(call_id).status, row(call_id).deliverer) == (CallStatus.RUNNING, other)


def test_while_nobody_could_look_nobody_was_silent(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"))
    other = deliverers.begin(clock.now())
    claim(other)
    ticks = Ticks()
    watch = Watch(ticks)
    turns.turn(Asked(me, beat=True, watch=watch), clock.now())
    ticks.at += 60
    for _ in ticks.go_on(9.9):
        turns.turn(Asked(me, beat=True, watch=watch), clock.now())
    assert (row(call_id).status, row(call_id).deliverer) == (CallStatus.RUNNING, other)


def test_nothing_is_claimed_under_the_id_of_somebody_who_was_taken_for_dead(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"))
    deliverers.end(me)
    turn = turns.turn(Asked(me, room=10), clock.now())
    assert (turn.dead, turn.claims, row(call_id).status) == (True, (), CallStatus.QUEUED)


def test_an_instance_that_rests_gets_nothing(me: str) -> None:
    card = queued.serving("127.0.0.1:1", "127.0.0.1:2", concurrency=4)
    for _ in range(10):
        queued.call(card)
    [first] = claim(me, 1)
    turn = turns.turn(Asked(me, room=10, resting=frozenset({first.instance})), clock.now())
    assert {each.address for each in turn.claims}.isdisjoint({first.address})
    assert (len(turn.claims), turn.unready) == (3, frozenset())


def test_an_instance_has_the_room_of_the_revision_it_was_born_with(me: str) -> None:
    by = factories.viewer()
    card = queued.serving("127.0.0.1:1", by=by, concurrency=4)
    deployments.change(by, card.slug, deployments.Change(concurrency=64))
    for _ in range(10):
        queued.call(card)
    assert len(claim(me)) == 3


def test_no_deployment_fills_a_deliverer_alone(me: str) -> None:
    slow, other = (queued.serving("127.0.0.1:1", concurrency=1000) for _ in range(2))
    for _ in range(20):
        queued.call(slow)
    held: dict[int, str] = {}
    for _ in range(5):
        turn = turns.turn(Asked(me, room=10 - len(held), in_all=10, held=held), clock.now())
        held |= {each.number: each.slug for each in turn.claims}
    assert (len(held), turn.more, turn.full) == (8, False, True)
    queued.call(other)
    turn = turns.turn(Asked(me, room=2, in_all=10, held=held), clock.now())
    assert [each.slug for each in turn.claims] == [other.slug]


def test_who_could_not_take_all_that_was_due_is_told_so(me: str) -> None:
    card = queued.serving("127.0.0.1:1", concurrency=100)
    for _ in range(3):
        queued.call(card)
    found = [turns.turn(Asked(me, room=2), clock.now()) for _ in range(2)]
    assert [(each.more, each.full) for each in found] == [(True, True), (False, False)]
