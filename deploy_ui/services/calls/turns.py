"""What a deliverer asks of the database in one go: write what ended, find what is over, claim what is next."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from deploy_ui.db import engine, reading, transaction
from deploy_ui.models import Call
from deploy_ui.services.calls import bodies, claims, deliverers, endings, expiry
from deploy_ui.services.calls.attempts import Claim, Outcome
from deploy_ui.services.calls.claims import QUEUED, Room, Taken
from deploy_ui.services.calls.deliverers import Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What a turn is to do."""

    deliverer: str
    outcomes: Sequence[Outcome] = ()
    room: int = 0
    """How many more attempts it claims, at most."""
    in_all: int = 1000
    """How many it makes at once, at most."""
    held: Mapping[int, str] = field(default_factory=dict)
    """The slugs of the calls whose attempts it makes now, by the call's number."""
    resting: frozenset[str] = frozenset()
    """Instances that get nothing for the moment."""
    unready_s: Mapping[int, float] = field(default_factory=dict)
    """Deployments without a ready instance, as the turn before found them, and for how long they have had none."""
    beat: bool = False
    """It is time to say that the deliverer lives, and to look after what takes its time."""
    watch: Watch = field(default_factory=Watch)
    """Its own."""


@dataclass(frozen=True)
class Turn:
    """What came of it."""

    claims: Sequence[Claim] = ()
    more: bool = False
    """There may be more to claim at once."""
    full: bool = False
    """Another deliverer would have had room for more."""
    queued: bool = False
    """Calls wait, due or not."""
    unready: frozenset[int] = frozenset()
    """Deployments with calls and without a ready instance."""
    mine: frozenset[int] | None = None
    """With a beat: the calls whose attempts are still the deliverer's. None: not asked."""
    dead: bool = False
    """The deliverer was taken for dead."""


class NotTaken(Exception):
    """The database did not answer: nothing was written, and the same may be asked again."""


def turn(asked: Asked, now: datetime) -> Turn:
    """Take a turn. Answers that came too late are thrown away with their files. Raises NotTaken."""
    try:
        if not asked.outcomes and not asked.beat and not any_queued():
            return Turn()
        return _turn(asked, now)
    except SQLAlchemyError as error:
        raise NotTaken(type(error).__name__) from error


def _turn(asked: Asked, now: datetime) -> Turn:
    impatient = expiry.impatient(asked.unready_s, now) if asked.beat else []
    with transaction() as session:
        taken = _take(session, asked, impatient, now)
        needless = endings.needless_files(session, asked.outcomes)
    for file in needless:
        _remove(file)
    return taken


def _remove(file: str) -> None:
    """Remove a needless answer. One that stays is cleared away later; what was claimed is more than that."""
    try:
        bodies.remove(file)
    except OSError:
        log.warning("%s is not removed", file, exc_info=True)


def _take(session: Session, asked: Asked, impatient: Sequence[int], now: datetime) -> Turn:
    open_ = claims.waiting(session)  # before its own row: whoever else holds both holds them in this order
    if not (
        deliverers.beat(session, asked.deliverer, now) if asked.beat else deliverers.lives(session, asked.deliverer)
    ):
        return Turn(dead=True)
    if asked.outcomes:
        endings.write(session, asked.deliverer, asked.outcomes)
    mine: set[int] | None = None
    if asked.beat:
        deliverers.abandon(session, asked.watch, now)
        expiry.of_deleted(session, open_, now)
        expiry.past_deadline(session, now)
        expiry.unserved(session, open_, asked.unready_s, impatient, now)
        mine = deliverers.attempts(session, asked.deliverer)
        deliverers.disown(session, asked.deliverer, mine - set(asked.held), now)
    room = Room(asked.room, asked.in_all, Counter(asked.held.values()), asked.resting)
    taken = claims.take(session, asked.deliverer, open_, room, now) if asked.room else Taken()
    return Turn(
        claims=taken.claims,
        more=taken.more,
        full=taken.full,
        queued=bool(open_),
        unready=frozenset(each.id for each in open_ if not each.ready),
        mine=None if mine is None else frozenset(mine.union(each.number for each in taken.claims)),
    )


def warm_up(now: datetime) -> None:
    """Let SQLAlchemy prepare what every turn asks, and leave no connection: for who forks afterwards."""
    try:
        me = deliverers.begin(now)
        turn(Asked(me, beat=True), now)
        with transaction() as session:
            claims.warm_up(session, now)
        deliverers.end(me)
    except (SQLAlchemyError, NotTaken) as error:
        log.warning("the database does not answer yet: %s", error)
    finally:
        engine().dispose()


def any_queued() -> bool:
    """Say whether any call waits, due or not."""
    with reading() as session:
        return session.exec(select(Call.number).where(QUEUED).limit(1)).first() is not None
