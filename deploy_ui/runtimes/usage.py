"""What running instances use, measured from /proc."""

import threading
import time
from collections.abc import Callable, Mapping

from deploy_ui.runtimes.base import Usage
from deploy_ui.runtimes.keeper import processes

SHORTEST_S = 0.5


class UsageMeter:
    """Remembers the last look at every instance, to tell CPU use since then. Many threads may ask at once.

    Who asks soon after another gets the same answer: CPU use over a few milliseconds says nothing.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}
        self._seen: dict[str, Usage] = {}
        self._seen_at = -SHORTEST_S
        self._turn = threading.Lock()

    def measure(self, keepers: Callable[[], Mapping[str, int]]) -> dict[str, Usage]:
        """Return the use of the families of these keepers, by instance."""
        with self._turn:
            if time.monotonic() - self._seen_at >= SHORTEST_S:
                pids = keepers()
                self._seen = {key: self._measure(key, pid) for key, pid in pids.items()}
                self._last = {key: last for key, last in self._last.items() if key in pids}
                self._seen_at = time.monotonic()
            return dict(self._seen)

    def _measure(self, key: str, keeper: int) -> Usage:
        family = processes.descendants(keeper)
        at, seconds = time.monotonic(), _cpu_seconds(keeper, family)
        before_at, before = self._last.get(key, (at, seconds))
        self._last[key] = (at, seconds)
        cores = max(0.0, seconds - before) / (at - before_at) if at > before_at else 0.0
        return Usage(cpu_cores=round(cores, 3), memory=_memory(family), cpu_seconds=seconds)


def _memory(family: list[int]) -> int:
    shared = processes.proportional_memory(family) if len(family) > 1 else 0
    return shared or processes.memory(family)


def _cpu_seconds(keeper: int, family: list[int]) -> float:
    """Add up the family, those that ended included; the keeper's own work is not the instance's."""
    stats = [stat for pid in family if (stat := processes.stat(pid))]
    own = processes.stat(keeper)
    return sum(stat.seconds + stat.waited_seconds for stat in stats) + (own.waited_seconds if own else 0.0)
