"""Ends the waiting of queued calls whose time is over: the whole call's, or an attempt's for a ready instance."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, extract, literal, or_, update
from sqlmodel import Session, col, select

from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.models import Call
from deploy_ui.models.columns import Moment
from deploy_ui.services.calls import endings
from deploy_ui.services.calls.attempts import Failure
from deploy_ui.services.calls.claims import QUEUED, Waiting, furthest

MOST = 1000
"""Calls that end in one go."""


def past_deadline(session: Session, now: datetime) -> None:
    """End queued calls whose deadline is over."""
    query = select(Call.number).where(QUEUED, col(Call.deadline_at) <= now).limit(MOST).with_for_update()
    late = session.exec(query).all()
    rows = [{"of": each, "new_reason": CallReason.LIVE_TIMEOUT, "new_finished_at": now} for each in late]
    endings.end(session, rows)


def unserved(session: Session, open_: Sequence[Waiting], unready_s: Mapping[int, float], now: datetime) -> None:
    """Let attempts fail that waited too long for an instance of a deployment that has none.

    `unready_s` says for how long each deployment is known to have none, by its id.
    """
    for deployment in open_:
        if deployment.ready or deployment.id not in unready_s:
            continue
        over = [
            call
            for call, due_at, patience in _impatient(session, deployment, unready_s[deployment.id], now)
            if _over(now, due_at, unready_s[deployment.id], patience)
        ]
        _fail(session, over, now)


def _impatient(
    session: Session, deployment: Waiting, unready_s: float, now: datetime
) -> Sequence[tuple[int, datetime, float]]:
    """Return calls that may have waited too long. The database may count in whole seconds, and so name some early."""
    patience_s = col(Call.health_timeout_s)
    until = extract("epoch", col(Call.due_at)) + patience_s
    over = patience_s < unready_s, or_(until < now.timestamp(), col(Call.due_at) > furthest(now))
    query = (
        select(Call.number, Call.due_at, Call.health_timeout_s)
        .where(QUEUED, col(Call.deployment_id) == deployment.id, *over)
        .order_by(until)
        .limit(MOST)
    )
    return session.exec(query).all()


def _over(now: datetime, due_at: datetime, unready_s: float, patience_s: float) -> bool:
    due_s = (now - due_at).total_seconds() if due_at <= furthest(now) else unready_s
    return min(due_s, unready_s) > patience_s


def _fail(session: Session, numbers: Sequence[int], now: datetime) -> None:
    """Count an attempt that no instance has seen; it began when the call was due."""
    if not numbers:
        return
    values = {
        "status": CallStatus.RUNNING,
        "attempts": col(Call.attempts) + 1,
        "attempt_at": case((col(Call.due_at) > now, literal(now, Moment)), else_=col(Call.due_at)),
        "instance": "",
    }
    session.exec(update(Call).where(QUEUED, col(Call.number).in_(numbers)).values(values))
    known = endings.present(session, (col(Call.number).in_(numbers),))
    endings.fail(session, known, {each: (Failure(CallReason.NOT_READY), now) for each in known})
