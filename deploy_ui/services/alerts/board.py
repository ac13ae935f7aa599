"""What fires now, and what fired before, as people see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.enums.alerts import AlertEnd, AlertKind
from deploy_ui.models import Alert, AlertRule
from deploy_ui.services import lookup, paging
from deploy_ui.services.alerts import rules
from deploy_ui.services.paging import Page
from deploy_ui.services.viewer import Viewer

DEFAULT_LIMIT = 20


@dataclass(frozen=True)
class AlertRow:
    """One time that a rule fired."""

    id: int
    rule_id: int | None
    """None: the rule was removed."""
    kind: AlertKind
    threshold: float
    minutes: int
    fired_at: datetime
    ended_at: datetime | None
    lasted_s: float
    """For how long it fired, until now if it still does."""
    outcome: AlertEnd | None
    ended_by: str
    """The person who switched the rule off or removed it; empty: it ended by itself."""
    value: float | None
    """The newest."""
    worst: float | None
    told: bool
    """Whether anybody was sent a notice of it."""
    left_out: bool
    """Nobody was: there were too many notices within an hour."""
    muted: bool
    muted_until: datetime | None
    """None of one that is muted: until somebody unmutes it."""


def firing(viewer: Viewer, slug: str) -> list[AlertRow]:
    """Return what fires now, oldest first, muted ones too."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = select(Alert).where(Alert.deployment_id == deployment.id, col(Alert.ended_at).is_(None))
        return _rows(session, list(session.exec(query.order_by(col(Alert.id)))))


def history(viewer: Viewer, slug: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[AlertRow]:
    """Return one page of what is over, newest first; kept 30 days."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = select(Alert).where(Alert.deployment_id == deployment.id, col(Alert.ended_at).is_not(None))
        if cursor:
            [before] = paging.decode_cursor(cursor, (int,))
            query = query.where(col(Alert.id) < before)
        found = session.exec(query.order_by(col(Alert.id).desc()).limit(paging.checked_limit(limit) + 1)).all()
        more = paging.encode_cursor([found[limit - 1].id]) if len(found) > limit else None
        return Page(_rows(session, list(found[:limit])), more)


def _rows(session: Session, alerts: list[Alert]) -> list[AlertRow]:
    ids = {each.rule_id for each in alerts}
    now = clock.now()
    known = {
        each.id: rules.row(each, now) for each in session.exec(select(AlertRule).where(col(AlertRule.id).in_(ids)))
    }
    return [_row(each, known.get(each.rule_id), now) for each in alerts]


def _row(alert: Alert, rule: rules.RuleRow | None, now: datetime) -> AlertRow:
    return AlertRow(
        id=alert.id,
        rule_id=rule.id if rule else None,
        kind=alert.kind,
        threshold=alert.threshold,
        minutes=alert.minutes,
        fired_at=alert.fired_at,
        ended_at=alert.ended_at,
        lasted_s=max(((alert.ended_at or now) - alert.fired_at).total_seconds(), 0),
        outcome=alert.outcome,
        ended_by=alert.ended_by,
        value=alert.value,
        worst=alert.worst,
        told=alert.told,
        left_out=alert.left_out,
        muted=bool(rule and rule.muted),
        muted_until=rule.muted_until if rule else None,
    )
