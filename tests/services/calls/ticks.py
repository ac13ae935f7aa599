"""A clock that a test moves, and nobody sets."""

from collections.abc import Iterator


class Ticks:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        """Return what time it is."""
        return self.at

    def go_on(self, seconds: float, step_s: float = 2.0) -> Iterator[float]:
        """Yield at every step until so much time is over."""
        end = self.at + seconds
        while self.at < end:
            self.at = min(self.at + step_s, end)
            yield self.at
