"""What the gateway counted: answers by revision and status, how long they took, bytes, and what is under way."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from deploy_ui.gateway import statistics
from deploy_ui.gateway.activator import client
from deploy_ui.gateway.statistics import Counts
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor import gateway_memory
from deploy_ui.monitor.gateway_memory import NOTE, Memory
from deploy_ui.monitor.look import Look

SAME_START_S = 5.0
"""So far two readings of when Envoy started may lie apart, and it is the same one."""
MICROSECONDS = 1_000_000
Name = TypeVar("Name")


class GatewayCollector:
    """Remembers Envoy's counters, to tell what they grew by.

    A counter seen for the first time grew from 0, and after a start of Envoy all begin at 0 again. What is remembered
    is kept with each look, so that a monitor that is started again goes on from the last one. Where nothing is
    remembered, Envoy's counts are told if it started within the hour: else nobody knows when what they count was.
    """

    def __init__(
        self,
        memory: Memory | None,
        read: Callable[[], dict[str, Counts]] = statistics.read,
        started_at: Callable[[], float] = statistics.started_at,
        held: Callable[[], Mapping[str, int]] = client.held,
    ) -> None:
        self._read, self._started_at, self._held = read, started_at, held
        self._memory = memory
        self._silent_s = 0.0
        """How long it did not answer, up to now."""

    def collect(self, look: Look) -> None:
        """Add what happened since the last look. Raises OSError when Envoy cannot be asked; the samples say so."""
        try:
            started, seen, held = self._started_at(), self._read(), self._held()
        except OSError:
            self._pass_over(look)
            raise
        before = self._counts_before(started, look)
        for slug, sample in look.by_slug.items():
            now = seen.get(slug, Counts())
            if before is not None:
                _grown(sample, before.get(slug, Counts()), now)
                sample.count("gateway_late", self._silent_s)
            sample.look("in_flight", now.in_flight)
            sample.look("waiting", held.get(slug, 0))
        if before is None:
            self._pass_over(look)
        self._silent_s = 0.0
        self._memory = Memory(look.until.timestamp(), started, seen)
        look.notes[NOTE] = gateway_memory.packed(self._memory)

    def _counts_before(self, started: float, look: Look) -> Mapping[str, Counts] | None:
        """Return the counters at the last look; None where nobody knows them."""
        if self._memory is None:
            age = look.until.timestamp() - started
            self._silent_s = max(age - look.seconds, 0.0)
            return {} if age <= gateway_memory.LONGEST_S else None
        return {} if started - self._memory.started > SAME_START_S else self._memory.counts

    def _pass_over(self, look: Look) -> None:
        self._silent_s += look.seconds
        for sample in look.samples.values():
            sample.count("gateway_silent", look.seconds)


def _grown(sample: Sample, before: Counts, now: Counts) -> None:
    for (revision, code), by in _growth(before.answers, now.answers):
        sample.count(f"requests:{revision}:{code}", by)
    for (revision, lower), by in _growth(before.durations, now.durations):
        sample.count(f"duration:{revision}:{lower}", by)
    for revision, by in _growth(before.duration_us, now.duration_us):
        sample.count(f"duration_seconds:{revision}", by / MICROSECONDS)
    for name, by in _growth(before.totals, now.totals):
        sample.count(name, by)


def _growth(before: Mapping[Name, int], now: Mapping[Name, int]) -> Iterator[tuple[Name, int]]:
    """Yield what grew, and by how much; a counter that is smaller than before began again."""
    for name, value in now.items():
        old = before.get(name, 0)
        if by := value - old if value >= old else value:
            yield name, by
