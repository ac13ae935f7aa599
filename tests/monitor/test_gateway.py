"""Envoy's counters as what they grew by."""

import zlib
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from deploy_ui import clock
from deploy_ui.enums import Phase, Wish
from deploy_ui.gateway.statistics import Counts
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor import gateway_memory
from deploy_ui.monitor.gateway import GatewayCollector
from deploy_ui.monitor.gateway_memory import Memory
from deploy_ui.monitor.look import Look
from deploy_ui.services.monitoring.subjects import Subject

NOW = clock.now()


class Gateway:
    """What Envoy says, as a test wants it."""

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}
        self.started = NOW.timestamp() - 10_000
        self.at: datetime = NOW
        self.answers = True
        self.kept: bytes | None = None
        self.start_the_monitor()

    def start_the_monitor(self) -> None:
        memory = gateway_memory.recall(self.kept, self.at.timestamp())
        self.collector = GatewayCollector(memory, self._read, lambda: self.started, lambda: {"a": 3})

    def say(self, **answers: int) -> None:
        self.counts = {"a": Counts(answers={("1", code[1:]): value for code, value in answers.items()}, in_flight=2)}

    def look(self, seconds: float = 15.0) -> Sample:
        self.at += timedelta(seconds=seconds)
        subject = Subject(1, "a", "A", Wish.RUN, Phase.RUNNING, 1, 1, 1.0, 512, ())
        look = Look(self.at - timedelta(seconds=seconds), self.at, seconds, [subject], {1: Sample()})
        with suppress(OSError):
            self.collector.collect(look)
        self.kept = look.notes.get(gateway_memory.NOTE, self.kept)
        return look.samples[1]

    def _read(self) -> dict[str, Counts]:
        if not self.answers:
            raise OSError("nobody is there")
        return dict(self.counts)


def test_what_was_counted_before_the_first_look_is_not_told_as_new() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    assert gateway.look().counters == {"gateway_silent": 15}
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


def test_a_gateway_that_started_before_a_new_monitor_is_told_from_its_beginning() -> None:
    gateway = Gateway()
    gateway.started = NOW.timestamp() - 30
    gateway.say(_200=90)
    assert gateway.look().counters == {"gateway_late": 30, "requests:1:200": 90}


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


def test_what_was_counted_while_the_monitor_was_away_is_told() -> None:
    gateway = Gateway()
    gateway.counts = {"a": Counts({("1", "200"): 5}, {("1", 30_000): 5}, {"1": 151_000}, {"bytes_in": 7}, 1)}
    gateway.look()
    gateway.counts = {"a": Counts({("1", "200"): 8}, {("1", 30_000): 8}, {"1": 251_000}, {"bytes_in": 9}, 1)}
    gateway.start_the_monitor()
    told = {"requests:1:200": 3, "duration:1:30000": 3, "duration_seconds:1": 0.1, "bytes_in": 2}
    assert gateway.look().counters == told


def test_a_gateway_that_was_started_again_meanwhile_is_told_from_its_beginning() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    gateway.look()
    gateway.started += 500
    gateway.say(_200=3)
    gateway.start_the_monitor()
    assert gateway.look().counters == {"requests:1:200": 3}


@pytest.mark.parametrize(
    "kept", [b"", b"no deflate", *map(zlib.compress, (b"{", b"[]", b"[1,2]", b'[1,2,{"a":[1]}]', b'["a",0,{}]'))]
)
def test_a_memory_that_makes_no_sense_is_passed_over(kept: bytes) -> None:
    assert gateway_memory.recall(kept, 1.0) is None


def test_a_memory_of_long_ago_is_passed_over() -> None:
    kept = gateway_memory.packed(Memory(1000.0, 10.0, {"a": Counts()}))
    assert gateway_memory.recall(kept, 4600.0) is not None
    assert gateway_memory.recall(kept, 4601.0) is None


def test_where_the_gateway_did_not_answer_the_samples_say_so_and_the_next_ones_for_how_long() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    gateway.look()
    gateway.look()
    gateway.answers = False
    assert gateway.look().counters == {"gateway_silent": 15}
    gateway.look(30)
    gateway.answers = True
    gateway.say(_200=160)
    assert gateway.look().counters == {"gateway_late": 45, "requests:1:200": 60}
    assert gateway.look().counters == {}


def test_an_earlier_start_is_no_start() -> None:
    gateway = Gateway()
    gateway.say(_200=100)
    gateway.look()
    gateway.look()
    gateway.started -= 100
    assert gateway.look().counters == {}
