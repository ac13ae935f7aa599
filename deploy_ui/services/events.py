"""What happened to a deployment, for its timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import EventKind, Role
from deploy_ui.models import Event
from deploy_ui.services import lookup, paging
from deploy_ui.services.viewer import Viewer


@dataclass(frozen=True)
class EventRow:
    """One line of the timeline."""

    at: datetime
    kind: EventKind
    actor: str
    """The person's name as it was then; empty: the product itself."""
    facts: dict[str, Any]


def rows(viewer: Viewer, slug: str, *, limit: int = 30) -> list[EventRow]:
    """Return the newest events, newest first."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        newest = (
            select(Event)
            .where(Event.deployment_id == deployment.id)
            .order_by(col(Event.at).desc(), col(Event.id).desc())
            .limit(paging.checked_limit(limit))
        )
        return [
            EventRow(at=event.at, kind=event.kind, actor=event.actor, facts=event.facts)
            for event in session.exec(newest)
        ]


def record(session: Session, deployment_id: int, kind: EventKind, actor: str = "", **facts: object) -> None:
    """Write one line of the timeline in the caller's transaction. Facts are plain JSON and hold no secret."""
    session.add(Event(deployment_id=deployment_id, at=clock.now(), kind=kind, actor=actor, facts=facts))
