"""What the gateway counted: answers by revision and status, how long they took, bytes, and what is under way."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from deploy_ui import clock
from deploy_ui.gateway import statistics
from deploy_ui.gateway.activator import client
from deploy_ui.gateway.statistics import Counts
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor import gateway_memory
from deploy_ui.monitor.gateway_memory import Memory
from deploy_ui.monitor.look import Look

SAME_START_S = 5.0
"""So far two readings of when Envoy started may lie apart, and it is the same one."""
MICROSECONDS = 1_000_000
Name = TypeVar("Name")


class GatewayCollector:
    """Remembers Envoy's counters, to tell what they grew by.

    A counter seen for the first time grew from 0, but for those of the first reading: whatever they count may be long
    ago. After a start of Envoy all begin at 0 again.
    """

    def __init__(
        self,
        folder: Path,
        read: Callable[[], dict[str, Counts]] = statistics.read,
        started_at: Callable[[float], float] = statistics.started_at,
        held: Callable[[], Mapping[str, int]] = client.held,
    ) -> None:
        """Go on from what is remembered in the folder."""
        self._folder = folder
        self._read, self._started_at, self._held = read, started_at, held
        memory = gateway_memory.recall(folder, clock.now().timestamp())
        self._before: Mapping[str, Counts] | None = memory.counts if memory else None
        self._started = memory.started if memory else 0.0

    def collect(self, look: Look) -> None:
        """Add what happened since the last look. Raises OSError when Envoy cannot be asked."""
        started = self._started_at(look.until.timestamp())
        seen, held = self._read(), self._held()
        if abs(started - self._started) > SAME_START_S:
            fresh = look.until.timestamp() - started <= look.seconds + SAME_START_S
            self._before = {} if self._before is not None or fresh else None
        for slug, sample in look.by_slug.items():
            now = seen.get(slug, Counts())
            if self._before is not None:
                _grown(sample, self._before.get(slug, Counts()), now)
            sample.look("in_flight", now.in_flight)
            sample.look("waiting", held.get(slug, 0))
        self._before, self._started = seen, started
        gateway_memory.remember(self._folder, Memory(look.until.timestamp(), started, seen))


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
