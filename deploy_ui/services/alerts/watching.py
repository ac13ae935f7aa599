"""The rules that the monitor judges, with what the database knows of their deployments.

No person asks here, so there is no viewer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, and_, col, func, or_, select

from deploy_ui.db import reading
from deploy_ui.enums import ImageStatus, Phase, Reason, Wish
from deploy_ui.enums.alerts import AlertKind, AlertPhase
from deploy_ui.models import AlertRule, Deployment, Image, Revision
from deploy_ui.services.alerts.conditions import Standing
from deploy_ui.services.alerts.templates import Terms


@dataclass(frozen=True)
class Subject:
    """What is known of a deployment without measuring."""

    id: int
    slug: str
    running: bool
    serves: bool
    ready: int
    build_failed: bool | None
    """Its image did, or the newest revision was given up because its image did; None while it is built again."""


@dataclass(frozen=True)
class Rule:
    """One rule that is switched on."""

    id: int
    kind: AlertKind
    terms: Terms
    standing: Standing


def watched() -> dict[Subject, list[Rule]]:
    """Return every rule that is switched on, by its deployment; of one that is gone those that still fire."""
    with reading() as session:
        subjects = {each.id: each for each in _subjects(session)}
        known = or_(col(Deployment.phase) != Phase.DELETED, col(AlertRule.phase) != AlertPhase.QUIET)
        rules = select(AlertRule).join(Deployment).where(col(AlertRule.enabled).is_(True), known)
        found: dict[Subject, list[Rule]] = {}
        for row in session.exec(rules.order_by(col(AlertRule.id))):
            if row.deployment_id in subjects:
                found.setdefault(subjects[row.deployment_id], []).append(_rule(row))
    return found


def _subjects(session: Session) -> Iterator[Subject]:
    """Yield the deployments that are there, and those that are gone of which something still fires."""
    newest = select(col(Revision.deployment_id), func.max(col(Revision.number)).label("number"))
    last = newest.group_by(col(Revision.deployment_id)).subquery()
    given_up = and_(
        col(Revision.deployment_id) == last.c.deployment_id,
        col(Revision.number) == last.c.number,
        col(Revision.reason) == Reason.IMAGE_FAILED,
        col(Revision.failed_at).is_not(None),
    )
    unquiet = select(AlertRule.deployment_id).where(AlertRule.phase != AlertPhase.QUIET)
    query = (
        select(Deployment, Image.status, Revision.number)
        .join(Image, col(Image.id) == Deployment.image_id)
        .outerjoin(last, last.c.deployment_id == Deployment.id)
        .outerjoin(Revision, given_up)
        .where(or_(col(Deployment.phase) != Phase.DELETED, col(Deployment.id).in_(unquiet)))
    )
    for deployment, image_status, number in session.exec(query):
        failed = image_status is ImageStatus.FAILED or number is not None
        unfinished = ImageStatus(image_status).unfinished
        yield _subject(deployment, build_failed=None if unfinished and not failed else failed)


def _rule(row: AlertRule) -> Rule:
    terms = Terms(row.threshold, row.minutes, row.least_requests)
    return Rule(row.id, row.kind, terms, Standing(row.phase, row.held_s, row.value))


def _subject(row: Deployment, *, build_failed: bool | None) -> Subject:
    running, ready = row.wish is Wish.RUN, row.ready_instances
    return Subject(
        id=row.id,
        slug=row.slug,
        running=running,
        serves=running and row.instances > 0 and (ready > 0 or row.reason is not Reason.IMAGE_BUILDING),
        ready=ready,
        build_failed=build_failed,
    )
