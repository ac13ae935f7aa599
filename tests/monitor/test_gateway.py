"""Envoy's counters as what they grew by."""

from datetime import datetime, timedelta

from deploy_ui import clock
from deploy_ui.enums import Phase, Wish
from deploy_ui.gateway.statistics import Counts
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor.gateway import GatewayCollector
from deploy_ui.monitor.look import Look
from deploy_ui.services.monitoring.subjects import Subject

NOW = clock.now()


class Gateway:
    """What Envoy says, as a test wants it."""

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}
        self.started = NOW.timestamp() - 1000
        self.collector = GatewayCollector(lambda: dict(self.counts), lambda _: self.started, lambda: {"a": 3})
        self.at: datetime = NOW

    def say(self, **answers: int) -> None:
        self.counts = {"a": Counts(answers={("1", code[1:]): value for code, value in answers.items()}, in_flight=2)}

    def look(self) -> Sample:
        self.at += timedelta(seconds=15)
        subject = Subject(1, "a", Wish.RUN, Phase.RUNNING, 1, 1, 1.0, 512, ())
        look = Look(self.at - timedelta(seconds=15), self.at, 15.0, [subject], {1: Sample()})
        self.collector.collect(look)
        return look.samples[1]


def test_what_was_counted_before_the_first_look_is_not_told_as_new() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    assert gateway.look().counters == {}
    gateway.say(_200=103, _503=2)
    assert gateway.look().counters == {"requests:1:200": 3, "requests:1:503": 2}
    assert gateway.look().counters == {}


def test_after_a_start_of_envoy_everything_is_new() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    gateway.look()
    gateway.started = gateway.at.timestamp() + 3
    gateway.say(_200=101)
    assert gateway.look().counters == {"requests:1:200": 101}


def test_a_gateway_that_started_with_the_monitor_is_told_from_its_beginning() -> None:
    gateway = Gateway()
    gateway.started = NOW.timestamp() + 5
    gateway.say(_200=4)
    assert gateway.look().counters == {"requests:1:200": 4}


def test_a_counter_that_began_again_by_itself_grew_by_what_it_says() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    gateway.look()
    gateway.say(_200=7)
    assert gateway.look().counters == {"requests:1:200": 7}


def test_what_is_under_way_is_looked_at() -> None:
    gateway = Gateway()
    gateway.say(_200=1)
    gauges = gateway.look().gauges
    assert (gauges["in_flight"].mean, gauges["waiting"].mean) == (2, 3)


def test_a_deployment_that_the_gateway_does_not_know_has_nothing_under_way() -> None:
    assert Gateway().look().gauges["in_flight"].mean == 0
