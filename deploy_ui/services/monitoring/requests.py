"""The request log of a deployment: the last requests as the gateway saw them. Readable until retention ends."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, select

from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.enums.requests import RequestKind
from deploy_ui.errors import Unavailable
from deploy_ui.gateway.outcomes import REASONS
from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests import MOST, Reader
from deploy_ui.models import Key
from deploy_ui.services import lookup, paging
from deploy_ui.services.monitoring.request_rows import RequestRow, Wanted, conditions
from deploy_ui.services.paging import DEFAULT_LIMIT, Page
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

__all__ = ["MOST", "REASONS"]


@dataclass(frozen=True)
class Standing:
    """What the log of a deployment holds."""

    anything: bool
    """Whether there is any request at all."""
    left_out_until: datetime | None
    """Up to then it is a selection: of busy moments not all requests are kept. None: all are there."""
    kept_days: int


def page(
    viewer: Viewer, slug: str, wanted: Wanted | None = None, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[RequestRow]:
    """Return requests, newest first; of deleted deployments, too. Raises NotFound, Invalid, Unavailable."""
    number = paging.checked_limit(limit)
    found = _found(viewer, slug, wanted or Wanted(), number + 1, cursor)
    last = found[:number][-1] if len(found) > number else None
    items = _rows(slug, found[:number])
    return Page(items, paging.encode_cursor([last.at_ms, last.place]) if last else None)


def every(viewer: Viewer, slug: str, wanted: Wanted) -> list[RequestRow]:
    """Return all requests that are wanted, newest first; at most 10 000 are kept of a deployment. Raises as `page`."""
    return _rows(slug, _found(viewer, slug, wanted, MOST, None))


def standing(viewer: Viewer, slug: str) -> Standing:
    """Return what the log holds. Raises NotFound, Unavailable."""
    _check(viewer, slug)
    with _readable() as reader:
        left_out_ms = reader.left_out_ms(slug)
        return Standing(
            anything=reader.anything(slug),
            left_out_until=None if left_out_ms is None else _moment(left_out_ms),
            kept_days=settings().metrics_days,
        )


def _found(viewer: Viewer, slug: str, wanted: Wanted, limit: int, cursor: str | None) -> list[Request]:
    _check(viewer, slug)
    where = list(conditions(wanted))
    if cursor:
        where.append(("(at_ms, place) < (?, ?)", paging.decode_cursor(cursor, (int, int))))
    with _readable() as reader:
        values = [value for _, each in where for value in each]
        return reader.newest(slug, [condition for condition, _ in where], values, limit)


def _check(viewer: Viewer, slug: str) -> None:
    viewer.require(Role.VIEWER)
    with reading() as session:
        lookup.deployment(session, slug)


@contextmanager
def _readable() -> Iterator[Reader]:
    """Give a reader; a file that cannot be read is no failure of ours: the monitor mends it."""
    try:
        yield Reader(settings().metrics_dir)
    except sqlite3.Error as error:
        raise Unavailable("request_log_unreadable") from error


def _rows(slug: str, found: Iterable[Request]) -> list[RequestRow]:
    requests = list(found)
    names = _key_names(slug, {each.key for each in requests if each.key})
    return [_row(each, names.get(each.key, "")) for each in requests]


def _key_names(slug: str, ids: set[str]) -> dict[str, str]:
    """Return the names of the deployment's own keys: a caller may try another's, whose name is not for everybody."""
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        own = select(Key.id, Key.name).where(Key.deployment_id == deployment.id, col(Key.id).in_(ids))
        return dict(session.exec(own).all()) if ids else {}


def _row(request: Request, key_name: str) -> RequestRow:
    return RequestRow(
        id=f"{request.at_ms}-{request.place}",
        at=_moment(request.at_ms),
        method=request.method,
        path=request.path,
        status=request.status,
        duration_s=request.duration_us / 1_000_000,
        bytes_in=request.bytes_in,
        bytes_out=request.bytes_out,
        instance=request.instance,
        revision=request.revision or None,
        key_id=request.key,
        key_name=key_name,
        console=bool(request.console),
        request_id=request.request_id,
        kind=RequestKind(request.kind),
        reason=request.reason,
        details=request.details,
    )


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
