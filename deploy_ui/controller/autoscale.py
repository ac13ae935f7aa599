"""How many instances a deployment wants, from the load it has. Pure: the time is an argument, in monotonic seconds.

Two windows, as in Knative: the stable one follows the load in calm times; a burst that wants twice of what is ready
lets the short one rule for a minute. Down goes what the highest short average of the last minute no longer needs, so
a load that returns within a minute finds its instances still there.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from deploy_ui.enums import ScaleCause

STABLE_S = 60.0
PANIC_S = 6.0
PANIC_RATIO = 2
"""A burst: the short window wants so many times of what is ready."""
COOL_DOWN_S = 60.0
STEP_S = 10.0
"""Between two steps down."""
HEADROOM = 0.9
"""An instance is given up only if the others stay this full at most, or a load around a threshold would flap."""
LONGEST_GAP_S = 3.0
"""For so long at most a sample speaks of the time before it."""
ROUNDING = 1e-6


@dataclass(frozen=True)
class Scale:
    """What a deployment has, and within which bounds it may be changed."""

    wanted: int
    ready: int
    proven: bool
    """An instance of the wanted revision is ready: until then it does not sleep."""
    low: int
    high: int
    concurrency: int
    """Requests in flight that one instance is meant for."""
    idle_timeout_s: int
    generation: int


@dataclass(frozen=True)
class Sample:
    """The load at one moment."""

    at: float
    in_flight: int
    waiting: int = 0
    """Requests and calls that no instance has yet."""
    total: int | None = None
    """Requests since the gateway started: it tells of those that came and went between two samples. None: not asked."""


@dataclass(frozen=True)
class Decision:
    """Another number of instances, and why."""

    to: int
    why: ScaleCause
    numbers: dict[str, float] = field(default_factory=dict)
    """What was decided upon, for people to read."""


@dataclass(frozen=True)
class _Point:
    """Load times seconds, and the seconds that were looked at, since the first sample."""

    at: float
    area: float
    weight: float


class Autoscaler:
    """Remembers one deployment's load for a minute. A new one knows nothing, so every clock of it starts anew."""

    def __init__(self) -> None:
        self._points: deque[_Point] = deque()
        self._peaks: deque[tuple[float, float]] = deque()
        self._total = 0
        self._generation = -1
        self._busy_at = 0.0
        self._calm_from = 0.0
        """Before that nothing is given up: of the time before too little is known."""
        self._panic_until = 0.0

    def decide(self, sample: Sample, scale: Scale) -> Decision | None:
        """Take note of the load; return what to change.

        | wanted | load                                         | becomes |
        | 0      | somebody waits                               | 1 |
        | some   | none at all for the idle timeout, least is 0 | 0 |
        | some   | short window wants twice what is ready       | what that window wants, for a minute never less |
        | some   | stable window wants more                     | what it wants |
        | some   | a minute's highest short average needs fewer | that, at most half less, a step every ten seconds |
        """
        self._note(sample, scale)
        if scale.wanted == 0:
            return Decision(1, ScaleCause.WAITING, {"waiting": sample.waiting}) if sample.waiting else None
        return self._asleep(sample, scale) or self._more(sample.at, scale) or self._fewer(sample.at, scale)

    def _note(self, sample: Sample, scale: Scale) -> None:
        total = self._total if sample.total is None else sample.total
        if not self._points:
            self._points.append(_Point(sample.at, 0, 0))
            self._total = total
        if scale.generation != self._generation:
            self._generation, self._calm_from = scale.generation, sample.at + COOL_DOWN_S
            self._busy_at = sample.at
        came = total > self._total or 0 < total < self._total  # fewer: the gateway counts anew
        if came or sample.in_flight or sample.waiting or not scale.proven:
            self._busy_at = sample.at
        self._total = total
        self._measure(sample)

    def _measure(self, sample: Sample) -> None:
        last = self._points[-1]
        seconds = min(sample.at - last.at, LONGEST_GAP_S)
        if seconds <= 0:
            return
        area = last.area + (sample.in_flight + sample.waiting) * seconds
        self._points.append(_Point(sample.at, area, last.weight + seconds))
        while self._points[1].at <= sample.at - STABLE_S:
            self._points.popleft()
        self._peaks.append((sample.at, self._average(PANIC_S)))
        while self._peaks[0][0] <= sample.at - COOL_DOWN_S:
            self._peaks.popleft()

    def _average(self, window_s: float) -> float:
        """Return the average load of the newest seconds; 0 before there are any."""
        newest = self._points[-1]
        since = newest.at - window_s
        first = self._points[0]
        if first.at < since:
            first = next(each for each in reversed(self._points) if each.at <= since)
        seconds = newest.weight - first.weight
        return (newest.area - first.area) / seconds if seconds else 0.0

    def _asleep(self, sample: Sample, scale: Scale) -> Decision | None:
        quiet_s = sample.at - self._busy_at
        if scale.low > 0 or quiet_s < scale.idle_timeout_s:
            return None
        return Decision(0, ScaleCause.IDLE, {"idle_s": math.floor(quiet_s)})

    def _more(self, now: float, scale: Scale) -> Decision | None:
        short, long = self._average(PANIC_S), self._average(STABLE_S)
        urgent = _instances(short, scale.concurrency)
        if urgent >= PANIC_RATIO * max(scale.ready, 1):
            self._panic_until = now + STABLE_S
        burst = now < self._panic_until and short >= long
        load = short if burst else long
        to = min(_instances(load, scale.concurrency), scale.high)
        if to <= scale.wanted:
            return None
        return _decision(to, ScaleCause.BURST if burst else ScaleCause.LOAD, load, scale)

    def _fewer(self, now: float, scale: Scale) -> Decision | None:
        least = max(scale.low, 1)
        if scale.wanted <= least or now < max(self._calm_from, self._panic_until):
            return None
        peak = max((average for _, average in self._peaks), default=0.0)
        needed = max(_instances(peak, scale.concurrency * HEADROOM), least)
        if needed >= scale.wanted:
            return None
        self._calm_from = now + STEP_S
        return _decision(max(needed, scale.wanted - scale.wanted // 2), ScaleCause.QUIET, peak, scale)


def _instances(load: float, each: float) -> int:
    return math.ceil(load / each - ROUNDING)


def _decision(to: int, why: ScaleCause, load: float, scale: Scale) -> Decision:
    numbers = {"in_flight": round(load, 1), "ready": scale.ready, "concurrency": scale.concurrency}
    return Decision(to, why, numbers)
