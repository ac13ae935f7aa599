"""What becomes of calls, as the monitor counts it. No person asks here, so there is no viewer.

It is asked every few seconds, whatever lies in the queues: everything is read along an index.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect
from sqlmodel import col, exists, func, select

from deploy_ui.db import reading
from deploy_ui.enums import CallReason, CallStatus, Phase
from deploy_ui.models import Attempt, Call, Deployment


@dataclass(frozen=True)
class Queue:
    """The calls of one deployment that have not ended."""

    queued: int
    running: int
    oldest: datetime | None
    """When the oldest that waits was taken."""


@dataclass(frozen=True)
class Ended:
    """One call that has ended."""

    number: int
    deployment_id: int
    status: CallStatus
    started_at: datetime | None
    finished_at: datetime


@dataclass(frozen=True)
class Attempted:
    """One attempt that has ended."""

    call: int
    """Its call's number."""
    number: int
    deployment_id: int
    reason: CallReason
    ended_at: datetime
    waited_s: float | None
    """How long the call had waited for it, if it is the first that was sent."""


def queues() -> dict[int, Queue]:
    """Return how full the queues are, by deployment; those that have no call at all are left out."""
    mine = col(Call.deployment_id) == col(Deployment.id)
    query = (
        select(Deployment.id, _number(CallStatus.QUEUED), _number(CallStatus.RUNNING), _oldest())
        .where(col(Deployment.phase) != Phase.DELETED, exists().where(mine))
        .order_by(col(Deployment.id))
    )
    with reading() as session:
        return {key: Queue(queued, running, oldest) for key, queued, running, oldest in session.exec(query)}


def last_call_until(at: datetime) -> int:
    """Return the number of the last call that was taken at that moment or before; 0 if there is none."""
    with reading() as session:
        query = select(Call.number).where(Call.created_at <= at).order_by(col(Call.number).desc()).limit(1)
        return session.exec(query).first() or 0


def accepted(after: int) -> dict[int, int]:
    """Return the deployments of the calls with a greater number, by that number."""
    with reading() as session:
        return dict(session.exec(select(Call.number, Call.deployment_id).where(col(Call.number) > after)).all())


def ended(since: datetime, until: datetime) -> list[Ended]:
    """Return the calls that ended later than `since`, and not later than `until`."""
    columns: Any = (Call.number, Call.deployment_id, Call.status, Call.started_at, Call.finished_at)
    finished = col(Call.finished_at)
    with reading() as session:
        return [Ended(*row) for row in session.exec(select(*columns).where(finished > since, finished <= until))]


def attempted(since: datetime, until: datetime) -> list[Attempted]:
    """Return the attempts that ended later than `since`, and not later than `until`."""
    columns: Any = (
        *(Attempt.call_number, Attempt.number, Call.deployment_id, Attempt.reason, Attempt.ended_at),
        *(Call.created_at, Call.started_at),
    )
    over = col(Attempt.ended_at)
    query = select(*columns).join(Call, col(Call.number) == Attempt.call_number).where(over > since, over <= until)
    with reading() as session:
        return [
            Attempted(call, number, deployment, reason, ended_at, _waited(number, created_at, started_at))
            for call, number, deployment, reason, ended_at, created_at, started_at in session.exec(query)
        ]


def _waited(attempt: int, created_at: datetime, started_at: datetime | None) -> float | None:
    return (started_at - created_at).total_seconds() if attempt == 1 and started_at else None


def _number(status: CallStatus) -> ScalarSelect[int]:
    return _of(select(func.count()).where(Call.status == status))


def _oldest() -> ScalarSelect[datetime]:
    return _of(select(func.min(Call.created_at)).where(Call.status == CallStatus.QUEUED))


def _of(query: Any) -> ScalarSelect[Any]:
    mine: ScalarSelect[Any] = query.where(Call.deployment_id == Deployment.id).correlate(Deployment).scalar_subquery()
    return mine
