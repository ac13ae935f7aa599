"""What receivers are yet to be told: written with what it tells of, sent by the monitor, tried again for an hour.

No person asks here, so there is no viewer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, delete, func, select

from deploy_ui import hints, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums.alerts import NoticeEvent, ReceiverKind
from deploy_ui.models import Alert, AlertNotice, AlertReceiver, Deployment
from deploy_ui.services.calls import callback_secrets
from deploy_ui.services.messages import storable

MOST_AN_HOUR = 20
"""Notices that one deployment may cause within an hour, recoveries aside: so many alerts are one trouble."""
HOUR = timedelta(hours=1)
KEPT_TRYING = HOUR
KEPT = timedelta(days=1)
"""How long notices that are done are kept."""
CLAIM = timedelta(seconds=60)
"""Longer than any try may take."""
MOST_TRIES = 30
"""More than there can be within the hour; without this a notice whose tries nobody writes down would never end."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 300
AHEAD = CLAIM + timedelta(seconds=LONGEST_PAUSE_S)
"""No moment lies further ahead, unless the clock was set back since."""
MOST_MESSAGE = 300


@dataclass(frozen=True)
class Notice:
    """One try to tell one receiver."""

    id: int
    attempt: int
    event: NoticeEvent
    facts: Mapping[str, Any]
    created_at: datetime
    slug: str
    name: str
    """The deployment's, as it is now."""
    receiver_id: int
    kind: ReceiverKind
    language: str
    address: str | None = field(repr=False)
    """None: the key that it was sealed with is gone."""
    secret: bytes = field(repr=False)
    """What webhooks of the deployment are signed with."""


def add(
    session: Session,
    alert: Alert,
    event: NoticeEvent,
    *,
    receivers: Sequence[int],
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write in the caller's transaction that these receivers are to be told; what is older and unsent is dropped."""
    waiting = col(AlertNotice.alert_id) == alert.id, col(AlertNotice.done_at).is_(None)
    session.exec(update(AlertNotice).where(*waiting).values(done_at=now))
    session.add_all(
        AlertNotice(
            deployment_id=alert.deployment_id,
            receiver_id=receiver,
            alert_id=alert.id,
            event=event,
            facts=dict(facts),
            created_at=now,
            due_at=now,
        )
        for receiver in receivers
    )


def caused(session: Session, deployments: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how many notices each of these deployments caused within the last hour, by its busiest receiver."""
    made_at = col(AlertNotice.created_at)
    query = (
        select(col(AlertNotice.deployment_id), func.count())
        .where(
            col(AlertNotice.deployment_id).in_(deployments),
            col(AlertNotice.event).in_([NoticeEvent.FIRING, NoticeEvent.REMINDER]),
            made_at > now - HOUR,
            made_at <= now,
        )
        .group_by(col(AlertNotice.deployment_id), col(AlertNotice.receiver_id))
    )
    numbers: dict[int, int] = {}
    for deployment, number in session.exec(query):
        numbers[deployment] = max(number, numbers.get(deployment, 0))
    return numbers


def due(now: datetime, limit: int) -> list[Notice]:
    """Claim up to `limit` notices whose turn it is: nobody else tries them before the try must be over."""
    due_at = col(AlertNotice.due_at)
    turn = col(AlertNotice.done_at).is_(None), or_(due_at <= now, due_at > now + AHEAD)
    with reading() as session:
        if session.exec(select(AlertNotice.id).where(*turn).limit(1)).first() is None:
            return []  # without the writers' turn
    query = (
        select(AlertNotice, AlertReceiver, Deployment)
        .join(AlertReceiver, col(AlertReceiver.id) == AlertNotice.receiver_id)
        .join(Deployment, col(Deployment.id) == AlertNotice.deployment_id)
        .where(*turn)
        .order_by(col(AlertNotice.attempts), due_at, col(AlertNotice.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=AlertNotice)
    )
    with transaction() as session:
        session.exec(update(AlertNotice).where(*turn, col(AlertNotice.attempts) >= MOST_TRIES).values(done_at=now))
        found = session.exec(query).all()
        for notice, _, _ in found:
            notice.attempts += 1
            notice.due_at = now + CLAIM
    return [_notice(*each) for each in found]


def _notice(row: AlertNotice, receiver: AlertReceiver, deployment: Deployment) -> Notice:
    opened = vault.unseal_if_readable(receiver.address_sealed)
    return Notice(
        id=row.id,
        attempt=row.attempts,
        event=row.event,
        facts=row.facts,
        created_at=row.created_at,
        slug=deployment.slug,
        name=deployment.name,
        receiver_id=receiver.id,
        kind=receiver.kind,
        language=receiver.language,
        address=None if opened is None else opened["address"],
        secret=callback_secrets.signing_secret(deployment.slug, deployment.callback_secret),
    )


def sent(notice: Notice, *, delivered: bool, message: str = "", final: bool = False, now: datetime) -> None:
    """Write how a try ended; one that failed is made again later, unless it is `final`, a test, or an hour old."""
    pause = timedelta(seconds=pause_s(notice.attempt))
    over = delivered or final or notice.event is NoticeEvent.TEST or now + pause > notice.created_at + KEPT_TRYING
    mine = [col(AlertNotice.id) == notice.id]
    if not delivered:  # a later try may be under way; what was taken is done in any case
        mine.append(col(AlertNotice.attempts) == notice.attempt)
    values = {"done_at": now} if over else {"due_at": now + pause}
    words = storable(message)[:MOST_MESSAGE]
    with transaction() as session:
        session.exec(update(AlertNotice).where(*mine).values(**values))
        session.exec(
            update(AlertReceiver)
            .where(col(AlertReceiver.id) == notice.receiver_id)
            .values(tried_at=now, delivered=delivered, message=words)
        )
    hints.publish(f"deployment:{notice.slug}")


def pause_s(attempt: int) -> float:
    """Return how long to wait after a try that failed: twice as long each time, up to five minutes."""
    return float(min(FIRST_PAUSE_S * 2 ** min(attempt - 1, 16), LONGEST_PAUSE_S))


def forget(now: datetime) -> None:
    """Drop notices that were done with long ago."""
    with transaction() as session:
        session.exec(delete(AlertNotice).where(col(AlertNotice.done_at) < now - KEPT))
