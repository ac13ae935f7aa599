"""The alert rules of a deployment, as people see and change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, func, select

from deploy_ui import clock, hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import Role
from deploy_ui.enums.alerts import AlertEnd, AlertKind, AlertPhase
from deploy_ui.errors import Conflict, Invalid, NotFound
from deploy_ui.models import AlertRule, Deployment
from deploy_ui.services import lookup
from deploy_ui.services.alerts import firing
from deploy_ui.services.alerts.templates import TEMPLATES, terms
from deploy_ui.services.viewer import Viewer

MOST_RULES = 20
"""Of one deployment."""
LONGEST_MUTE_S = 30 * 86_400


@dataclass(frozen=True)
class RuleRow:
    """One rule, and how it stands."""

    id: int
    kind: AlertKind
    threshold: float
    """What must be exceeded: a share, seconds, or a number of instances; 0 for kinds that have none."""
    minutes: int
    least_requests: int
    enabled: bool
    muted: bool
    muted_until: datetime | None
    """None of one that is muted: until somebody unmutes it."""
    muted_by: str
    phase: AlertPhase
    value: float | None
    """What was measured last; None when there was nothing to measure."""


def begin(session: Session, deployment_id: int) -> None:
    """Give a new deployment the rules that are sensible for every one, in the caller's transaction."""
    session.add_all(_rule(deployment_id, kind, {}) for kind, each in TEMPLATES.items() if each.begins)


def rows(viewer: Viewer, slug: str) -> list[RuleRow]:
    """Return the rules, in the order of their kinds."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        found = session.exec(select(AlertRule).where(AlertRule.deployment_id == deployment.id)).all()
        order = list(AlertKind)
        now = clock.now()
        return [row(each, now) for each in sorted(found, key=lambda each: (order.index(each.kind), each.id))]


def create(viewer: Viewer, slug: str, kind: AlertKind, numbers: Mapping[str, float | None]) -> RuleRow:
    """Add a rule: `threshold`, `minutes` and `least_requests` are the usual ones of its kind unless they are given."""
    viewer.require(Role.EDITOR)
    made = _rule(0, kind, numbers)
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        count = select(func.count()).select_from(AlertRule).where(AlertRule.deployment_id == deployment.id)
        if session.exec(count).one() >= MOST_RULES:
            raise Conflict("alert_rules_many", most=MOST_RULES)
        made.deployment_id = deployment.id
        session.add(made)
        session.flush()
    _tell(slug)
    return row(made, clock.now())


def change(
    viewer: Viewer, slug: str, rule_id: int, numbers: Mapping[str, float | None], *, enabled: bool | None = None
) -> RuleRow:
    """Change a rule's numbers, or switch it off and on; what is not given stays. One that is off ends its alert."""
    viewer.require(Role.EDITOR)
    now = clock.now()
    with transaction() as session:
        rule = _found(session, slug, rule_id)
        present: dict[str, float | None] = {
            name: getattr(rule, name) for name, bounds in TEMPLATES[rule.kind].numbers.items() if bounds
        }
        wanted = terms(rule.kind, {**present, **{name: each for name, each in numbers.items() if each is not None}})
        rule.threshold, rule.minutes, rule.least_requests = wanted.threshold, wanted.minutes, wanted.least_requests
        rule.enabled = rule.enabled if enabled is None else enabled
        if not rule.enabled:
            firing.end(session, rule, AlertEnd.RULE_CHANGED, now, by=viewer.name)
        changed = row(rule, now)
    _tell(slug)
    return changed


def remove(viewer: Viewer, slug: str, rule_id: int) -> None:
    """Remove a rule, which ends its alert. What it fired stays in the history."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        rule = _found(session, slug, rule_id)
        firing.end(session, rule, AlertEnd.RULE_CHANGED, clock.now(), by=viewer.name)
        session.delete(rule)
    _tell(slug)


def mute(viewer: Viewer, slug: str, rule_id: int, seconds: int | None) -> RuleRow:
    """Send no notices of it for some time, or, with None, until somebody unmutes it. It is judged as before."""
    viewer.require(Role.EDITOR)
    if seconds is not None and not 1 <= seconds <= LONGEST_MUTE_S:
        raise Invalid("out_of_range", field="seconds", low=1, high=LONGEST_MUTE_S)
    now = clock.now()
    until = None if seconds is None else now + timedelta(seconds=seconds)
    return _mute(viewer, slug, rule_id, now, until)


def unmute(viewer: Viewer, slug: str, rule_id: int) -> RuleRow:
    """Send notices of it again; twice is fine."""
    viewer.require(Role.EDITOR)
    return _mute(viewer, slug, rule_id, None, None)


def row(rule: AlertRule, now: datetime) -> RuleRow:
    """Return a rule as people see it."""
    muted = rule.muted_at is not None and (rule.muted_until is None or rule.muted_until > now)
    return RuleRow(
        id=rule.id,
        kind=rule.kind,
        threshold=rule.threshold,
        minutes=rule.minutes,
        least_requests=rule.least_requests,
        enabled=rule.enabled,
        muted=muted,
        muted_until=rule.muted_until if muted else None,
        muted_by=rule.muted_by if muted else "",
        phase=rule.phase,
        value=rule.value,
    )


def _rule(deployment_id: int, kind: AlertKind, numbers: Mapping[str, float | None]) -> AlertRule:
    return AlertRule(deployment_id=deployment_id, kind=kind, **vars(terms(kind, numbers)))


def _mute(viewer: Viewer, slug: str, rule_id: int, since: datetime | None, until: datetime | None) -> RuleRow:
    with transaction() as session:
        rule = _found(session, slug, rule_id)
        rule.muted_at, rule.muted_until = since, until
        rule.muted_by = viewer.name if since else ""
        changed = row(rule, clock.now())
    _tell(slug)
    return changed


def _found(session: Session, slug: str, rule_id: int) -> AlertRule:
    """Return a rule of a deployment that is not deleted, to change it."""
    deployment: Deployment = lookup.live_deployment(session, slug)
    mine = AlertRule.id == rule_id, AlertRule.deployment_id == deployment.id
    query = select(AlertRule).where(*mine).with_for_update()
    found = session.exec(query).first() if 0 < rule_id < 2**31 else None
    if found is None:
        raise NotFound("alert_rule_not_found")
    return found


def _tell(slug: str) -> None:
    hints.publish("deployments", f"deployment:{slug}")
