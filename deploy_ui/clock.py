"""The time of day, always with its zone."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present in UTC. Pure functions take `now` as an argument instead of calling this."""
    return datetime.now(UTC)
