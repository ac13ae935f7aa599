"""Deployments: what people want to run. The controller makes it so."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from deploy_ui import clock, hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, Phase, Role, ScaleCause, Wish
from deploy_ui.errors import Conflict
from deploy_ui.models import Deployment
from deploy_ui.services import cards, configuration, events, keys, lookup, revisions, slugs, wanted
from deploy_ui.services.alerts import rules
from deploy_ui.services.calls import changes as calls
from deploy_ui.services.cards import DeploymentCard, DeploymentRow
from deploy_ui.services.configuration import Change, NewDeployment
from deploy_ui.services.paging import DEFAULT_LIMIT, Page
from deploy_ui.services.viewer import Viewer

__all__ = ["Change", "DeploymentCard", "DeploymentRow", "Effect", "NewDeployment"]

TRIES = 5
"""How often a name or a slug may be snatched away by somebody at the same moment."""


@dataclass(frozen=True)
class Effect:
    """What a rollback will do."""

    restarts: int
    """Instances that will be replaced, one by one, while the old ones serve."""
    revision: int
    """The revision that is wanted then."""


def rows(
    viewer: Viewer,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    search: str = "",
    status: Phase | None = None,
) -> Page[DeploymentRow]:
    """Return one page: what needs attention first. Deleted ones only when asked for."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        return cards.page(session, limit=limit, cursor=cursor, search=search, status=status)


def counts(viewer: Viewer) -> dict[str, int]:
    """Return how many deployments each phase has; phases without any are left out."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        grouped = select(Deployment.phase, func.count()).group_by(col(Deployment.phase))
        return {Phase(phase).value: number for phase, number in session.exec(grouped)}


def card(viewer: Viewer, slug: str) -> DeploymentCard:
    """Return the card; a deleted deployment still has one."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        return cards.card(session, lookup.deployment(session, slug))


def create(viewer: Viewer, new: NewDeployment) -> DeploymentCard:
    """Record a new deployment; the controller starts it."""
    viewer.require(Role.EDITOR)
    made = _retried(lambda: _create(viewer, new))
    _tell(made.slug)
    return made


def change(viewer: Viewer, slug: str, change: Change, *, generation: int | None = None) -> DeploymentCard:
    """Change what is wanted. New instances come up before the old ones go; nothing changed does nothing.

    Raises Conflict("deployment_changed") if `generation` is given and no longer the deployment's.
    """
    viewer.require(Role.EDITOR)
    made = _retried(lambda: _change(viewer, slug, change, generation))
    _tell(slug)
    return made


def roll_back(viewer: Viewer, slug: str, number: int) -> DeploymentCard:
    """Want an older revision again, or one that failed; it comes up before the instances of the present one go.

    Raises NotFound if there is none, Conflict if it is wanted already or its image cannot be run any more.
    """
    viewer.require(Role.EDITOR)
    made = _retried(lambda: _roll_back(viewer, slug, number))
    _tell(slug)
    return made


def roll_back_effect(viewer: Viewer, slug: str, number: int) -> Effect:
    """Return what rolling back would do."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        return Effect(restarts=wanted.running(session, deployment, but_of=number), revision=number)


def scale(viewer: Viewer, slug: str, instances: int) -> DeploymentCard:
    """Run this many instances, within the deployment's bounds."""
    return change(viewer, slug, Change(instances=instances))


def start(viewer: Viewer, slug: str) -> DeploymentCard:
    """Run it again after it was stopped."""
    return _wish(viewer, slug, Wish.RUN, EventKind.STARTED)


def stop(viewer: Viewer, slug: str) -> DeploymentCard:
    """End its instances; only a person starts it again."""
    return _wish(viewer, slug, Wish.STOP, EventKind.STOPPED)


def delete(viewer: Viewer, slug: str) -> DeploymentCard:
    """End it for ever, and with it its keys and the calls that wait.

    The card stays, the name becomes free, the slug does not.
    """
    return _wish(viewer, slug, Wish.DELETE, EventKind.DELETED)


def _create(viewer: Viewer, new: NewDeployment) -> DeploymentCard:
    with transaction() as session:
        image = lookup.usable_image(session, new.image)
        born = configuration.first(new, image.id)
        wanted.require_free_name(session, born.name)
        slug = slugs.checked_slug(session, new.slug) if new.slug else slugs.free_slug(session, born.name)
        now = clock.now()
        deployment = Deployment(
            slug=slug,
            name=born.name,
            live_name=born.name,
            image_id=image.id,
            created_at=now,
            created_by=viewer.person_id,
            changed_at=now,
            changed_by=viewer.person_id,
            phase_since=now,
        )
        wanted.write(deployment, born)
        session.add(deployment)
        session.flush()
        revisions.record(session, deployment, viewer)
        rules.begin(session, deployment.id)
        events.record(session, deployment.id, EventKind.CREATED, viewer.name, image=image.name)
        return cards.card(session, deployment)


def _change(viewer: Viewer, slug: str, change: Change, generation: int | None) -> DeploymentCard:
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        if generation not in {None, deployment.generation}:
            raise Conflict("deployment_changed", generation=deployment.generation)
        old = wanted.read(deployment)
        new = wanted.after(session, old, change)
        differing = configuration.differences(old, new)
        if differing:
            wanted.write(deployment, new, differing)
            revisions.hide(session, deployment, set(old.env_open) - set(new.env_open))
            _touch(deployment, viewer)
            if configuration.needs_new_instances(differing):
                revisions.record(session, deployment, viewer)
            _record_change(session, viewer, deployment, differing)
            if new.instances != old.instances:
                why = ScaleCause.BOUNDS if change.instances is None else ScaleCause.PERSON
                _record_scale(session, viewer, deployment, before=old.instances, why=why)
            session.flush()
        return cards.card(session, deployment)


def _roll_back(viewer: Viewer, slug: str, number: int) -> DeploymentCard:
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        before = deployment.revision
        revisions.take(session, deployment, number)
        _touch(deployment, viewer)
        facts = {"revision": number, "from": before}
        events.record(session, deployment.id, EventKind.ROLLED_BACK, viewer.name, **facts)
        awake = configuration.awake(deployment.min_instances)
        _want(session, viewer, deployment, max(deployment.instances, awake))
        session.flush()
        return cards.card(session, deployment)


def _record_change(session: Session, viewer: Viewer, deployment: Deployment, differing: list[str]) -> None:
    beside = {"instances", *(["env_open"] if "env" in differing else [])}
    fields = [name for name in differing if name not in beside]
    if fields:
        facts = {"fields": fields, "revision": deployment.revision}
        events.record(session, deployment.id, EventKind.CHANGED, viewer.name, **facts)


def _record_scale(session: Session, viewer: Viewer, deployment: Deployment, *, before: int, why: ScaleCause) -> None:
    now = deployment.instances
    facts = {"from": before, "to": now, "instances": now, "why": why.value}
    events.record(session, deployment.id, EventKind.SCALED, viewer.name, **facts)


def _wish(viewer: Viewer, slug: str, wish: Wish, kind: EventKind) -> DeploymentCard:
    viewer.require(Role.EDITOR)
    find = lookup.locked_deployment if wish == Wish.DELETE else lookup.live_deployment
    with transaction() as session:
        deployment = find(session, slug)
        if deployment.wish != wish:
            deployment.wish = wish
            if wish == Wish.DELETE:
                deployment.live_name = None
                keys.revoke_all(session, deployment.id, viewer.name)
                calls.end_all(session, deployment.id, clock.now())
            _touch(deployment, viewer)
            events.record(session, deployment.id, kind, viewer.name)
            if wish == Wish.RUN:
                _want(session, viewer, deployment, configuration.awake(deployment.min_instances))
            session.flush()
        made = cards.card(session, deployment)
    _tell(slug)
    if wish == Wish.DELETE:
        calls.tell(slug)
    return made


def _want(session: Session, viewer: Viewer, deployment: Deployment, instances: int) -> None:
    """Want so many, with a line in the timeline if that is another number."""
    before, deployment.instances = deployment.instances, instances
    if before != instances:
        _record_scale(session, viewer, deployment, before=before, why=ScaleCause.BOUNDS)


def _touch(deployment: Deployment, viewer: Viewer) -> None:
    deployment.generation += 1
    deployment.changed_at = clock.now()
    deployment.changed_by = viewer.person_id


def _retried(verb: Callable[[], DeploymentCard]) -> DeploymentCard:
    """Run again when somebody took the name or slug between our look and our write; the next look sees theirs."""
    for _ in range(TRIES):
        try:
            return verb()
        except IntegrityError:
            continue
    raise Conflict("changed_meanwhile")


def _tell(slug: str) -> None:
    hints.publish("deployments", f"deployment:{slug}", "wanted")
