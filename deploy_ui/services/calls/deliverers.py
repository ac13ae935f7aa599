"""Who delivers calls: each says every second that it lives. The attempts of one that is silent are over."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.ids import new_id
from deploy_ui.models import Call, Deliverer
from deploy_ui.services.calls import endings
from deploy_ui.services.calls.attempts import Failure

SILENT = timedelta(seconds=10)
ID_LENGTH = 12


def begin(now: datetime) -> str:
    """Take part under a new id, and return it."""
    made = Deliverer(id=new_id(ID_LENGTH), beat_at=now)
    with transaction() as session:
        session.add(made)
    return made.id


def end(deliverer: str) -> None:
    """Take part no more; attempts that are still in its name are over."""
    with transaction() as session:
        session.exec(delete(Deliverer).where(col(Deliverer.id) == deliverer))


def beat(session: Session, deliverer: str, now: datetime) -> bool:
    """Say that it lives. False: it was taken for dead, and none of its attempts is its own any more."""
    mine = update(Deliverer).where(col(Deliverer.id) == deliverer).values(beat_at=now)
    return bool(session.exec(mine).rowcount)


def attempts(session: Session, deliverer: str) -> set[int]:
    """Return the numbers of the calls whose attempts are its own."""
    mine = col(Call.deliverer) == deliverer, col(Call.status) == CallStatus.RUNNING
    return set(session.exec(select(Call.number).where(*mine)))


def any_abandoned(now: datetime) -> bool:
    """Say whether attempts may be waiting to be given up."""
    with reading() as session:
        alive = select(Deliverer.id).where(col(Deliverer.beat_at) > now - SILENT)
        running = select(Call.number).where(col(Call.status) == CallStatus.RUNNING, col(Call.deliverer).not_in(alive))
        return session.exec(running.limit(1)).first() is not None


def abandon(session: Session, now: datetime) -> set[str]:
    """Give up the attempts of everybody who is silent; return the slugs of their deployments."""
    session.exec(delete(Deliverer).where(col(Deliverer.beat_at) <= now - SILENT))
    lost = endings.present(session, (col(Call.deliverer).not_in(select(Deliverer.id)),))
    endings.fail(session, lost, {each: (Failure(CallReason.WORKER_LOST), now) for each in lost})
    return {each.slug for each in lost.values()}
