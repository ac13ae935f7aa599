"""Whether the clock can be trusted to drop what is old. Pure."""

SETTLED_S = 3600
"""So long a clock must have gone on evenly."""
TOLERATED_S = 60
"""So far it may be set in that time: that is what keeping time over the network does."""


class Steady:
    """Compares the clock with a timer that nobody can set."""

    def __init__(self) -> None:
        self._since: tuple[float, float] | None = None

    def is_steady(self, wall: float, timer: float) -> bool:
        """Say whether the clock went on evenly for an hour; `timer` is seconds that only grow."""
        if self._since is None or abs((wall - self._since[0]) - (timer - self._since[1])) > TOLERATED_S:
            self._since = (wall, timer)
        return timer - self._since[1] >= SETTLED_S
