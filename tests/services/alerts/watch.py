"""Lets rules of a deployment be judged without waiting for the monitor."""

from datetime import datetime

from sqlmodel import col, select

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums.alerts import AlertKind, AlertPhase
from deploy_ui.models import AlertNotice
from deploy_ui.services.alerts import firing, rules, watching
from deploy_ui.services.alerts.conditions import Standing
from deploy_ui.services.alerts.firing import Step
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer

LOOK_S = 15.0


def rule_id(viewer: Viewer, card: DeploymentCard, kind: AlertKind) -> int:
    """Return the first rule of a kind."""
    return next(each.id for each in rules.rows(viewer, card.slug) if each.kind is kind)


def stand(
    card: DeploymentCard,
    kind: AlertKind,
    phase: AlertPhase,
    *,
    value: float | None = 0.5,
    now: datetime | None = None,
    seconds: float = LOOK_S,
) -> None:
    """Let all rules of a kind stand so after a look."""
    [(subject, found)] = [each for each in watching.watched().items() if each[0].slug == card.slug]
    steps = [Step(subject, each, Standing(phase, 0.0, value) if each.kind is kind else each.standing) for each in found]
    firing.keep(steps, seconds, now or clock.now())


def notices() -> list[AlertNotice]:
    """Return everything in the outbox, oldest first."""
    with reading() as session:
        return list(session.exec(select(AlertNotice).order_by(col(AlertNotice.id))))


def events() -> list[str]:
    """Return what the outbox tells, oldest first."""
    return [each.event.value for each in notices()]
