"""Word lists of the request log."""

from enum import StrEnum


class RequestKind(StrEnum):
    """Who answered."""

    ANSWERED = "answered"
    """An instance, whatever its status says."""
    ACCEPTED = "accepted"
    """It was an asynchronous call, or a question about one."""
    REFUSED = "refused"
    """The gateway itself: no instance saw it."""
    BROKEN = "broken"
    """Nobody to the end: the instance or the caller broke off, or time was over."""
