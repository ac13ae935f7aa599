"""How instances begin, get ready and end, as the monitor counts it. No person asks here, so there is no viewer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select

from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, EventKind, Reason
from deploy_ui.models import Event, Instance

KINDS = (EventKind.INSTANCE_ENDED, EventKind.WOKEN)


@dataclass(frozen=True)
class Happening:
    """An instance ended by itself, or a deployment was woken."""

    id: int
    """Grows; those of transactions at one time may be committed in another order."""
    deployment_id: int
    kind: EventKind
    at: datetime
    reason: str
    """Of the end; empty for a waking."""

    @property
    def out_of_memory(self) -> bool:
        """Say whether the instance took more memory than it may."""
        return self.reason == Reason.OUT_OF_MEMORY


@dataclass(frozen=True)
class Birth:
    """How far an instance got."""

    key: str
    deployment_id: int
    started_at: datetime | None
    ready_at: datetime | None
    """When it became ready first."""
    ended: bool


def last_event_until(at: datetime) -> int:
    """Return the id of the last event that was noted at that moment or before; 0 if there is none."""
    with reading() as session:
        query = select(Event.id).where(Event.at <= at).order_by(col(Event.id).desc()).limit(1)
        return session.exec(query).first() or 0


def happenings(after: int) -> list[Happening]:
    """Return what happened in events with a greater id, in their order."""
    query = select(Event).where(col(Event.id) > after, col(Event.kind).in_(KINDS)).order_by(col(Event.id))
    with reading() as session:
        return [
            Happening(each.id, each.deployment_id, each.kind, each.at, str(each.facts.get("reason", "")))
            for each in session.exec(query)
        ]


def births(keys: Collection[str], since: datetime) -> list[Birth]:
    """Return these instances, and all that were born since."""
    columns = (Instance.key, Instance.deployment_id, Instance.started_at, Instance.ready_at, Instance.status)
    query = select(*columns).where(or_(col(Instance.key).in_(keys), col(Instance.created_at) > since))  # type: ignore[call-overload]
    with reading() as session:
        return [
            Birth(key, deployment, started_at, ready_at, status in ENDED_STATUSES)
            for key, deployment, started_at, ready_at, status in session.exec(query)
        ]


def first_ready(deployment_id: int, since: datetime) -> datetime | None:
    """Return when the first instance became ready that did so at that moment or later."""
    mine = col(Instance.deployment_id) == deployment_id, col(Instance.ready_at) >= since
    with reading() as session:
        return session.exec(select(func.min(Instance.ready_at)).where(*mine)).one()
