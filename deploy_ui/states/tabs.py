"""How long a tab's handler may follow something: while the tab is connected, and no later call of it took its place.

Reflex ends what a page began when its socket closes, but not what a script called by hand: that would look at the
database for as long as its session lasts, once more for every call.
"""

from collections.abc import Callable
from typing import Self

GONE_S = 10.0
"""How long a tab may be without a socket: one that is just connecting does not count as connected yet."""

_newest: dict[tuple[str, str], "Following"] = {}


def _all_are(_socket: str) -> bool:
    return True


_connected: Callable[[str], bool] = _all_are


def ask(connected: Callable[[str], bool]) -> None:
    """Say who knows whether a socket is connected. Until somebody does, all are."""
    global _connected  # noqa: PLW0603 -- set once, when the app is made
    _connected = connected


class Following:
    """One call of a handler that follows something. Use it as a context manager."""

    def __init__(self, tab: str, handler: str, socket: str) -> None:
        self._key = (tab, handler)
        self._socket = socket
        self._gone_at: float | None = None

    def __enter__(self) -> Self:
        """Take the place of an earlier call."""
        _newest[self._key] = self
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the place, unless a later call took it."""
        if _newest.get(self._key) is self:
            del _newest[self._key]

    def goes_on(self, now: float) -> bool:
        """Say whether anybody still looks; `now` is a time that only grows."""
        if _newest.get(self._key) is not self:
            return False
        if _connected(self._socket):
            self._gone_at = None
            return True
        self._gone_at = now if self._gone_at is None else self._gone_at
        return now - self._gone_at < GONE_S
