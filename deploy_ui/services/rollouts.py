"""How changes turn out: which revision is on trial, what serves instead of it, and what became of it.

For the controller: no person asks here, so there is no viewer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, select, tuple_, update
from sqlmodel.sql.expression import Select

from deploy_ui import hints
from deploy_ui.db import transaction
from deploy_ui.enums import ENDED_STATUSES, EventKind, ImageKind, ImageStatus, Reason, Wish
from deploy_ui.models import Deployment, Image, Instance, Revision
from deploy_ui.services import events, revisions
from deploy_ui.services.messages import storable
from deploy_ui.services.variables import unsealed


@dataclass(frozen=True, kw_only=True)
class Born:
    """What instances of one revision are born with."""

    revision: int
    image_id: str
    image_status: ImageStatus
    image_deleted: bool
    image_kind: ImageKind
    image_entry: str
    image_command: str
    image_environment: str
    """Name of the folder in `environments_dir`."""
    ready_path: str
    env: dict[str, str] = field(repr=False)
    """The image's variables under the deployment's own, in clear."""
    env_readable: bool
    """False when the sealing key is not the one the variables were sealed with: then `env` is empty."""
    cpu: float
    memory_mb: int
    concurrency: int


@dataclass(frozen=True)
class Undone:
    """A revision that was rolled back by itself."""

    reason: Reason
    message: str


def birth(number: int, row: Deployment | Revision, image: Image) -> dict[str, Any]:
    """Return the fields of `Born` for a revision, from the row that holds its values."""
    env = unsealed(image.env_sealed, row.env_sealed)
    return {
        "revision": number,
        "image_id": image.id,
        "image_status": image.status,
        "image_deleted": image.deleted_at is not None,
        "image_kind": image.kind,
        "image_entry": image.entry,
        "image_command": image.command,
        "image_environment": image.environment,
        "ready_path": row.ready_path or image.ready_path,
        "env": env or {},
        "env_readable": env is not None,
        "cpu": row.cpu,
        "memory_mb": row.memory_mb,
        "concurrency": row.concurrency,
    }


def on_trial(session: Session) -> dict[int, int]:
    """Return the deployments, by id, whose wanted revision has not been ready yet, with its number."""
    wanted = and_(col(Revision.deployment_id) == Deployment.id, col(Revision.number) == Deployment.revision)
    query = (
        select(Deployment.id, Deployment.revision)
        .join(Revision, wanted)
        .where(col(Revision.ready_at).is_(None), Deployment.wish != Wish.DELETE)
    )
    return dict(session.exec(query).all())


def fallbacks(session: Session, trials: Mapping[int, int]) -> dict[int, Born]:
    """Return what can be taken again if a trial fails, by deployment: a revision that has been ready and can start.

    One that still runs goes before the newest.
    """
    if not trials:
        return {}
    live = select(Instance.deployment_id, Instance.revision).where(
        col(Instance.deployment_id).in_(trials), col(Instance.status).not_in(ENDED_STATUSES)
    )
    running = set(session.exec(live).all())
    chosen: dict[int, int] = {}
    for deployment_id, number in session.exec(_good(trials)):  # the newest first
        runs = (deployment_id, number) in running
        if deployment_id not in chosen or (runs and (deployment_id, chosen[deployment_id]) not in running):
            chosen[deployment_id] = number
    return _readable(session, chosen)


def undone(session: Session) -> dict[int, Undone]:
    """Return, by deployment, what was rolled back by itself since a person last changed it."""
    query = select(Revision).join(Deployment).where(revisions.UNDONE).order_by(col(Revision.failed_at))
    return {each.deployment_id: Undone(each.reason, each.message) for each in session.exec(query)}


def succeeded(deployment_id: int, number: int, now: datetime) -> None:
    """Write down that all wanted instances of a revision are ready: its trial is over."""
    key = (col(Revision.deployment_id) == deployment_id, col(Revision.number) == number)
    with transaction() as session:
        session.exec(update(Revision).where(*key, col(Revision.ready_at).is_(None)).values(ready_at=now))
        slug = session.exec(select(Deployment.slug).where(Deployment.id == deployment_id)).one()
    hints.publish(f"deployment:{slug}")


def give_up(
    deployment_id: int, *, generation: int, revision: int, back_to: int, reason: Reason, message: str, now: datetime
) -> bool:
    """Let the deployment want an older revision again and write down why, unless it has changed in the meantime."""
    with transaction() as session:
        deployment = session.exec(select(Deployment).where(Deployment.id == deployment_id).with_for_update()).one()
        failed, old = (session.get(Revision, (deployment_id, number)) for number in (revision, back_to))
        same = (deployment.generation, deployment.revision, deployment.wish) == (generation, revision, Wish.RUN)
        if not same or failed is None or old is None or not _starts(session, old):
            return False
        failed.failed_at = max(now, deployment.changed_at)
        failed.reason, failed.message = reason, storable(message)
        revisions.point(deployment, old)
        deployment.generation += 1
        facts: dict[str, Any] = {"revision": back_to, "from": revision, "reason": reason.value}
        events.record(session, deployment_id, EventKind.ROLLED_BACK, **facts)
    hints.publish("deployments", f"deployment:{deployment.slug}")
    return True


def _good(trials: Mapping[int, int]) -> Select[int, int]:
    return (
        select(Revision.deployment_id, Revision.number)
        .join(Image, col(Image.id) == Revision.image_id)
        .where(col(Revision.deployment_id).in_(trials), col(Revision.ready_at).is_not(None))
        .where(col(Revision.failed_at).is_(None))
        .where(col(Image.deleted_at).is_(None), Image.status == ImageStatus.READY)
        .order_by(col(Revision.number).desc())
    )


def _readable(session: Session, chosen: Mapping[int, int]) -> dict[int, Born]:
    key = tuple_(col(Revision.deployment_id), col(Revision.number))
    query = select(Revision, Image).join(Image, col(Image.id) == Revision.image_id).where(key.in_(chosen.items()))
    rows = session.exec(query)
    found = {each.deployment_id: Born(**birth(each.number, each, image)) for each, image in rows}
    return {deployment_id: each for deployment_id, each in found.items() if each.env_readable}


def _starts(session: Session, revision: Revision) -> bool:
    """Say whether instances of a revision can be started; its image is held until the transaction ends."""
    image = session.exec(select(Image).where(Image.id == revision.image_id).with_for_update()).one()
    return image.deleted_at is None and image.status == ImageStatus.READY and revision.failed_at is None
