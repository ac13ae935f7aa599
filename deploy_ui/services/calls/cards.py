"""What the console and the API show of a deployment's calls: pages, counts and the card.

Every question is one walk along an index of `Call`, so it takes as long with a hundred thousand calls as with ten.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, tuple_
from sqlmodel import Session, col, select

from deploy_ui.db import reading
from deploy_ui.enums import CallPriority, CallReason, CallStatus, Role
from deploy_ui.errors import Invalid
from deploy_ui.models import Attempt, Call, Key
from deploy_ui.models.columns import Moment
from deploy_ui.services import lookup, paging
from deploy_ui.services.calls import callback_addresses, searches
from deploy_ui.services.calls import lookup as calls
from deploy_ui.services.calls.answers import content_type
from deploy_ui.services.calls.rows import AttemptRow, CallCard, CallRow
from deploy_ui.services.paging import DEFAULT_LIMIT, Page
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

ROW = ("id", "status", "reason", "created_at", "started_at", "finished_at", "attempts", "answer_status", "answer_size")
"""Fields that a line of the list shows as the row holds them."""
COLUMNS: Any = (Call.number, Key.name, *(getattr(Call, name) for name in ROW))
NEWEST_FIRST = (col(Call.created_at).desc(), col(Call.number).desc())


def rows(
    viewer: Viewer,
    slug: str,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    search: str = "",
    status: CallStatus | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[CallRow]:
    """Return one page, newest first. `search` is how an id begins; `since` and `until` speak of the creation."""
    viewer.require(Role.VIEWER)
    wanted = [*_created(since, until), *_behind(cursor)]
    if status is not None:
        wanted.append(col(Call.status) == status)
    with reading() as session:
        of_deployment = searches.matching(lookup.deployment(session, slug).id, search)
        query = select(*COLUMNS).outerjoin(Key, col(Key.id) == Call.key_id)
        query = query.where(*of_deployment, *wanted).order_by(*NEWEST_FIRST).limit(paging.checked_limit(limit) + 1)
        found = session.exec(query).all()
    page = [_row(key_name, *values) for _, key_name, *values in found[:limit]]
    return Page(page, _cursor(found[limit - 1]) if len(found) > limit else None)


def behind(viewer: Viewer, slug: str, call_id: str) -> str:
    """Return the cursor of the page that follows this call. Raises NotFound, or Gone for a call that was forgotten."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        call = calls.call(session, slug, call_id)
        return paging.encode_cursor([call.created_at.isoformat(), call.number])


def counts(
    viewer: Viewer, slug: str, *, since: datetime | None = None, until: datetime | None = None
) -> dict[str, int]:
    """Return how many calls each status has, zeros too; `since` and `until` as in `rows`."""
    viewer.require(Role.VIEWER)
    created = _created(since, until)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        numbers: Any = [
            select(func.count())
            .select_from(Call)
            .where(Call.deployment_id == deployment.id, Call.status == status, *created)
            .scalar_subquery()
            for status in CallStatus
        ]
        found = session.exec(select(*numbers)).one()
    return {status.value: number for status, number in zip(CallStatus, found, strict=True)}


def card(viewer: Viewer, slug: str, call_id: str) -> CallCard:
    """Return everything but the bodies; to viewers without what callers may keep secret.

    Raises NotFound, or Gone for a call that was forgotten.
    """
    viewer.require(Role.VIEWER)
    with reading() as session:
        found = made(session, calls.call(session, slug, call_id))
    return found if viewer.may(Role.EDITOR) else _for_viewers(found)


def _for_viewers(found: CallCard) -> CallCard:
    """Leave out headers, queries, and the model's own words."""
    return replace(
        found,
        path=found.path.partition("?")[0],
        headers=[],
        answer_headers=[],
        attempt_rows=[replace(each, message="") for each in found.attempt_rows],
        callback_url=callback_addresses.place(found.callback_url),
    )


def made(session: Session, call: Call) -> CallCard:
    """Return the card of a call, for whoever may see all of it."""
    key = session.get(Key, call.key_id) if call.key_id else None
    row = _row(key.name if key else None, *(getattr(call, name) for name in ROW))
    return CallCard(
        **vars(row),
        **{name: getattr(call, name) for name in SAME},
        headers=[(name, value) for name, value in call.headers],
        priority=list(CallPriority)[call.priority],
        attempt_rows=_attempts(session, call),
        answer_headers=[(name, value) for name, value in call.answer_headers],
        answer_type=content_type(call.answer_headers),
        has_result=call.status == CallStatus.COMPLETED,
        expires_at=call.finished_at and call.finished_at + timedelta(settings().call_days),
    )


SAME = (
    *("method", "path", "body_size", "key_id", "instance", "retry_of"),
    *("request_timeout_s", "health_timeout_s", "deadline_at", "max_attempts"),
    *("callback_url", "callback_status", "callback_attempts", "callback_message"),
)
"""Fields that the card shows as the row holds them."""


def _created(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    created_at = col(Call.created_at)
    return [*([created_at >= since] if since else []), *([created_at <= until] if until else [])]


def _behind(cursor: str | None) -> list[ColumnElement[bool]]:
    """Compare both columns at once: databases walk an index by that, not by conditions with `or` between."""
    if not cursor:
        return []
    moment, number = paging.decode_cursor(cursor, (str, int))
    try:
        created_at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise Invalid("cursor_wrong", field="cursor") from error
    if created_at.tzinfo is None:
        raise Invalid("cursor_wrong", field="cursor")
    last = tuple_(literal(created_at, Moment), literal(number))
    return [tuple_(col(Call.created_at), col(Call.number)) < last]


def _cursor(found: Sequence[Any]) -> str:
    number, _, *values = found
    created_at: datetime = values[ROW.index("created_at")]
    return paging.encode_cursor([created_at.isoformat(), number])


def _row(key_name: str | None, *values: Any) -> CallRow:
    known: dict[str, Any] = dict(zip(ROW, values, strict=True))
    created_at, started_at, finished_at = known["created_at"], known["started_at"], known["finished_at"]
    return CallRow(
        **known,
        waited_s=_seconds(created_at, started_at),
        ran_s=_seconds(started_at, finished_at),
        key_name=key_name or "",
    )


def _attempts(session: Session, call: Call) -> list[AttemptRow]:
    over = select(Attempt).where(Attempt.call_number == call.number).order_by(col(Attempt.number).desc())
    return [*_present(call), *map(_attempt, session.exec(over))]


def _present(call: Call) -> list[AttemptRow]:
    if call.status != CallStatus.RUNNING or call.attempt_at is None:
        return []
    return [
        AttemptRow(
            number=call.attempts,
            started_at=call.attempt_at,
            ended_at=None,
            duration_s=None,
            instance=call.instance,
            status=None,
            reason=CallReason.NONE,
            message="",
        )
    ]


def _attempt(attempt: Attempt) -> AttemptRow:
    same = ("number", "started_at", "ended_at", "instance", "status", "reason", "message")
    duration_s = _seconds(attempt.started_at, attempt.ended_at)
    return AttemptRow(**{name: getattr(attempt, name) for name in same}, duration_s=duration_s)


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Return the time between; never less than none, since clocks are set back."""
    return None if start is None or end is None else max((end - start).total_seconds(), 0.0)
