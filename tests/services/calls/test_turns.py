from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from deploy_ui import clock, db
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.models import Deliverer
from deploy_ui.services import deployments
from deploy_ui.services.calls import bodies, deliverers, turns
from deploy_ui.services.calls.attempts import Answer, Claim, Failure, Outcome, Refused
from deploy_ui.services.calls.bodies import Body, Stored
from deploy_ui.services.calls.turns import Asked, NotTaken
from tests import factories
from tests.services.calls import queued
from tests.services.calls.ended_calls import row

pytestmark = pytest.mark.usefixtures("database")


def claim(deliverer: str) -> Sequence[Claim]:
    return turns.turn(Asked(deliverer, room=100), clock.now()).claims


def long_answer(claim: Claim) -> Outcome:
    body = Body(f"{claim.id}.answer-{claim.attempt}")
    body.add(b"x" * (bodies.MOST_IN_ROW + 1))
    return Outcome(claim, clock.now(), Answer(200, [], body.store()))


def file(outcome: Outcome) -> str:
    assert isinstance(outcome.result, Answer)
    return outcome.result.body.file


@pytest.fixture
def me() -> str:
    return deliverers.begin(clock.now())


def commit_and_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next commit be done, and its answer be lost."""
    done = Session.commit

    def commit(session: Session) -> None:
        done(session)
        monkeypatch.setattr(Session, "commit", done)
        raise OperationalError("COMMIT", {}, OSError("the connection broke"))

    monkeypatch.setattr(Session, "commit", commit)


def test_an_answer_stays_when_the_connection_breaks_in_the_commit_and_it_is_written_again(
    me: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"))
    [made] = claim(me)
    answered = long_answer(made)
    commit_and_break(monkeypatch)
    with pytest.raises(NotTaken):
        turns.turn(Asked(me, [answered]), clock.now())
    turns.turn(Asked(me, [answered]), clock.now())
    assert (row(call_id).status, row(call_id).answer_file) == (CallStatus.COMPLETED, file(answered))
    assert bodies.path_of(file(answered)).exists()


def test_an_answer_that_came_too_late_leaves_no_file(me: str) -> None:
    queued.call(queued.serving("127.0.0.1:1"))
    [made] = claim(me)
    turns.turn(Asked(me, [Outcome(made, clock.now(), Failure(CallReason.BROKE_OFF))]), clock.now())
    late = long_answer(made)
    turns.turn(Asked(me, [late]), clock.now())
    assert not bodies.path_of(file(late)).exists()


def test_a_file_that_cannot_be_removed_costs_no_claim(me: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def remove(file: str) -> None:
        raise PermissionError(file)

    card = queued.serving("127.0.0.1:1")
    queued.call(card)
    [made] = claim(me)
    turns.turn(Asked(me, [Outcome(made, clock.now(), Failure(CallReason.BROKE_OFF))]), clock.now())
    other = queued.call(card)
    monkeypatch.setattr(bodies, "remove", remove)
    turn = turns.turn(Asked(me, [long_answer(made)], room=1), clock.now())
    assert [each.id for each in turn.claims] == [other]


def test_an_attempt_that_ended_twice_is_written_once(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"))
    [made] = claim(me)
    answer = Answer(200, [], Stored(2, "", b"ok", ""))
    both = [Outcome(made, clock.now(), each) for each in (answer, Failure(CallReason.WORKER_STOPPED))]
    turns.turn(Asked(me, both), clock.now())
    assert row(call_id).status == CallStatus.COMPLETED
    assert [each.reason for each in queued.attempts(call_id)] == [CallReason.NONE]


def test_calls_whose_claim_was_written_but_never_heard_of_wait_again_and_nothing_is_counted(
    me: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = queued.serving("127.0.0.1:1")
    known, unknown = queued.call(card), queued.call(card)
    [first] = turns.turn(Asked(me, room=1), clock.now()).claims
    commit_and_break(monkeypatch)
    with pytest.raises(NotTaken):
        claim(me)
    assert row(unknown).status == CallStatus.RUNNING
    turns.turn(Asked(me, beat=True, held={first.number: first.slug}), clock.now())
    assert (row(unknown).status, row(unknown).attempts, row(unknown).started_at) == (CallStatus.QUEUED, 0, None)
    assert row(known).status == CallStatus.RUNNING
    assert queued.attempts(unknown) == []


def test_a_call_that_a_full_instance_refused_is_due_again_soon_and_nothing_is_counted(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"), max_attempts=1)
    for _ in range(3):
        [made] = turns.turn(Asked(me, room=1), row(call_id).due_at).claims
        at = clock.now()
        turns.turn(Asked(me, [Outcome(made, at, Refused())]), at)
        found = row(call_id)
        assert (found.status, found.attempts) == (CallStatus.QUEUED, 0)
        assert timedelta(seconds=0.4) < found.due_at - at <= timedelta(seconds=1)
    assert queued.attempts(call_id) == []


def refused(me: str, call_id: str, after_s: float) -> None:
    """Let the next attempt begin when it is due, and be refused so much later."""
    [made] = turns.turn(Asked(me, room=1), row(call_id).due_at).claims
    at = made.begun_at + timedelta(seconds=after_s)
    turns.turn(Asked(me, [Outcome(made, at, Refused("busy"))]), at)


def test_a_call_that_is_refused_for_too_long_uses_up_its_attempts(me: str) -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"), max_attempts=2, health_timeout_s=60)
    for attempt in (1, 2):
        refused(me, call_id, 1)
        refused(me, call_id, 50)
        assert (row(call_id).status, row(call_id).attempts) == (CallStatus.QUEUED, attempt - 1)
        refused(me, call_id, 15)
        assert row(call_id).attempts == attempt
    assert (row(call_id).status, row(call_id).reason) == (CallStatus.ERROR, CallReason.ANSWERED_5XX)
    found = [(each.reason, each.status, each.message) for each in queued.attempts(call_id)]
    assert found == [(CallReason.ANSWERED_5XX, 503, "busy")] * 2


def test_a_refused_call_of_a_deleted_deployment_ends(me: str) -> None:
    by = factories.viewer()
    card = queued.serving("127.0.0.1:1", by=by)
    call_id = queued.call(card)
    [made] = claim(me)
    deployments.delete(by, card.slug)
    turns.turn(Asked(me, [Outcome(made, clock.now(), Refused())]), clock.now())
    assert (row(call_id).status, row(call_id).reason) == (CallStatus.ERROR, CallReason.DEPLOYMENT_DELETED)


def test_who_warms_up_claims_nothing_and_leaves_nobody_behind() -> None:
    call_id = queued.call(queued.serving("127.0.0.1:1"))
    turns.warm_up(clock.now())
    assert (row(call_id).status, row(call_id).attempts) == (CallStatus.QUEUED, 0)
    with db.reading() as session:
        assert session.exec(select(Deliverer)).all() == []


def test_an_error_shows_the_status_of_its_last_attempt(me: str) -> None:
    card = queued.serving("127.0.0.1:1")
    call_id = queued.call(card, max_attempts=1)
    [made] = claim(me)
    turns.turn(Asked(me, [Outcome(made, clock.now(), Failure(CallReason.ANSWERED_5XX, 502))]), clock.now())
    assert (row(call_id).status, row(call_id).answer_status) == (CallStatus.ERROR, 502)
