"""Which time a reader asks for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deploy_ui.errors import Invalid
from deploy_ui.metrics.store import SHORTEST_S
from deploy_ui.settings import settings

DEFAULT = timedelta(hours=1)
SHORTEST = timedelta(minutes=1)
AHEAD = timedelta(days=1)
"""So far may a reader's clock be ahead of ours."""


@dataclass(frozen=True)
class Range:
    """A time from `since` to before `until`, in seconds since 1970; both are the beginning of a stretch of 15 s."""

    since: int
    until: int

    @property
    def seconds(self) -> int:
        """Return how long it is."""
        return self.until - self.since

    @property
    def start(self) -> datetime:
        """Return when it begins."""
        return datetime.fromtimestamp(self.since, UTC)

    @property
    def end(self) -> datetime:
        """Return when it ends."""
        return datetime.fromtimestamp(self.until, UTC)

    def earlier(self, by: timedelta) -> "Range":
        """Return the same time, so much earlier."""
        seconds = int(by.total_seconds())
        return Range(self.since - seconds, self.until - seconds)


def asked(since: datetime | None, until: datetime | None, now: datetime) -> Range:
    """Return the range, by default the last hour; what lies before the retention is cut off, and what is yet to come.

    A range of a reader whose clock is ahead is moved back, as long as it was. Raises Invalid("range_invalid") where
    less than a minute is left.
    """
    kept = now - timedelta(days=settings().metrics_days) - SHORTEST
    end = max(until or now, kept)
    start = max(end - DEFAULT if since is None else since, kept)
    ahead = max(end - now, timedelta(0))
    if start + SHORTEST > now and ahead <= AHEAD:
        start -= ahead
    end -= ahead
    if end - start < SHORTEST:
        raise Invalid("range_invalid", field="since", days=settings().metrics_days)
    return Range(finished(start), min(finished(end + timedelta(seconds=SHORTEST_S - 1)), finished(now)))


def finished(now: datetime) -> int:
    """Return when the last stretch ended that is over."""
    return int(now.timestamp()) // SHORTEST_S * SHORTEST_S


def next_in_s(now: datetime) -> float:
    """Return in how many seconds there is more to read."""
    return round(finished(now) + SHORTEST_S - now.timestamp(), 1)
