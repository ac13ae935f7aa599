"""Watches what an instance's processes hold in memory."""

import time

from . import processes

NEAR_S = 0.1
FAR_S = 0.25
"""How often we look: sooner when more than half of the limit is in use."""
FAMILY_S = 0.5
"""How often we look for new processes of the instance."""
MB = 1024 * 1024


class MemoryWatch:
    """Measures the family of one process against a limit, by looking at /proc from time to time.

    A process that takes memory faster than we look gets over its limit for up to a quarter of a second.
    """

    def __init__(self, root: int, limit_mb: int) -> None:
        self.limit_mb = limit_mb
        self.used_mb = 0
        self.peak_mb = 0
        self._root = root
        self._family: list[int] = []
        self._family_at = 0.0
        self._next = 0.0

    def wait_s(self) -> float:
        """Return how long until the next look is due."""
        return max(0.0, self._next - time.monotonic())

    def exceeded(self) -> bool:
        """Look if it is time to, and say whether the instance holds more than it may."""
        now = time.monotonic()
        if now < self._next:
            return False
        if now - self._family_at >= FAMILY_S:
            self._family, self._family_at = processes.descendants(self._root), now
        limit = self.limit_mb * MB
        used = processes.memory(self._family)
        if used > limit and len(self._family) > 1:
            used = processes.proportional_memory(self._family) or used
        self.used_mb = used // MB
        self.peak_mb = max(self.peak_mb, self.used_mb)
        self._next = now + (NEAR_S if used > limit / 2 else FAR_S)
        return used > limit
