"""What people and callers do to calls: cancel them, one or many, and send one anew."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from deploy_ui import clock, hints, queue
from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallReason, CallStatus, Role
from deploy_ui.errors import Conflict
from deploy_ui.models import Attempt, Call
from deploy_ui.services import lookup
from deploy_ui.services.calls import callback_start, cards, holding, names, repeats, results
from deploy_ui.services.calls import lookup as calls
from deploy_ui.services.calls.rows import CallCard
from deploy_ui.services.viewer import Viewer

BATCH = 500
LIVE = (CallStatus.QUEUED, CallStatus.RUNNING)


def cancel(viewer: Viewer, slug: str, call_id: str) -> CallCard:
    """End a call at once; what its attempt still brings is dropped. Raises Conflict if it has ended already."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        canceled = cards.made(session, _cancel(session, slug, call_id))
    tell(slug)
    return canceled


def cancel_by_caller(slug: str, call_id: str) -> dict[str, object]:
    """End a call for whoever holds the deployment's key; return what `results.status` does. Raises as `cancel`."""
    with transaction() as session:
        canceled = results.told(slug, _cancel(session, slug, call_id))
    tell(slug)
    return canceled


def cancel_many(viewer: Viewer, slug: str, ids: Sequence[str] | None, status: CallStatus | None = None) -> int:
    """End these calls, or all there are now, of one status if it is given; return how many were ended by this.

    Those that have ended already, and ids of no call of this deployment, are passed over.
    """
    viewer.require(Role.EDITOR)
    with reading() as session:
        deployment_id = lookup.deployment(session, slug).id
        newest = session.exec(select(func.max(Call.number))).one() or 0
    statuses = [each for each in LIVE if status in {None, each}]
    among: Any = [col(Call.deployment_id) == deployment_id, col(Call.number) <= newest]
    groups = [among] if ids is None else [[*among, col(Call.id).in_(some)] for some in _batches(ids)]
    canceled = 0
    try:
        for group in groups:
            while found := sum(_cancel_all(group, each) for each in statuses):
                canceled += found  # again: one may have gone from the second status to the first meanwhile
    finally:
        if canceled:
            tell(slug)
    return canceled


def retry(viewer: Viewer, slug: str, call_id: str) -> CallCard:
    """Send the same request anew, on the same terms, as a call of its own that knows which it repeats.

    Its callback goes where the old one's went. Raises Conflict for a deployment that is stopped or failed, Gone for one
    that was deleted or when the request is no longer there, TooMany when too many calls wait.
    """
    viewer.require(Role.EDITOR)
    return cards.card(viewer, slug, repeats.repeat(slug, call_id))


def end_all(session: Session, deployment_id: int, now: datetime) -> None:
    """End the calls that wait, in the transaction that deletes their deployment. Those that run end by their attempt.

    Call `tell` after the commit.
    """
    mine = col(Call.deployment_id) == deployment_id, col(Call.status) == CallStatus.QUEUED
    holding.hold(session, select(Call.number).where(*mine), CallStatus.QUEUED)
    waiting = update(Call).where(*mine)
    ended = {"status": CallStatus.ERROR, "reason": CallReason.DEPLOYMENT_DELETED, "finished_at": now}
    session.exec(waiting.values(**ended, **callback_start.begin(now)).execution_options(synchronize_session=False))


def tell(slug: str) -> None:
    """Let everybody who looks at the deployment's calls, or delivers them, look again. Call it after the commit."""
    hints.publish(f"calls:{slug}")
    queue.deliver()


def _cancel(session: Session, slug: str, call_id: str) -> Call:
    call = calls.locked_call(session, slug, call_id)
    if call.status.ended:
        raise Conflict("call_ended")
    _end(session, [call], clock.now())
    session.refresh(call)
    return call


def _cancel_all(among: Sequence[Any], status: CallStatus) -> int:
    """Cancel all of one status, a batch a transaction, so that others have their turn in between."""
    canceled = 0
    so = *among, col(Call.status) == status
    some = select(Call.number).where(*so).order_by(col(Call.priority), col(Call.number)).limit(BATCH)
    query = select(Call).where(col(Call.number).in_(some)).order_by(holding.ORDER).with_for_update()
    while _any(among, status):  # fewer than a batch may only mean that somebody else held the others
        with transaction() as session:
            found = [each for each in session.exec(query) if each.status == status]
            _end(session, found, clock.now())
        canceled += len(found)
    return canceled


def _any(among: Sequence[Any], status: CallStatus) -> bool:
    with reading() as session:
        found = session.exec(select(Call.number).where(*among, col(Call.status) == status).limit(1))
        return found.first() is not None


def _end(session: Session, found: Sequence[Call], now: datetime) -> None:
    """End calls that this transaction holds as not ended."""
    for call in found:
        if call.status == CallStatus.RUNNING:
            session.add(_broken_off(call, now))
    numbers = [call.number for call in found]
    values = {"status": CallStatus.CANCELED, "reason": CallReason.CANCELED, "finished_at": now, "attempt_at": None}
    ended = update(Call).where(col(Call.number).in_(numbers)).values(**values, **callback_start.begin(now))
    session.exec(ended.execution_options(synchronize_session=False))


def _broken_off(call: Call, now: datetime) -> Attempt:
    return Attempt(
        call_number=call.number,
        number=call.attempts,
        started_at=call.attempt_at or now,
        ended_at=now,
        instance=call.instance,
        reason=CallReason.CANCELED,
    )


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    known = [each for each in dict.fromkeys(ids) if names.CALL_ID.fullmatch(each)]
    return (known[start : start + BATCH] for start in range(0, len(known), BATCH))
