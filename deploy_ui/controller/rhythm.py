"""How often the controller looks. Pure: the time is an argument."""

REST_S = 1.0
"""Between two looks while nothing is on its way; what is wanted is read at least so often."""
QUICK_S = 0.05
SLOW_S = 0.5
EASE = 10
"""While something is on its way, the pause is a tenth of the time since the last change, within these bounds."""


class Rhythm:
    """Remembers when the controller read and when something changed."""

    def __init__(self) -> None:
        self._read_at: float | None = None
        self._changed_at = 0.0
        self._moving = False

    def reads(self, now: float, *, wanted: bool) -> bool:
        """Say whether to read what is wanted, and count it as read."""
        due = wanted or self._read_at is None or now - self._read_at >= REST_S
        if due:
            self._read_at = now
        return due

    def looked(self, now: float, *, moving: bool, changed: bool) -> None:
        """Take note of what a look found."""
        self._moving = moving
        if changed:
            self._changed_at = now

    def pause(self, now: float) -> float:
        """Return how long to wait before the next look, unless something wakes us."""
        if not self._moving:
            return REST_S
        return min(max((now - self._changed_at) / EASE, QUICK_S), SLOW_S)
