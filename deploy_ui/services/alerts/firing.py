"""Writes down how rules stand after a look: what fires, what is over, and who is to be told.

No person asks here, so there is no viewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session, SQLModel, col, delete, select

from deploy_ui import hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind
from deploy_ui.enums.alerts import AlertEnd, AlertKind, AlertPhase
from deploy_ui.models import Alert, AlertNotice, AlertRule, Deployment
from deploy_ui.services import events
from deploy_ui.services.alerts import telling
from deploy_ui.services.alerts.conditions import LONGEST_LOOK_S, Standing
from deploy_ui.services.alerts.watching import Rule, Subject

KEPT = timedelta(days=30)
"""How long alerts that are over are kept."""
MOST_KEPT = 500
"""Alerts of one deployment that are kept, however young."""


@dataclass(frozen=True)
class Step:
    """How a rule stands after a look."""

    subject: Subject
    rule: Rule
    after: Standing

    @property
    def changed(self) -> bool:
        """Say whether anything is to be written."""
        return self.after != self.rule.standing

    @property
    def turned(self) -> bool:
        """Say whether people see another state."""
        return self.after.phase is not self.rule.standing.phase


def keep(steps: Sequence[Step], seconds: float, now: datetime) -> None:
    """Write the steps of one look, and whom it tells. A rule that a person has changed meanwhile is left alone."""
    changed = [each for each in steps if each.changed]
    if not changed and not _any_open():
        return
    with transaction() as session:
        _write_values(session, [each for each in changed if not each.turned])
        written = [each for each in changed if not each.turned or _write(session, each)]
        for each in written:
            if each.turned:
                _turn(session, each, now)
        session.flush()
        _refresh(session, written)
        telling.tell_all(session, min(seconds, LONGEST_LOOK_S), now)
    _hint(written)


def end(session: Session, rule: AlertRule, outcome: AlertEnd, now: datetime, *, by: str = "") -> None:
    """End what a rule fires, in the caller's transaction; whoever was told of it is told that it is over."""
    rule.phase, rule.held_s, rule.value = AlertPhase.QUIET, 0.0, None
    for alert in session.exec(select(Alert).where(Alert.rule_id == rule.id, col(Alert.ended_at).is_(None))):
        _end(session, alert, outcome, now, by)


def pairs() -> list[tuple[str, str]]:
    """Return what fires now: the slug of the deployment and the kind of the rule."""
    with reading() as session:
        query = select(Deployment.slug, Alert.kind).join(Deployment).where(col(Alert.ended_at).is_(None))
        return sorted({(slug, str(kind)) for slug, kind in session.exec(query)})


def forget(now: datetime) -> None:
    """Drop alerts that were over long ago, and the oldest of a deployment that has very many."""
    with transaction() as session:
        old = set(session.exec(select(Alert.id).where(col(Alert.ended_at) < now - KEPT)))
        for deployment in session.exec(select(Alert.deployment_id).distinct()).all():
            ended = select(Alert.id).where(Alert.deployment_id == deployment, col(Alert.ended_at).is_not(None))
            old.update(session.exec(ended.order_by(col(Alert.id).desc()).offset(MOST_KEPT)))
        for some in _portions(sorted(old)):
            session.exec(delete(AlertNotice).where(col(AlertNotice.alert_id).in_(some)))
            session.exec(delete(Alert).where(col(Alert.id).in_(some)))


def _portions(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[place : place + size] for place in range(0, len(ids), size))


def _any_open() -> bool:
    with reading() as session:
        return session.exec(select(Alert.id).where(col(Alert.ended_at).is_(None)).limit(1)).first() is not None


def _write(session: Session, step: Step) -> bool:
    """Write that a rule stands otherwise; say whether it was still as it was read."""
    before, after = step.rule.standing, step.after
    same = col(AlertRule.id) == step.rule.id, col(AlertRule.phase) == before.phase, col(AlertRule.enabled).is_(True)
    values = {"phase": after.phase, "held_s": after.held_s, "value": after.value}
    return bool(session.exec(update(AlertRule).where(*same).values(**values)).rowcount)


def _write_values(session: Session, steps: Sequence[Step]) -> None:
    """Write what was measured of rules that stand as before: of many at once, since that is nearly all of them."""
    if not steps:
        return
    table = SQLModel.metadata.tables["alert_rule"]
    same = table.c.id == bindparam("of_rule"), table.c.phase == bindparam("before"), table.c.enabled.is_(True)
    rows = [
        {
            "of_rule": each.rule.id,
            "before": each.after.phase,
            "new_held_s": each.after.held_s,
            "new_value": each.after.value,
        }
        for each in steps
    ]
    write = update(table).where(*same).values(held_s=bindparam("new_held_s"), value=bindparam("new_value"))
    session.connection().execute(write, rows)


def _turn(session: Session, step: Step, now: datetime) -> None:
    """Begin or end an alert."""
    if step.after.phase is AlertPhase.FIRING:
        _begin(session, step, now)
    elif step.rule.standing.phase is AlertPhase.FIRING:
        judged = step.subject.running if step.rule.kind is AlertKind.BUILD_FAILED else step.subject.serves
        outcome = AlertEnd.RECOVERED if judged else AlertEnd.AT_REST
        query = select(Alert).where(Alert.rule_id == step.rule.id, col(Alert.ended_at).is_(None))
        for alert in session.exec(query):
            _end(session, alert, outcome, now)


def _begin(session: Session, step: Step, now: datetime) -> None:
    rule, value = step.rule, step.after.value
    alert = Alert(
        deployment_id=step.subject.id,
        rule_id=rule.id,
        kind=rule.kind,
        threshold=rule.terms.threshold,
        minutes=rule.terms.minutes,
        fired_at=now,
        value=value,
        worst=value,
    )
    session.add(alert)
    events.record(session, step.subject.id, EventKind.ALERT_FIRED, **_facts(alert))


def _end(session: Session, alert: Alert, outcome: AlertEnd, now: datetime, by: str = "") -> None:
    alert.ended_at, alert.outcome, alert.ended_by = max(now, alert.fired_at), outcome, by
    events.record(session, alert.deployment_id, EventKind.ALERT_RESOLVED, by, **_facts(alert))
    if alert.told:
        telling.tell_end(session, alert, now)


def _refresh(session: Session, steps: Iterable[Step]) -> None:
    """Write the newest values of what fires into the alerts."""
    values = {each.rule.id: each.after.value for each in steps if each.after.phase is AlertPhase.FIRING}
    if not values:
        return
    for alert in session.exec(select(Alert).where(col(Alert.ended_at).is_(None))):
        value = values.get(alert.rule_id)
        if value is not None:
            alert.value, alert.worst = value, max(value, alert.worst or 0)


def _facts(alert: Alert) -> dict[str, Any]:
    return {"alert": alert.kind.value, "value": alert.value, "threshold": alert.threshold}


def _hint(written: Iterable[Step]) -> None:
    seen = {each.subject.slug for each in written if each.turned or each.after.phase is AlertPhase.FIRING}
    topics = [f"deployment:{slug}" for slug in seen]
    if any(each.turned for each in written):
        topics.append("deployments")
    if topics:
        hints.publish(*topics)
