"""Ends the waiting of queued calls whose time is over: the whole call's, or an attempt's for a ready instance."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, extract, literal, or_, update
from sqlmodel import Session, col, select

from deploy_ui.db import reading
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.models import Call
from deploy_ui.models.columns import Moment
from deploy_ui.services.calls import endings, holding
from deploy_ui.services.calls.attempts import Failure
from deploy_ui.services.calls.claims import QUEUED, Waiting, furthest

MOST = 1000
"""Calls that end in one go."""


def past_deadline(session: Session, now: datetime) -> None:
    """End queued calls whose deadline is over."""
    _end(session, CallReason.LIVE_TIMEOUT, now, QUEUED, col(Call.deadline_at) <= now)


def of_deleted(session: Session, open_: Sequence[Waiting], now: datetime) -> None:
    """End queued calls that came, or came back, at the moment when their deployment was deleted."""
    deleted = [each.id for each in open_ if each.deleted]
    if deleted:
        _end(session, CallReason.DEPLOYMENT_DELETED, now, QUEUED, col(Call.deployment_id).in_(deleted))


def impatient(unready_s: Mapping[int, float], now: datetime) -> list[int]:
    """Return queued calls that waited too long for an instance of a deployment that has none.

    `unready_s` says for how long each deployment is known to have none, by its id. All that wait are looked through, so
    it is done without the writers' turn.
    """
    found: list[int] = []
    with reading() as session:
        for deployment, none_s in unready_s.items():
            known = _impatient(session, deployment, none_s, now)
            found += [call for call, due_at, patience in known if _over(now, due_at, none_s, patience)]
    return found[:MOST]


def unserved(
    session: Session, open_: Sequence[Waiting], unready_s: Mapping[int, float], calls: Collection[int], now: datetime
) -> None:
    """Let attempts fail of those calls that `impatient` found and that still wait in vain."""
    unready = [each.id for each in open_ if not each.ready and each.id in unready_s]
    if not calls or not unready:
        return
    held = holding.hold(session, calls, CallStatus.QUEUED)
    query = select(Call.number, Call.deployment_id, Call.due_at, Call.health_timeout_s)
    found = session.exec(query.where(col(Call.number).in_(held), col(Call.deployment_id).in_(unready)))
    over = [number for number, deployment, due_at, s in found if _over(now, due_at, unready_s[deployment], s)]
    _fail(session, over, now)


def _end(session: Session, reason: CallReason, now: datetime, *so: Any) -> None:
    held = holding.hold(session, select(Call.number).where(*so).limit(MOST), CallStatus.QUEUED)
    endings.end(session, [{"of": each, "new_reason": reason, "new_finished_at": now} for each in held])


def _impatient(
    session: Session, deployment: int, unready_s: float, now: datetime
) -> Sequence[tuple[int, datetime, float]]:
    """Return calls that may have waited too long. The database may count in whole seconds, and so name some early."""
    patience_s = col(Call.health_timeout_s)
    until = extract("epoch", col(Call.due_at)) + patience_s
    over = patience_s < unready_s, or_(until < now.timestamp(), col(Call.due_at) > furthest(now))
    query = (
        select(Call.number, Call.due_at, Call.health_timeout_s)
        .where(QUEUED, col(Call.deployment_id) == deployment, *over)
        .order_by(until)
        .limit(MOST)
    )
    return session.exec(query).all()


def _over(now: datetime, due_at: datetime, unready_s: float, patience_s: float) -> bool:
    due_s = (now - due_at).total_seconds() if due_at <= furthest(now) else unready_s
    return min(due_s, unready_s) > patience_s


def _fail(session: Session, numbers: Sequence[int], now: datetime) -> None:
    """Count an attempt, of calls that are held, that no instance has seen; it began when the call was due."""
    if not numbers:
        return
    values = {
        "status": CallStatus.RUNNING,
        "attempts": col(Call.attempts) + 1,
        "attempt_at": case((col(Call.due_at) > now, literal(now, Moment)), else_=col(Call.due_at)),
        "instance": "",
    }
    session.exec(update(Call).where(col(Call.number).in_(numbers)).values(values))
    known = endings.present(session, (col(Call.number).in_(numbers),))
    endings.fail(session, known, {each: (Failure(CallReason.NOT_READY), now) for each in known})
