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
from deploy_ui.services.paging import Page
from deploy_ui.services.viewer import Viewer

DEFAULT_LIMIT = 30


@dataclass(frozen=True)
class EventRow:
    """One line of the timeline."""

    at: datetime
    kind: EventKind
    actor: str
    """The person's name as it was then; empty: the product itself."""
    facts: dict[str, Any]


def rows(viewer: Viewer, slug: str, *, limit: int = DEFAULT_LIMIT) -> list[EventRow]:
    """Return the newest events, newest first."""
    return page(viewer, slug, limit=limit).items


def page(viewer: Viewer, slug: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[EventRow]:
    """Return one page of the timeline, newest first: in the order they were written, whatever the clock said then."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = select(Event).where(Event.deployment_id == deployment.id).order_by(col(Event.id).desc())
        if cursor:
            [before] = paging.decode_cursor(cursor, (int,))
            query = query.where(col(Event.id) < before)
        found = session.exec(query.limit(paging.checked_limit(limit) + 1)).all()
        items = [EventRow(each.at, each.kind, each.actor, each.facts) for each in found[:limit]]
        return Page(items, paging.encode_cursor([found[limit - 1].id]) if len(found) > limit else None)


def record(session: Session, deployment_id: int, kind: EventKind, actor: str = "", **facts: object) -> None:
    """Write one line of the timeline in the caller's transaction. Facts are plain JSON and hold no secret."""
    session.add(Event(deployment_id=deployment_id, at=clock.now(), kind=kind, actor=actor, facts=facts))
