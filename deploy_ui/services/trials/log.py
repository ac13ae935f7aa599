"""What the answering instance wrote while it had a request of the history; all of them if it did not tell its name."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy_ui import clock
from deploy_ui.services import logs
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.trials import history
from deploy_ui.services.viewer import Viewer

BEFORE, AFTER = timedelta(milliseconds=20), timedelta(milliseconds=500)
"""A line may be written a little after the answer has gone."""
LONGEST = timedelta(hours=1)
MOST_LINES = 2000
REQUEST_LINE = re.compile(r"[A-Z]+ /.* \d{3} [\d.]+ ms (\S+)$")
"""What our server writes when a request has ended (`serving/log.py`)."""


@dataclass(frozen=True)
class TrialLog:
    """Lines, and what they have to do with the request."""

    lines: list[LogRow]
    named: list[int]
    """Which of the lines name the request: it is they that are certainly its own."""
    others: bool
    """Some of the lines may be of other requests: they were answered meanwhile, or nobody knows by which instance."""
    more: bool
    """There are more lines than are returned."""


def of(viewer: Viewer, slug: str, past_id: int) -> TrialLog:
    """Return the lines from sending to the end and a little further; none of an asynchronous call, which runs later.

    Raises NotFound when that instance is not remembered any more, or never was one of this deployment.
    """
    row, ended_at = history.row(viewer, slug, past_id)
    if row.call_id:
        return TrialLog([], [], others=False, more=False)
    end = (ended_at or _end(row.sent_at, row.duration_ms)) + AFTER
    found = logs.between(viewer, slug, instance=row.instance, begin=row.sent_at - BEFORE, end=end, limit=MOST_LINES + 1)
    lines = found[:MOST_LINES]
    named = [at for at, each in enumerate(lines) if row.request_id and row.request_id in each.text]
    ended = {match[1] for each in lines if (match := REQUEST_LINE.search(each.text))}
    shared = bool(ended - {row.request_id}) or (bool(lines) and not row.instance)
    return TrialLog(lines, named, others=shared, more=len(found) > MOST_LINES)


def _end(sent_at: datetime, duration_ms: int) -> datetime:
    """Return when a request ended that was broken off, or the present if it goes on."""
    broken_off = sent_at + timedelta(milliseconds=duration_ms)
    return broken_off if duration_ms else min(clock.now(), sent_at + LONGEST)
