"""Callbacks that are due, and what became of the tries to send them.

A try is claimed in the database before it is made: whoever claims it moves its next moment behind the end of the try,
so nobody else makes it meanwhile, and if the claimer dies, somebody makes it again then.
"""

import logging
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from deploy_ui import hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallbackStatus
from deploy_ui.models import Call, Content, Deployment
from deploy_ui.services.calls import bodies, callback_payloads, callback_secrets

CLAIM = timedelta(seconds=60)
"""Longer than any try takes."""
KEPT_TRYING = timedelta(hours=1)
"""From the call's end."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 300
AHEAD = CLAIM + timedelta(seconds=LONGEST_PAUSE_S)
"""No moment lies further ahead, unless the time of day was set back since, or differs between machines by minutes."""
MOST_MESSAGE = 300

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimed:
    """One try, claimed by whoever holds this."""

    number: int
    """The call's."""
    attempt: int
    slug: str
    finished_at: datetime


@dataclass(frozen=True)
class Callback(Claimed):
    """One try, and what to send."""

    url: str
    """Hostile: a caller chose it."""
    event_id: str
    body: bytes = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """How a try ended: DELIVERED, REFUSED (for ever), or FAILED: then there are more, as long as there is time."""

    status: CallbackStatus
    message: str = ""
    """What it met with; the machine's own words."""


def any_due(now: datetime) -> bool:
    """Say whether any callback waits for its turn to be tried."""
    with reading() as session:
        return session.exec(select(Call.number).where(*_due(now)).limit(1)).first() is not None


def due(now: datetime, limit: int) -> list[Callback]:
    """Claim up to `limit` tries and return them. First tries come first: who does not answer holds up nobody else.

    One that cannot be made has failed at once, and is none of them.
    """
    if not any_due(now):
        return []  # without the writers' turn
    with transaction() as session:
        claimed = _claim(session, now, limit)
    made = (_made(call, deployment, answer, now) for call, deployment, answer in claimed)
    return [each for each in made if each is not None]


def sent(callback: Claimed, outcome: Outcome, now: datetime) -> None:
    """Write how a try ended. One that took so long that somebody else has claimed the next writes nothing."""
    pause = timedelta(seconds=pause_s(callback.attempt))
    again = outcome.status == CallbackStatus.FAILED and now + pause <= callback.finished_at + KEPT_TRYING
    values: dict[str, Any] = {
        "callback_status": CallbackStatus.PENDING if again else outcome.status,
        "callback_due_at": now + pause if again else None,
        "callback_message": outcome.message[:MOST_MESSAGE],
    }
    mine = (
        col(Call.number) == callback.number,
        col(Call.callback_status) == CallbackStatus.PENDING,
        col(Call.callback_attempts) == callback.attempt,
    )
    with transaction() as session:
        written = session.exec(update(Call).where(*mine).values(values)).rowcount
    if written:
        hints.publish(f"calls:{callback.slug}")


def pause_s(attempt: int) -> float:
    """Return how long to wait after a try that failed: longer each time, and never together with all the others."""
    longest = min(FIRST_PAUSE_S * 2 ** min(attempt - 1, 16), LONGEST_PAUSE_S)
    return float(longest * random.uniform(0.5, 1))  # noqa: S311 -- nobody gains by guessing it


def _due(now: datetime) -> tuple[Any, Any]:
    due_at = col(Call.callback_due_at)
    return col(Call.callback_status) == CallbackStatus.PENDING, or_(due_at <= now, due_at > now + AHEAD)


def _claim(session: Session, now: datetime, limit: int) -> list[tuple[Call, Deployment, bytes | None]]:
    query = (
        select(Call, Deployment)
        .join(Deployment, col(Deployment.id) == Call.deployment_id)
        .where(*_due(now))
        .order_by(col(Call.callback_attempts), col(Call.callback_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Call)
    )
    claimed = session.exec(query).all()
    for call, _ in claimed:
        call.callback_attempts += 1
        call.callback_due_at = now + CLAIM
    return [(call, deployment, _short_answer(session, call)) for call, deployment in claimed]


def _short_answer(session: Session, call: Call) -> bytes | None:
    if call.answer_file or not callback_payloads.sends_answer(call):
        return None
    content = session.get(Content, (call.number, True))
    return None if content is None else content.data


def _made(call: Call, deployment: Deployment, short_answer: bytes | None, now: datetime) -> Callback | None:
    claimed = Claimed(call.number, call.callback_attempts, deployment.slug, call.finished_at or call.created_at)
    try:
        return _callback(claimed, call, deployment, short_answer)
    except Exception as error:
        log.exception("the callback of call %s could not be made", call.id)
        sent(claimed, Outcome(CallbackStatus.FAILED, type(error).__name__), now)
        return None


def _callback(claimed: Claimed, call: Call, deployment: Deployment, short_answer: bytes | None) -> Callback:
    long = call.answer_file and callback_payloads.sends_answer(call)
    answer = _long_answer(call.answer_file) if long else short_answer
    return Callback(
        **vars(claimed),
        url=call.callback_url,
        event_id=callback_payloads.webhook_id(call),
        body=callback_payloads.payload(call, deployment.slug, answer),
        secret=callback_secrets.signing_secret(deployment.slug, deployment.callback_secret),
    )


def _long_answer(file: str) -> bytes | None:
    try:
        return b"".join(bodies.pieces(file))
    except OSError:
        return None  # the callback is worth sending without it
