"""Decides who is told of alerts: once when one fires, again every few hours, and when it is over; not while muted.

No person asks here, so there is no viewer.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, not_, or_
from sqlmodel import Session, and_, col, func, select

from deploy_ui.enums.alerts import AlertPhase, NoticeEvent
from deploy_ui.models import Alert, AlertReceiver, AlertRule
from deploy_ui.services.alerts import outbox

REMIND_S = 4 * 3600


def muted(now: datetime) -> ColumnElement[bool]:
    """Select rules that are muted now."""
    return and_(
        col(AlertRule.muted_at).is_not(None),
        or_(col(AlertRule.muted_until).is_(None), col(AlertRule.muted_until) > now),
    )


def loud(session: Session, deployments: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how many rules of each of these deployments fire and are not muted; those without any are left out."""
    mine = col(AlertRule.deployment_id).in_(deployments), AlertRule.phase == AlertPhase.FIRING, not_(muted(now))
    query = select(col(AlertRule.deployment_id), func.count()).where(*mine).group_by(col(AlertRule.deployment_id))
    return dict(session.exec(query).all())


def tell_all(session: Session, seconds: float, now: datetime) -> None:
    """Make the notices that are due of everything that fires, `seconds` after the last time, and not too many."""
    fires = select(Alert, muted(now)).join(AlertRule, col(AlertRule.id) == Alert.rule_id)
    due: list[Alert] = []
    for alert, is_muted in session.exec(fires.where(col(Alert.ended_at).is_(None)).order_by(col(Alert.id))).all():
        alert.silent_s += seconds
        if not is_muted and (not alert.told or alert.silent_s >= REMIND_S):
            due.append(alert)
    if not due:
        return
    deployments = sorted({each.deployment_id for each in due})
    receivers = _receivers(session, deployments)
    caused = defaultdict(int, outbox.caused(session, deployments, now))
    for alert in due:
        told = receivers.get(alert.deployment_id, [])
        if not told:
            continue
        if caused[alert.deployment_id] >= outbox.MOST_AN_HOUR:
            alert.left_out = alert.left_out or not alert.told
            continue
        caused[alert.deployment_id] += 1
        _tell(session, alert, told, now)


def tell_end(session: Session, alert: Alert, now: datetime) -> None:
    """Tell that an alert is over, muted or not: it was told that it fires."""
    receivers = _receivers(session, [alert.deployment_id]).get(alert.deployment_id, [])
    outbox.add(session, alert, NoticeEvent.RESOLVED, receivers=receivers, facts=facts(alert, 0), now=now)


def facts(alert: Alert, left_out: int) -> dict[str, Any]:
    """Return what a notice says of an alert; `left_out` others were not told of."""
    return {
        "alert": alert.kind.value,
        "value": alert.worst if alert.ended_at else alert.value,
        "threshold": alert.threshold,
        "minutes": alert.minutes,
        "since": alert.fired_at.isoformat(),
        "until": alert.ended_at.isoformat() if alert.ended_at else None,
        "outcome": alert.outcome.value if alert.outcome else None,
        "by": alert.ended_by,
        "left_out": left_out,
    }


def _tell(session: Session, alert: Alert, receivers: list[int], now: datetime) -> None:
    event = NoticeEvent.REMINDER if alert.told else NoticeEvent.FIRING
    alert.left_out = False
    query = select(Alert).where(Alert.deployment_id == alert.deployment_id, col(Alert.left_out).is_(True))
    others = [each for each in session.exec(query) if each.id != alert.id and each.ended_at]
    for each in others:
        each.left_out = False
    outbox.add(session, alert, event, receivers=receivers, facts=facts(alert, len(others)), now=now)
    alert.told, alert.silent_s = True, 0.0


def _receivers(session: Session, deployments: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    query = select(AlertReceiver.deployment_id, AlertReceiver.id).where(
        col(AlertReceiver.deployment_id).in_(deployments)
    )
    for deployment, receiver in session.exec(query.order_by(col(AlertReceiver.id))):
        found[deployment].append(receiver)
    return found
