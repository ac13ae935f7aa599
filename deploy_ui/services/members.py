"""Every deployment as the controller needs it, read at once."""

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from sqlmodel import Session, col, or_, select

from deploy_ui import clock, vault
from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, ImageKind, ImageStatus, InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.routes import Grant
from deploy_ui.models import Deployment, Image, Instance, Key

REMEMBERED = timedelta(minutes=10)
"""How long ended instances count for back-off."""


@dataclass(frozen=True)
class Record:
    """What was written of one instance."""

    key: str
    revision: int
    status: InstanceStatus
    reason: Reason = Reason.NONE
    message: str = ""
    address: str = ""
    created_at: datetime = field(default_factory=clock.now)
    started_at: datetime | None = None
    loading_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None


@dataclass(frozen=True)
class Member:
    """One deployment as the controller needs it: what is wanted, what was seen, what may call it."""

    id: int
    slug: str
    name: str
    wish: Wish
    wanted: int
    """Instances to run when the wish is to run; 0: it sleeps."""
    generation: int
    revision: int
    phase: Phase
    reason: Reason
    message: str
    seen_generation: int
    ready_instances: int
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
    min_instances: int
    max_instances: int
    concurrency: int
    idle_timeout_s: int
    start_timeout_s: int
    request_timeout_s: int
    grants: tuple[Grant, ...]
    records: tuple[Record, ...]
    """Instances that have not ended, and those that ended in the last ten minutes, oldest first."""


def members() -> list[Member]:
    """Return every deployment that is not deleted and gone, by id."""
    now = clock.now()
    with reading() as session:
        query = (
            select(Deployment, Image)
            .join(Image, col(Image.id) == Deployment.image_id)
            .where(or_(col(Deployment.wish) != Wish.DELETE, col(Deployment.phase) != Phase.DELETED))
            .order_by(col(Deployment.id))
        )
        found = list(session.exec(query))
        ids = [deployment.id for deployment, _ in found]
        grants, records = _grants(session, ids, now), _records(session, ids, now)
    return [_member(deployment, image, grants[deployment.id], records[deployment.id]) for deployment, image in found]


def _member(deployment: Deployment, image: Image, grants: Sequence[Grant], records: Sequence[Record]) -> Member:
    env = _variables(image.env_sealed, deployment.env_sealed)
    same = {name: getattr(deployment, name) for name in SAME}
    return Member(
        **same,
        wanted=deployment.instances,
        image_status=image.status,
        image_deleted=image.deleted_at is not None,
        image_kind=image.kind,
        image_entry=image.entry,
        image_command=image.command,
        image_environment=image.environment,
        ready_path=deployment.ready_path or image.ready_path,
        env=env or {},
        env_readable=env is not None,
        grants=tuple(grants),
        records=tuple(records),
    )


SAME = (
    *("id", "slug", "name", "wish", "generation", "revision", "phase", "reason", "message", "seen_generation"),
    *("ready_instances", "image_id", "cpu", "memory_mb", "min_instances", "max_instances", "concurrency"),
    *("idle_timeout_s", "start_timeout_s", "request_timeout_s"),
)
"""Fields of a member that the row holds as they are."""


def _variables(of_image: str, own: str) -> dict[str, str] | None:
    """Return the deployment's variables over the image's; None when the sealing key is gone."""
    try:
        return {**_unsealed(of_image), **_unsealed(own)}
    except InvalidToken:
        return None


@functools.lru_cache(maxsize=2000)
def _unsealed(sealed: str) -> Mapping[str, str]:
    """Remember what was unsealed: the controller asks for the same values many times a second."""
    return vault.unseal(sealed)


def _grants(session: Session, ids: Sequence[int], now: datetime) -> dict[int, list[Grant]]:
    live = (
        select(Key)
        .where(col(Key.deployment_id).in_(ids), col(Key.disabled_at).is_(None), col(Key.revoked_at).is_(None))
        .where(or_(col(Key.expires_at).is_(None), col(Key.expires_at) > now))
        .order_by(col(Key.id))
    )
    grants: dict[int, list[Grant]] = defaultdict(list)
    for key in session.exec(live):
        grants[key.deployment_id].append(Grant(id=key.id, addresses=tuple(key.addresses)))
    return grants


def _records(session: Session, ids: Sequence[int], now: datetime) -> dict[int, list[Record]]:
    recent = or_(col(Instance.status).not_in(ENDED_STATUSES), col(Instance.ended_at) >= now - REMEMBERED)
    query = (
        select(Instance)
        .where(col(Instance.deployment_id).in_(ids), recent)
        .order_by(col(Instance.created_at), col(Instance.key))
    )
    records: dict[int, list[Record]] = defaultdict(list)
    for instance in session.exec(query):
        records[instance.deployment_id].append(_record(instance))
    return records


def _record(instance: Instance) -> Record:
    return Record(**{each.name: getattr(instance, each.name) for each in fields(Record)})
