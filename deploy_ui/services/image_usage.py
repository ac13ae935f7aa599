"""Which deployments use an image, or did: for its card, and to say what its deletion would take away."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, InstanceStatus, Phase, Role, Wish
from deploy_ui.models import Deployment, Image, Instance, Revision
from deploy_ui.services import images, lookup
from deploy_ui.services.viewer import Viewer

LEAVING = (*ENDED_STATUSES, InstanceStatus.STOPPING)
"""Instances that no longer keep their image."""


@dataclass(frozen=True)
class UsageRow:
    """One deployment that uses the image, or did."""

    slug: str
    name: str
    phase: Phase
    now: bool
    """It wants the image, or instances of an older revision still run on it: the image cannot be deleted."""
    wanted: bool
    """Its wanted revision is of this image."""
    revisions: list[int]
    """The numbers of its revisions of this image, ascending."""
    ready_instances: int
    """On this image."""
    wanted_instances: int
    """0 where it wants another image, sleeps or is stopped."""
    used_from: datetime | None
    used_until: datetime | None
    """None while it uses it."""
    lost: list[int]
    """Revisions that it could be rolled back to, and could not be without the image."""


@dataclass
class _Ran:
    """What its instances on the image say."""

    running: int = 0
    ready: int = 0
    ended_at: datetime | None = None


def rows(viewer: Viewer, image_id: str) -> list[UsageRow]:
    """Return every deployment that uses the image or did before: those of now first, then the last ones."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        image = images.find(session, image_id)
        revisions = _revisions(session, image.id)
        ran = _ran(session, image.id)
        query = select(Deployment).where(or_(Deployment.image_id == image.id, col(Deployment.id).in_(revisions)))
        found = [_row(each, image, revisions[each.id], ran[each.id]) for each in session.exec(query)]
    found.sort(key=lambda each: (each.name.lower(), each.slug))
    found.sort(key=lambda each: _time(each.used_from if each.now else each.used_until), reverse=True)
    return sorted(found, key=lambda each: not each.now)


def _revisions(session: Session, image_id: str) -> defaultdict[int, list[Revision]]:
    """Return all revisions of each deployment that had one of the image, ascending."""
    had = select(Revision.deployment_id).where(Revision.image_id == image_id)
    query = select(Revision).where(col(Revision.deployment_id).in_(had)).order_by(col(Revision.number))
    found = defaultdict[int, list[Revision]](list)
    for each in session.exec(query):
        found[each.deployment_id].append(each)
    return found


def _ran(session: Session, image_id: str) -> defaultdict[int, _Ran]:
    query = (
        select(Instance.deployment_id, Instance.status, func.count(), func.max(Instance.ended_at))
        .where(Instance.image_id == image_id)
        .group_by(col(Instance.deployment_id), col(Instance.status))
    )
    found = defaultdict[int, _Ran](_Ran)
    for deployment_id, status, count, ended_at in session.exec(query):
        ran = found[deployment_id]
        ran.running += count if status not in LEAVING else 0
        ran.ready += count if status == InstanceStatus.READY else 0
        ran.ended_at = max(filter(None, (ran.ended_at, ended_at)), default=None)
    return found


def _row(deployment: Deployment, image: Image, revisions: Sequence[Revision], ran: _Ran) -> UsageRow:
    live = deployment.wish != Wish.DELETE
    wanted = live and deployment.image_id == image.id
    now = wanted or (live and ran.running > 0)
    own = [each.number for each in revisions if each.image_id == image.id]
    return UsageRow(
        slug=deployment.slug,
        name=deployment.name,
        phase=deployment.phase,
        now=now,
        wanted=wanted,
        revisions=own,
        ready_instances=ran.ready if now else 0,
        wanted_instances=deployment.instances if wanted and deployment.wish == Wish.RUN else 0,
        used_from=next((each.created_at for each in revisions if each.image_id == image.id), deployment.created_at),
        used_until=None if now else _until(deployment, image.id, revisions, ran),
        lost=[each for each in own if each != deployment.revision] if live and lookup.usable(image) else [],
    )


def _until(deployment: Deployment, image_id: str, revisions: Sequence[Revision], ran: _Ran) -> datetime:
    """Return since when it has no use for the image, as far as its revisions and the instances still known tell.

    The last revision of the image ended when it was given up, when the next one came, or when a person changed the
    deployment: deleted it, or took an older revision again.
    """
    last = max((at for at, each in enumerate(revisions) if each.image_id == image_id), default=-1)
    following = revisions[last + 1 : last + 2]
    if last < 0 or deployment.image_id == image_id:
        ended = deployment.changed_at
    else:
        ended = revisions[last].failed_at or (following[0].created_at if following else deployment.changed_at)
    return max(ended, ran.ended_at) if ran.ended_at else ended


def _time(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
