from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import transaction
from deploy_ui.enums import EventKind, InstanceStatus, Phase, Reason
from deploy_ui.models import Deployment, Event, Instance
from deploy_ui.monitor.life import LifeCollector
from deploy_ui.services import deployments, fleet
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.members import Record
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.monitor.looks import Rounds, at

pytestmark = pytest.mark.usefixtures("database")

MB = 1024 * 1024
HAPPENED = ("crashes", "out_of_memory", "starts:", "wakes:")


@pytest.fixture
def by() -> Viewer:
    return factories.viewer()


@pytest.fixture
def card(by: Viewer) -> DeploymentCard:
    return factories.deployment(by)


@pytest.fixture
def rounds() -> Rounds:
    return Rounds(LifeCollector())


def happened(rounds: Rounds, card: DeploymentCard, since: float, until: float) -> dict[str, float]:
    found = rounds.counters(card, since, until)
    return {name: value for name, value in found.items() if name.startswith(HAPPENED)}


def is_seen(card: DeploymentCard, ready: int) -> None:
    factories.seen(card, Phase.RUNNING, ready=ready)


def wants(card: DeploymentCard, instances: int) -> None:
    with transaction() as session:
        session.get_one(Deployment, card.id).instances = instances


def born(card: DeploymentCard, key: str, second: float) -> None:
    fleet.add_instance(card.id, key, revision=1, image_id=card.image_id, now=at(second))


def becomes(key: str, status: InstanceStatus, **values: Any) -> None:
    """Let the controller see the instance so; moments are in seconds."""
    moments: dict[str, Any] = {name: at(values.pop(name)) for name in list(values) if name.endswith("_at")}
    fleet.save_instance(Record(key, 1, status, **moments, **values))


def crashes(card: DeploymentCard, key: str, second: float, reason: Reason = Reason.CRASHED) -> None:
    """Let an instance end, and the timeline tell it at that moment."""
    born(card, key, second - 1)
    becomes(key, InstanceStatus.FAILED, reason=reason, ended_at=second)
    with transaction() as session:
        for event in session.exec(select(Event).where(Event.kind == EventKind.INSTANCE_ENDED)):
            if event.facts["instance"] == key:
                event.at = at(second)


def is_woken(card: DeploymentCard, second: float) -> None:
    wants(card, 1)
    with transaction() as session:
        session.add(Event(deployment_id=card.id, at=at(second), kind=EventKind.WOKEN, facts={}))


def test_what_is_wanted_and_what_is_ready_are_told(rounds: Rounds, card: DeploymentCard) -> None:
    wants(card, 3)
    is_seen(card, 2)
    look = rounds.look(0, 15)
    sample = look.samples[card.id]
    assert {name: each.mean for name, each in sample.gauges.items()} == {
        "wanted": 3,
        "ready": 2,
        "asleep": 0,
        "cpu_limit": 1,
        "memory_limit": 1024 * MB,
    }
    assert sample.counters == {"wanted_seconds": 15, "up_seconds": 15, "instance_seconds": 30}


def test_one_without_a_ready_instance_is_down(rounds: Rounds, card: DeploymentCard) -> None:
    assert rounds.counters(card, 0, 15) == {"wanted_seconds": 15}


def test_one_that_sleeps_is_neither_wanted_nor_down(rounds: Rounds, card: DeploymentCard) -> None:
    wants(card, 0)
    look = rounds.look(0, 15)
    assert look.samples[card.id].counters == {}
    assert [look.samples[card.id].gauges[name].mean for name in ("wanted", "asleep")] == [0, 1]


def test_one_that_is_stopped_is_neither_wanted_nor_asleep(rounds: Rounds, by: Viewer, card: DeploymentCard) -> None:
    deployments.stop(by, card.slug)
    look = rounds.look(0, 15)
    assert look.samples[card.id].counters == {}
    assert [look.samples[card.id].gauges[name].mean for name in ("wanted", "asleep")] == [0, 0]


def test_ends_of_their_own_are_counted_once(rounds: Rounds, card: DeploymentCard) -> None:
    crashes(card, "before", -1)
    crashes(card, "first", 1)
    crashes(card, "second", 2, Reason.OUT_OF_MEMORY)
    crashes(card, "third", 3, Reason.SCALED_DOWN)
    assert happened(rounds, card, 0, 15) == {"crashes": 2, "out_of_memory": 1}
    assert happened(rounds, card, 15, 30) == {}
    crashes(card, "fourth", 14)
    assert happened(rounds, card, 30, 45) == {"crashes": 1}


def test_a_monitor_that_starts_counts_ends_since_then_and_none_before(card: DeploymentCard) -> None:
    for number in range(3):
        crashes(card, f"old{number}", -number)
    crashes(card, "new", 1)
    assert happened(Rounds(LifeCollector()), card, 0, 3600) == {"crashes": 1}


def test_nothing_at_all_is_no_trouble(rounds: Rounds) -> None:
    assert [rounds.look(0, 15).samples, rounds.look(15, 30).samples] == [{}, {}]


def test_a_start_is_counted_when_the_instance_is_ready(rounds: Rounds, card: DeploymentCard) -> None:
    born(card, "aaaaaa", 1)
    becomes("aaaaaa", InstanceStatus.STARTING, started_at=2)
    assert happened(rounds, card, 0, 15) == {}
    becomes("aaaaaa", InstanceStatus.READY, started_at=2, ready_at=100)
    assert happened(rounds, card, 90, 105) == {"starts:98000000": 1}
    assert happened(rounds, card, 105, 120) == {}


def test_one_that_was_ready_for_a_moment_is_counted(rounds: Rounds, card: DeploymentCard) -> None:
    rounds.look(0, 15)
    born(card, "aaaaaa", 16)
    ended = {"started_at": 17, "ready_at": 18, "ended_at": 19}
    becomes("aaaaaa", InstanceStatus.STOPPED, reason=Reason.SCALED_DOWN, **ended)
    assert happened(rounds, card, 15, 30) == {"starts:1000000": 1}
    assert happened(rounds, card, 30, 45) == {}


def test_one_that_ended_without_being_ready_is_forgotten(rounds: Rounds, card: DeploymentCard) -> None:
    born(card, "aaaaaa", 1)
    rounds.look(0, 15)
    becomes("aaaaaa", InstanceStatus.FAILED, reason=Reason.SHUT_DOWN, started_at=2, ended_at=20)
    assert [happened(rounds, card, since, since + 15) for since in (15, 30, 45)] == [{}, {}, {}]


def test_instances_that_were_ready_before_are_not_counted_again_by_a_new_monitor(card: DeploymentCard) -> None:
    for key, ready in (("older", -100), ("old", -1), ("new", 1)):
        born(card, key, ready - 5)
        becomes(key, InstanceStatus.READY, started_at=ready - 4, ready_at=ready)
    rounds = Rounds(LifeCollector())
    assert happened(rounds, card, 0, 15) == {"starts:4000000": 1}
    assert happened(rounds, card, 15, 30) == {}


def test_a_waking_takes_until_the_first_instance_is_ready(rounds: Rounds, card: DeploymentCard) -> None:
    born(card, "old", -100)
    becomes("old", InstanceStatus.STOPPED, reason=Reason.IDLE, started_at=-99, ready_at=-98, ended_at=-50)
    is_woken(card, 10)
    born(card, "aaaaaa", 10)
    assert happened(rounds, card, 0, 15) == {}
    becomes("aaaaaa", InstanceStatus.READY, started_at=11, ready_at=22)
    assert happened(rounds, card, 15, 30) == {"starts:11000000": 1, "wakes:12000000": 1}
    assert happened(rounds, card, 30, 45) == {}


def test_a_waking_outlives_the_monitor_and_is_counted_once(card: DeploymentCard) -> None:
    is_woken(card, -50)
    born(card, "aaaaaa", -49)
    becomes("aaaaaa", InstanceStatus.READY, started_at=-48, ready_at=-5)
    assert happened(Rounds(LifeCollector()), card, 0, 15) == {}
    assert happened(Rounds(LifeCollector()), card, -10, 15)["wakes:45000000"] == 1


def test_a_waking_that_led_to_nothing_is_given_up(rounds: Rounds, card: DeploymentCard) -> None:
    is_woken(card, 1)
    rounds.look(0, 15)
    wants(card, 0)
    rounds.look(15, 30)
    born(card, "aaaaaa", 40)
    becomes("aaaaaa", InstanceStatus.READY, started_at=41, ready_at=42)
    assert happened(rounds, card, 30, 45) == {"starts:1000000": 1}


def test_instances_that_are_gone_are_not_remembered(rounds: Rounds, card: DeploymentCard) -> None:
    born(card, "aaaaaa", 1)
    becomes("aaaaaa", InstanceStatus.READY, started_at=2, ready_at=3)
    rounds.look(0, 15)
    with transaction() as session:
        session.delete(session.get_one(Instance, "aaaaaa"))
    assert happened(rounds, card, 15, 30) == {}
