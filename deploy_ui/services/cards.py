"""What the console shows of deployments: rows of the list, and the card. Nothing secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from deploy_ui import clock, vault
from deploy_ui.enums import ImageKind, ImageStatus, Phase, Reason, Wish
from deploy_ui.models import Deployment, Image, Person
from deploy_ui.services import paging
from deploy_ui.services.alerts import telling
from deploy_ui.services.env import Env, Variable, variables
from deploy_ui.services.paging import Page
from deploy_ui.settings import settings


@dataclass(frozen=True)
class DeploymentRow:
    """One line of the list."""

    slug: str
    name: str
    phase: Phase
    wish: Wish
    """What a person wants of it, right after they said so; the phase follows."""
    reason: Reason
    message: str
    """The machine's own words; user content."""
    image_id: str
    image_name: str
    ready_instances: int
    wanted_instances: int
    last_request_at: datetime | None
    created_at: datetime
    alerts: int
    """How many alerts fire, muted ones aside."""


@dataclass(frozen=True)
class DeploymentCard(DeploymentRow):
    """Everything the card's first tab shows."""

    id: int
    url: str
    image_kind: ImageKind
    image_built_at: datetime | None
    cpu: float
    memory_mb: int
    gpu: int
    min_instances: int
    max_instances: int
    concurrency: int
    idle_timeout_s: int
    start_timeout_s: int
    request_timeout_s: int
    ready_path: str
    """The one in force: the deployment's own, else the image's."""
    revision: int
    generation: int
    settled: bool
    """Whether the phase speaks of the newest change already."""
    phase_since: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    env_names: list[str] = field(default_factory=list)
    env: list[Variable] = field(default_factory=list)
    """Of secret ones names only. Empty when the sealing key is gone."""


def page(session: Session, *, limit: int, cursor: str | None, search: str, status: Phase | None) -> Page[DeploymentRow]:
    """Return one page of the list: what needs attention first, then by name."""
    rank = case(*((col(Deployment.phase) == phase, place) for place, phase in enumerate(Phase)), else_=len(Phase))
    order = (rank, func.lower(col(Deployment.name)), col(Deployment.id))
    wanted = col(Deployment.phase) == status if status else col(Deployment.phase) != Phase.DELETED
    query = select(Deployment, Image, rank, order[1]).join(Image, col(Image.id) == Deployment.image_id).where(wanted)
    if search.strip():
        query = query.where(paging.matches(search, Deployment.name, Deployment.slug, Image.name))
    if cursor:
        query = query.where(paging.after(order, paging.decode_cursor(cursor, (int, str, int))))
    found = session.exec(query.order_by(*order).limit(paging.checked_limit(limit) + 1)).all()
    shown = found[:limit]
    alerts = telling.loud(session, [deployment.id for deployment, *_ in shown], clock.now())
    rows = [row(deployment, image, alerts.get(deployment.id, 0)) for deployment, image, *_ in shown]
    return Page(rows, _next(found, limit))


def _next(found: Sequence[tuple[Deployment, Image, int, str]], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    deployment, _, place, name = found[limit - 1]
    return paging.encode_cursor([place, name, deployment.id])


def row(deployment: Deployment, image: Image, alerts: int) -> DeploymentRow:
    """Return the list's line of one deployment."""
    return DeploymentRow(
        slug=deployment.slug,
        name=deployment.name,
        phase=deployment.phase,
        wish=deployment.wish,
        reason=deployment.reason,
        message=deployment.message,
        image_id=image.id,
        image_name=image.name,
        ready_instances=deployment.ready_instances,
        wanted_instances=deployment.instances if deployment.wish == Wish.RUN else 0,
        last_request_at=deployment.last_request_at,
        created_at=deployment.created_at,
        alerts=alerts,
    )


def card(session: Session, deployment: Deployment) -> DeploymentCard:
    """Return the card of one deployment."""
    creator, changer = aliased(Person), aliased(Person)
    image, created_by, changed_by = session.exec(
        select(Image, creator.name, changer.name)
        .select_from(Image)
        .join(creator, col(creator.id) == deployment.created_by)
        .join(changer, col(changer.id) == deployment.changed_by)
        .where(Image.id == deployment.image_id)
    ).one()
    same = {name: getattr(deployment, name) for name in SAME}
    env = variables(Env(vault.unseal_if_readable(deployment.env_sealed) or {}, deployment.env_open))
    alerts = telling.loud(session, [deployment.id], clock.now()).get(deployment.id, 0)
    return DeploymentCard(
        **vars(row(deployment, image, alerts)),
        **same,
        url=f"{settings().gateway}/{deployment.slug}",
        image_kind=image.kind,
        image_built_at=image.finished_at if image.status == ImageStatus.READY else None,
        ready_path=deployment.ready_path or image.ready_path,
        settled=deployment.seen_generation == deployment.generation,
        created_by=created_by,
        changed_by=changed_by,
        env_names=[each.name for each in env],
        env=env,
    )


SAME = (
    *("id", "cpu", "memory_mb", "gpu", "min_instances", "max_instances", "concurrency"),
    *("idle_timeout_s", "start_timeout_s", "request_timeout_s"),
    *("revision", "generation", "phase_since", "changed_at"),
)
"""Fields that the card shows as the row holds them."""
