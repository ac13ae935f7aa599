from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import transaction
from deploy_ui.enums import CallReason, CallStatus, Phase, Wish
from deploy_ui.models import Attempt, Call, Deployment
from deploy_ui.monitor.calls import CallsCollector
from deploy_ui.services.deployments import DeploymentCard
from tests import factories
from tests.monitor.looks import Rounds, at

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def card() -> DeploymentCard:
    return factories.deployment()


@pytest.fixture
def rounds() -> Rounds:
    return Rounds(CallsCollector())


def call(card: DeploymentCard, taken: float, **values: Any) -> int:
    name = factories.call(card, created_at=at(taken), **values)
    with transaction() as session:
        return session.exec(select(Call.number).where(Call.id == name)).one()


def attempt(call: int, number: int, began: float, ended: float, reason: CallReason = CallReason.NONE) -> None:
    row = Attempt(call_number=call, number=number, started_at=at(began), ended_at=at(ended), reason=reason)
    with transaction() as session:
        session.add(row)


def over(card: DeploymentCard, taken: float, ended: float, status: CallStatus = CallStatus.COMPLETED) -> int:
    """Let a call have been taken, begun after a second, and ended."""
    number = call(card, taken, status=status, started_at=at(taken + 1), finished_at=at(ended))
    attempt(number, 1, taken + 1, ended)
    return number


def test_calls_that_wait_and_run_are_told_with_the_age_of_the_oldest(rounds: Rounds, card: DeploymentCard) -> None:
    for taken, status in ((-50, CallStatus.COMPLETED), (-40, CallStatus.RUNNING), (-30, CallStatus.QUEUED)):
        call(card, taken, status=status)
    call(card, -20)
    assert rounds.gauges(card, 0, 15) == {"queued": 2, "running": 1, "oldest": 45}


def test_one_that_has_had_calls_tells_of_its_empty_queue_and_one_without_does_not(
    rounds: Rounds, card: DeploymentCard
) -> None:
    over(card, -50, -40)
    other = factories.deployment()
    assert rounds.gauges(card, 0, 15) == {"queued": 0, "running": 0, "oldest": 0}
    assert rounds.gauges(other, 15, 30) == {}


def test_each_call_is_counted_once_when_it_is_taken_and_once_when_it_ends(rounds: Rounds, card: DeploymentCard) -> None:
    over(card, -20, -1)
    call(card, 1)
    over(card, 2, 5.5)
    assert rounds.counters(card, 0, 15) == {
        "calls_accepted": 2,
        "calls:completed": 1,
        "attempts:": 1,
        "call_wait:1000000": 1,
        "call_run:2500000": 1,
    }
    over(card, 14, 20, CallStatus.ERROR)
    call(card, 15, status=CallStatus.CANCELED, finished_at=at(21))
    assert rounds.counters(card, 15, 30) == {
        "calls_accepted": 2,
        "calls:error": 1,
        "calls:canceled": 1,
        "attempts:": 1,
        "call_wait:1000000": 1,
        "call_run:5000000": 1,
    }
    assert rounds.counters(card, 30, 45) == {}


def test_what_was_committed_late_is_counted_then(rounds: Rounds, card: DeploymentCard) -> None:
    over(card, 1, 14)
    rounds.look(0, 15)
    over(card, 2, 14.9)
    assert rounds.counters(card, 15, 30)["calls:completed"] == 1


def test_a_monitor_that_starts_counts_what_happened_since_and_nothing_before(card: DeploymentCard) -> None:
    over(card, -15, -1)
    over(card, -15, 0)
    over(card, 1, 3000)
    counters = Rounds(CallsCollector()).counters(card, 0, 3600)
    assert (counters["calls_accepted"], counters["calls:completed"], counters["attempts:"]) == (1, 1, 1)


def test_attempts_are_counted_by_reason_and_only_the_first_one_tells_how_long_a_call_waited(
    rounds: Rounds, card: DeploymentCard
) -> None:
    number = call(card, 0, started_at=at(0.5), attempts=2)
    attempt(number, 1, 0.5, 1, CallReason.ANSWERED_5XX)
    attempt(number, 2, 2, 3, CallReason.TIMED_OUT)
    never_sent = call(card, 0, attempts=1)
    attempt(never_sent, 1, 0, 4, CallReason.NOT_READY)
    counters = rounds.counters(card, 0, 15)
    assert {name: value for name, value in counters.items() if name != "calls_accepted"} == {
        "attempts:answered_5xx": 1,
        "attempts:timed_out": 1,
        "attempts:not_ready": 1,
        "call_wait:500000": 1,
    }


def test_a_look_that_failed_loses_nothing(
    rounds: Rounds, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds.look(0, 15)
    over(card, 16, 20)
    with monkeypatch.context() as patch:
        patch.setattr("deploy_ui.services.monitoring.calls.attempted", None)
        with pytest.raises(TypeError):
            rounds.look(15, 30)
    counters = rounds.counters(card, 60, 75)
    assert (counters["calls_accepted"], counters["calls:completed"], counters["attempts:"]) == (1, 1, 1)


def test_a_clock_that_was_set_back_is_followed(rounds: Rounds, card: DeploymentCard) -> None:
    rounds.look(0, 15)
    over(card, -3590, -3580)
    counters = rounds.counters(card, 15, -3570)
    assert (counters["calls_accepted"], counters["calls:completed"]) == (1, 1)


def test_calls_of_a_deployment_that_is_gone_are_passed_over(rounds: Rounds, card: DeploymentCard) -> None:
    over(card, 1, 5)
    with transaction() as session:
        gone = session.get_one(Deployment, card.id)
        gone.wish, gone.phase = Wish.DELETE, Phase.DELETED
    assert rounds.look(0, 15).samples == {}
