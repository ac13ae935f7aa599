"""What a deliverer asks of the database in one go: write what ended, find what is over, claim what is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from deploy_ui.db import reading, transaction
from deploy_ui.models import Call
from deploy_ui.services.calls import bodies, claims, deliverers, endings, expiry
from deploy_ui.services.calls.attempts import Claim, Outcome
from deploy_ui.services.calls.claims import QUEUED


@dataclass(frozen=True)
class Asked:
    """What a turn is to do."""

    deliverer: str
    outcomes: Sequence[Outcome] = ()
    room: int = 0
    """How many more attempts the deliverer can make at once."""
    unready_since: Mapping[int, datetime] = field(default_factory=dict)
    """Deployments without a ready instance, as the turn before found them, and from when on."""
    beat: bool = False
    """It is time to say that the deliverer lives, and to look after what takes its time."""


@dataclass(frozen=True)
class Turn:
    """What came of it."""

    claims: Sequence[Claim] = ()
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
    with transaction() as session:
        if asked.beat and not deliverers.beat(session, asked.deliverer, now):
            return Turn(dead=True)
        open_ = claims.waiting(session)
        written = endings.write(session, asked.deliverer, asked.outcomes) if asked.outcomes else set()
        if asked.beat:
            deliverers.abandon(session, now)
            expiry.past_deadline(session, now)
            expiry.unserved(session, open_, asked.unready_since, now)
        taken = claims.take(session, asked.deliverer, open_, asked.room, now) if asked.room else []
        mine = frozenset(deliverers.attempts(session, asked.deliverer)) if asked.beat else None
    for file in endings.ended_files(asked.outcomes, written):
        bodies.remove(file)
    return Turn(
        claims=taken,
        queued=bool(open_),
        unready=frozenset(each.id for each in open_ if not each.ready),
        mine=mine,
    )


def any_queued() -> bool:
    """Say whether any call waits, due or not."""
    with reading() as session:
        return session.exec(select(Call.number).where(QUEUED).limit(1)).first() is not None
