"""Who delivers calls: each says every second that it lives. The attempts of one that is silent are over."""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, delete, or_, update
from sqlmodel import Session, col, select

from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.ids import new_id
from deploy_ui.models import Call, Deliverer
from deploy_ui.services.calls import endings
from deploy_ui.services.calls.attempts import Failure

SILENT_S = 10.0
BLIND_S = 5.0
"""Who has not looked for so long knows nothing of what was in between: nobody could say that it lives, maybe."""
ID_LENGTH = 12


class Watch:
    """Tells who is silent. It goes by how long it saw no beat itself, because the time of day may be set."""

    def __init__(self, elapsed_s: Callable[[], float] = time.monotonic) -> None:
        """Begin to watch: nobody is silent yet. `elapsed_s` is a clock that nobody sets."""
        self._elapsed_s = elapsed_s
        self._seen: dict[str, tuple[datetime, float]] = {}
        self._looked_s = elapsed_s()

    def silent(self, beats: Mapping[str, datetime]) -> set[str]:
        """Return whose beat has been this one for too long, by their ids."""
        now_s = self._elapsed_s()
        if now_s - self._looked_s > BLIND_S:
            self._seen = {}
        self._looked_s = now_s
        self._seen = {
            each: known if (known := self._seen.get(each)) and known[0] == at else (at, now_s)
            for each, at in beats.items()
        }
        return {each for each, (_, since_s) in self._seen.items() if now_s - since_s > SILENT_S}


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


def lives(session: Session, deliverer: str) -> bool:
    """Say whether it still takes part; until the end of the transaction nobody takes it for dead then."""
    mine = select(Deliverer.id).where(Deliverer.id == deliverer).with_for_update(read=True, key_share=True)
    return session.exec(mine).first() is not None


def attempts(session: Session, deliverer: str) -> set[int]:
    """Return the numbers of the calls whose attempts are its own."""
    mine = col(Call.deliverer) == deliverer, col(Call.status) == CallStatus.RUNNING
    return set(session.exec(select(Call.number).where(*mine)))


def disown(session: Session, deliverer: str, numbers: Collection[int], now: datetime) -> None:
    """Give back attempts in its name that it never made: it did not hear of them when it claimed them."""
    if numbers:
        known = endings.present(session, (col(Call.number).in_(numbers), col(Call.deliverer) == deliverer))
        endings.give_back(session, known, dict.fromkeys(known, now))


def any_alive(watch: Watch) -> bool:
    """Say whether anybody takes part who is not silent."""
    with reading() as session:
        beats = _beats(session)
    return bool(set(beats) - watch.silent(beats))


def any_abandoned(watch: Watch) -> bool:
    """Say whether attempts may be waiting to be given up."""
    with reading() as session:
        beats = _beats(session)
        alive = set(beats) - watch.silent(beats)
        running = select(Call.number).where(col(Call.status) == CallStatus.RUNNING, col(Call.deliverer).not_in(alive))
        return session.exec(running.limit(1)).first() is not None


def abandon(session: Session, watch: Watch, now: datetime) -> set[str]:
    """Give up the attempts of everybody who is silent or gone; return the slugs of their deployments.

    Who takes a turn at this moment lives.
    """
    beats = _beats(session)
    if dead := watch.silent(beats):
        still = or_(*(and_(col(Deliverer.id) == each, col(Deliverer.beat_at) == beats[each]) for each in dead))
        gone = session.exec(select(Deliverer.id).where(still).with_for_update(skip_locked=True)).all()
        session.exec(delete(Deliverer).where(col(Deliverer.id).in_(gone)))
    lost = endings.present(session, (col(Call.deliverer).not_in(select(Deliverer.id)),))
    endings.fail(session, lost, {each: (Failure(CallReason.WORKER_LOST), now) for each in lost})
    return {each.slug for each in lost.values()}


def _beats(session: Session) -> dict[str, datetime]:
    return dict(session.exec(select(Deliverer.id, Deliverer.beat_at)).all())
