from datetime import UTC, datetime, timedelta

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import EventKind, InstanceStatus, Reason
from deploy_ui.models import Event
from deploy_ui.services import fleet
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.members import Record
from deploy_ui.services.monitoring import life
from deploy_ui.services.monitoring.life import Birth
from tests import factories

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def card() -> DeploymentCard:
    return factories.deployment()


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def born(card: DeploymentCard, key: str, second: float) -> None:
    fleet.add_instance(card.id, key, revision=1, image_id=card.image_id, now=at(second))


def ready(key: str, second: float) -> None:
    fleet.save_instance(Record(key, 1, InstanceStatus.READY, started_at=at(second - 1), ready_at=at(second)))


def test_ends_and_wakings_are_found_in_their_order_and_nothing_else(card: DeploymentCard) -> None:
    known = life.last_event_until(at(1000))
    born(card, "aaaaaa", 0)
    fleet.save_instance(Record("aaaaaa", 1, InstanceStatus.FAILED, Reason.OUT_OF_MEMORY, ended_at=at(1)))
    with transaction() as session:
        session.add(Event(deployment_id=card.id, at=at(2), kind=EventKind.SCALED))
        session.add(Event(deployment_id=card.id, at=at(3), kind=EventKind.WOKEN))
    first, second = life.happenings(known)
    assert (first.kind, first.out_of_memory, first.deployment_id) == (EventKind.INSTANCE_ENDED, True, card.id)
    assert (second.kind, second.out_of_memory, second.at) == (EventKind.WOKEN, False, at(3))
    assert life.happenings(second.id) == []
    assert life.last_event_until(at(3)) == second.id


def test_before_the_first_event_there_is_none() -> None:
    assert (life.last_event_until(at(0)), life.happenings(0)) == (0, [])


def test_instances_are_found_by_their_keys_and_by_when_they_were_born(card: DeploymentCard) -> None:
    for key, second in (("aaaaaa", 0), ("bbbbbb", 1), ("cccccc", 100)):
        born(card, key, second)
    ready("bbbbbb", 5)
    fleet.save_instance(Record("cccccc", 1, InstanceStatus.FAILED, Reason.CRASHED, ended_at=at(101)))
    found = sorted(life.births(["bbbbbb", "nobody"], at(50)), key=lambda each: each.key)
    assert found == [
        Birth("bbbbbb", card.id, at(4), at(5), ended=False),
        Birth("cccccc", card.id, None, None, ended=True),
    ]
    assert life.births([], at(100)) == []


def test_the_first_that_is_ready_after_a_moment_is_found(card: DeploymentCard) -> None:
    other = factories.deployment()
    for owner, key, second in ((card, "aaaaaa", 5), (card, "bbbbbb", 20), (card, "cccccc", 10), (other, "dddddd", 7)):
        born(owner, key, 0)
        ready(key, second)
    assert [life.first_ready(card.id, at(second)) for second in (0, 6, 20, 21)] == [at(5), at(10), at(20), None]
