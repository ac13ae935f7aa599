"""How long ago something was, whatever becomes of the machine's clock meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

Age = Callable[[datetime], timedelta]
"""Says how long ago a moment was."""
MOST_KEPT = 10_000
KEPT_S = 60.0


@dataclass
class _Known:
    asked_at: float
    first_at: float
    first_age: float


class Elapsed:
    """An `Age` by the monotonic clock: only the first answer for a moment trusts the time of day.

    So a clock that is set forward ends no start too early, and one that is set back keeps nothing waiting. A moment
    that lies ahead counts as now. One that nobody asks about for a minute is forgotten.
    """

    def __init__(self, now: Callable[[], datetime], timer: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._timer = timer
        self._known: dict[datetime, _Known] = {}

    def __call__(self, moment: datetime) -> timedelta:
        """Return how long ago the moment was."""
        at = self._timer()
        known = self._known.get(moment)
        if known is None:
            self._forget(at)
            age = max((self._now() - moment).total_seconds(), 0.0)
            known = self._known[moment] = _Known(at, at, age)
        known.asked_at = at
        return timedelta(seconds=known.first_age + at - known.first_at)

    def _forget(self, at: float) -> None:
        if len(self._known) >= MOST_KEPT:
            self._known = {moment: each for moment, each in self._known.items() if at - each.asked_at < KEPT_S}
