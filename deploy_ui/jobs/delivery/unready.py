"""Knows for how long deployments have had no ready instance."""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

JUMP_S = 1.0


class Unready:
    """Goes by a clock that nobody sets, and begins anew when somebody sets the time of day.

    Since when a call has waited is a time of day: after that it says nothing.
    """

    def __init__(self, elapsed_s: Callable[[], float] = time.monotonic) -> None:
        """Begin: every deployment has instances. `elapsed_s` is a clock that nobody sets."""
        self._elapsed_s = elapsed_s
        self._since: Mapping[int, float] = {}
        self._ahead_s: float | None = None
        """Of `elapsed_s` is the time of day, when it was asked last."""

    def see(self, deployments: Collection[int]) -> None:
        """Take note of all that have none now, by their ids."""
        now_s = self._elapsed_s()
        self._since = {each: self._since.get(each, now_s) for each in deployments}

    def waited_s(self, now: datetime) -> dict[int, float]:
        """Return how long each has had none."""
        now_s = self._elapsed_s()
        ahead_s = now.timestamp() - now_s
        if self._ahead_s is not None and abs(ahead_s - self._ahead_s) > JUMP_S:
            self._since = dict.fromkeys(self._since, now_s)
        self._ahead_s = ahead_s
        return {each: now_s - since_s for each, since_s in self._since.items()}
