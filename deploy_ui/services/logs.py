"""What the instances of a deployment wrote. Every role may read it."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, Role
from deploy_ui.errors import NotFound
from deploy_ui.models import Instance
from deploy_ui.runtimes import choose
from deploy_ui.services import log_rows, lookup
from deploy_ui.services.instances import LAST_LINES, MOST_ROWS
from deploy_ui.services.log_rows import Leveler, LogRow
from deploy_ui.services.log_wanted import Wanted
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

MOST_LINES = 10_000
"""More lines than this are never returned at once; `lines` gives them one by one."""


@dataclass(frozen=True)
class Source:
    """An instance whose log is read."""

    key: str
    live: bool
    """It may still write."""


def tail(viewer: Viewer, slug: str, *, instance: str = "", limit: int = 500) -> list[LogRow]:
    """Return the newest lines of one instance or all, oldest first."""
    keys = _keys(viewer, slug, instance)
    source = choose.log_pages()
    ends = source.ends(keys)
    return list(log_rows.between(ends, source.back(ends, limit=_bounded(limit)), ends))


def after(
    viewer: Viewer, slug: str, cursors: Mapping[str, str], *, instance: str = "", limit: int = 1000
) -> list[LogRow]:
    """Return the lines behind the cursors (by instance), oldest first. Cursors of other instances are passed over."""
    keys = _keys(viewer, slug, instance)
    known = {key: cursors[key] for key in keys if key in cursors}
    return list(Leveler(known).rows(choose.log_source().after(keys, known, limit=_bounded(limit))))


def between(
    viewer: Viewer, slug: str, *, instance: str = "", begin: datetime, end: datetime, limit: int = 1000
) -> list[LogRow]:
    """Return the first lines that were written in this time, oldest first."""
    found = lines(viewer, slug, instance=instance, wanted=Wanted(since=begin, until=end))
    return list(itertools.islice(found, _bounded(limit)))


def lines(viewer: Viewer, slug: str, *, instance: str = "", wanted: Wanted) -> Iterator[LogRow]:
    """Return every kept line that is wanted, oldest first, one by one; the right to read is checked before the first.

    Raises Invalid for a pattern that cannot be read.
    """
    fits = wanted.fits()
    return (row for row in _every(_keys(viewer, slug, instance), wanted.since, wanted.until) if fits(row))


def remove_old(now: datetime) -> list[str]:
    """Remove the logs of ended instances that are older than the settings keep them; return whose they were.

    For the janitor: no person asks here.
    """
    with reading() as session:
        alive = set(session.exec(select(Instance.key).where(col(Instance.status).not_in(ENDED_STATUSES))))
    return choose.log_files().remove_old(before=now - timedelta(days=settings().log_days), keep=alive)


def sources(viewer: Viewer, slug: str, instance: str, now: datetime) -> list[Source]:
    """Return the instances to read, newest first: the one that was asked for, or the newest of the deployment."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = select(Instance.key, Instance.ended_at).where(Instance.deployment_id == deployment.id)
        if instance:
            query = query.where(Instance.key == instance)
        found = list(session.exec(query.order_by(col(Instance.created_at).desc()).limit(MOST_ROWS)))
    if instance and not found:
        raise NotFound("instance_not_found")
    return [Source(key, live=ended_at is None or now - ended_at <= LAST_LINES) for key, ended_at in found]


def _keys(viewer: Viewer, slug: str, instance: str) -> list[str]:
    return [source.key for source in sources(viewer, slug, instance, clock.now())]


def _every(keys: list[str], since: datetime | None, until: datetime | None) -> Iterator[LogRow]:
    """Yield the lines of this time; of what was written before, no more is read than one look finds."""
    starts = {} if since is None else choose.log_pages().ends(keys, since - timedelta(microseconds=1))
    rows = log_rows.between(keys, starts)
    return rows if until is None else itertools.takewhile(lambda row: row.at <= until, rows)


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST_LINES))
