"""What was measured of every deployment in the last minutes, kept in memory: 200 of them are judged every 15 s."""

import logging
import sqlite3
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy_ui.metrics import bins, facts
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Reader

P99 = 0.99
LONGEST_TOLD_S = 5.0
"""So much faster than time may the age of the oldest call seem to grow."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stretch:
    """What alerts need of one look."""

    seconds: float
    measured: bool
    """Whether the gateway answered: without it no request is seen."""
    answers: float
    errors: float
    crashes: float
    durations: Mapping[int, float]
    """Requests to instances by the bin of their duration."""


def stretch(sample: Sample) -> Stretch:
    """Return what alerts need of a sample."""
    return Stretch(
        seconds=sample.counters.get("seconds", SHORTEST_S),
        measured="gateway_silent" not in sample.counters and bool(sample.counters),
        answers=facts.answers(sample),
        errors=facts.errors(sample),
        crashes=sample.counters.get("crashes", 0),
        durations=facts.durations(sample),
    )


class Window:
    """The newest stretches of one deployment, as far back as they are needed."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        self._stretches: deque[Stretch] = deque()
        self._seconds = 0.0

    def add(self, newest: Stretch) -> None:
        """Add a stretch and forget what is too old."""
        self._stretches.append(newest)
        self._seconds += newest.seconds
        while self._stretches and self._seconds - self._stretches[0].seconds >= self.minutes * 60:
            self._seconds -= self._stretches.popleft().seconds

    def last(self, minutes: int) -> list[Stretch]:
        """Return the stretches of the last minutes: as long as really was looked, whatever the clock says."""
        found: list[Stretch] = []
        seconds = 0.0
        for each in reversed(self._stretches):
            if seconds >= minutes * 60:
                break
            found.append(each)
            seconds += each.seconds
        return found


def idle(stretches: list[Stretch], minutes: int) -> bool:
    """Say whether for all these minutes it is known that nobody was answered."""
    measured = sum(each.seconds for each in stretches if each.measured)
    return measured >= minutes * 60 and not any(each.answers for each in stretches)


def p99(stretches: list[Stretch]) -> float | None:
    """Return the duration that 99 of 100 requests do not exceed, in seconds."""
    counts: dict[int, float] = {}
    for each in stretches:
        for lower, value in each.durations.items():
            counts[lower] = counts.get(lower, 0) + value
    return bins.quantile(P99, counts)


class Windows:
    """The windows of all deployments. One that was not looked at before begins with what is in the store."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._windows: dict[int, Window] = {}

    def add(self, deployment: int, sample: Sample, *, minutes: int, now: datetime) -> Window:
        """Add what was measured last, which is not in the store yet; return the last `minutes`, or more."""
        window = self._windows.get(deployment)
        if window is None or window.minutes < minutes:
            window = self._windows[deployment] = self._read(deployment, minutes, int(now.timestamp()))
        window.add(stretch(sample))
        return window

    def begin_anew(self, deployment: int, minutes: int) -> Window:
        """Forget what was measured before a deployment came to rest: it is no trouble of the next time it serves."""
        window = self._windows[deployment] = Window(minutes)
        return window

    def keep_only(self, deployments: Mapping[int, object]) -> None:
        """Forget deployments that are gone."""
        self._windows = {each: window for each, window in self._windows.items() if each in deployments}

    def _read(self, deployment: int, minutes: int, now: int) -> Window:
        window = Window(minutes)
        try:
            known = self._reader.series(deployment, now - minutes * 60, now - SHORTEST_S, SHORTEST_S)
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("alerts begin without what was measured before: %s", error)
            return window
        for sample in known.values():
            wanted = sample.gauges.get("wanted")
            if wanted and not wanted.most:
                window = Window(minutes)
            window.add(stretch(sample))
        return window


def memory_share(sample: Sample) -> float | None:
    """Return the share of its limit that the fullest instance had; None when nobody measured it.

    Where there is no ready instance, and none was measured, none is full.
    """
    limit, ready = sample.gauges.get("memory_limit"), sample.gauges.get("ready")
    used = [gauge.most for name, gauge in sample.gauges.items() if name.startswith("memory:")]
    if not used and ready and not ready.most:
        return 0.0
    return max(used) / limit.most if used and limit and limit.most else None


def queue_age(sample: Sample) -> float | None:
    """Return for how many seconds the oldest call has waited; None when calls were not looked at."""
    oldest, queued = sample.gauges.get("oldest"), sample.gauges.get("queued")
    if oldest is not None:
        return oldest.most
    return 0.0 if queued is not None and not queued.most else None


class Ages:
    """Ages by deployment that no jump of the clock makes older than they can be."""

    def __init__(self) -> None:
        self._before: dict[int, float] = {}

    def checked(self, deployment: int, age: float | None, seconds: float) -> float | None:
        """Return an age that grew no faster than time, after a look that came `seconds` after the one before."""
        before = self._before.get(deployment)
        if age is not None and before is not None:
            age = min(age, before + seconds + LONGEST_TOLD_S)
        if age is not None:
            self._before[deployment] = age
        return age
