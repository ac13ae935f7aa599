from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import transaction
from deploy_ui.enums import CallReason, CallStatus, Phase
from deploy_ui.models import Attempt, Call, Deployment
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.monitoring import calls
from deploy_ui.services.monitoring.calls import Attempted, Ended, Queue
from tests import factories

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def call(card: DeploymentCard, taken: float, **values: Any) -> int:
    name = factories.call(card, created_at=at(taken), **values)
    with transaction() as session:
        return session.exec(select(Call.number).where(Call.id == name)).one()


def test_queues_are_told_of_every_deployment_that_has_had_a_call() -> None:
    iris, cats, dogs, gone = (factories.deployment() for _ in range(4))
    for card, taken, status in (
        *((iris, 5, CallStatus.QUEUED), (iris, 3, CallStatus.QUEUED), (iris, 1, CallStatus.RUNNING)),
        *((cats, 1, CallStatus.COMPLETED), (gone, 1, CallStatus.QUEUED)),
    ):
        call(card, taken, status=status)
    with transaction() as session:
        session.get_one(Deployment, gone.id).phase = Phase.DELETED
    assert dogs.id not in calls.queues()
    assert calls.queues() == {iris.id: Queue(2, 1, at(3)), cats.id: Queue(0, 0, None)}


def test_calls_are_found_by_number_and_by_when_they_were_taken() -> None:
    card = factories.deployment()
    assert (calls.last_call_until(at(0)), calls.accepted(0)) == (0, {})
    first, second = call(card, 0), call(card, 1)
    assert [calls.last_call_until(at(second_)) for second_ in (-1, 0, 0.5, 1)] == [0, first, first, second]
    assert calls.accepted(first) == {second: card.id}


def test_calls_that_ended_within_a_stretch_are_found() -> None:
    card = factories.deployment()
    for ended in (0, 1, 2, 3):
        call(card, -1, status=CallStatus.ERROR, started_at=at(-0.5), finished_at=at(ended))
    found = sorted(calls.ended(at(0), at(2)), key=lambda each: each.number)
    assert [each.finished_at for each in found] == [at(1), at(2)]
    assert found[0] == Ended(found[0].number, card.id, CallStatus.ERROR, at(-0.5), at(1))


def test_attempts_that_ended_within_a_stretch_are_found_with_how_long_their_call_waited() -> None:
    card = factories.deployment()
    number = call(card, 0, started_at=at(2), attempts=3)
    reasons = (CallReason.TIMED_OUT, CallReason.WORKER_LOST, CallReason.NONE)
    with transaction() as session:
        session.add_all(
            Attempt(call_number=number, number=place, started_at=at(2), ended_at=at(place * 10), reason=reason)
            for place, reason in enumerate(reasons, 1)
        )
    assert sorted(calls.attempted(at(0), at(20)), key=lambda each: each.number) == [
        Attempted(number, 1, card.id, CallReason.TIMED_OUT, at(10), 2.0),
        Attempted(number, 2, card.id, CallReason.WORKER_LOST, at(20), None),
    ]
