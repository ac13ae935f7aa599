"""What the controller reads and writes: every deployment at once. No person asks here, so there is no viewer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlmodel import Session, col, func, or_, select, update

from deploy_ui import clock, hints, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, ImageKind, ImageStatus, InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.routes import Grant, KeyUse
from deploy_ui.models import Deployment, Image, Instance, Key
from deploy_ui.services import events
from deploy_ui.services.instances import MOST_ROWS, ON_PURPOSE

REMEMBERED = timedelta(minutes=10)
"""How long ended instances count for back-off."""
ENDED = [status for status in InstanceStatus if status.ended]


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
    """Instances to run when the wish is to run."""
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
    concurrency: int
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


def deleted_slugs() -> list[str]:
    """Return the slugs that are deleted and gone, sorted: the gateway answers 410 for them."""
    gone = select(Deployment.slug).where(Deployment.wish == Wish.DELETE, Deployment.phase == Phase.DELETED)
    with reading() as session:
        return sorted(session.exec(gone))


def add_instance(deployment_id: int, key: str, *, revision: int, image_id: str, now: datetime) -> None:
    """Write down an instance before it is started, so that nothing runs that nobody knows of."""
    with transaction() as session:
        slug = session.exec(select(Deployment.slug).where(Deployment.id == deployment_id)).one()
        session.add(
            Instance(key=key, deployment_id=deployment_id, revision=revision, image_id=image_id, created_at=now)
        )
    hints.publish(f"deployment:{slug}")


def save_instance(record: Record, *, peak_memory_mb: int | None = None, node: str = "") -> None:
    """Write what differs from what is there; an instance nobody wrote down is passed over.

    The first time that it is seen to have ended by itself, the timeline tells it.
    """
    with transaction() as session:
        query = select(Instance, Deployment.slug).join(Deployment).where(Instance.key == record.key)
        found = session.exec(query.with_for_update(of=Instance)).first()
        if found is None:
            return
        instance, slug = found
        ended_before = instance.status.ended
        if not _assign(instance, _values(record, peak_memory_mb, node)):
            return
        if record.status.ended and not ended_before and record.reason not in ON_PURPOSE:
            facts: dict[str, Any] = {
                "instance": record.key,
                "reason": record.reason.value,
                "exit_code": record.exit_code,
            }
            events.record(session, instance.deployment_id, EventKind.INSTANCE_ENDED, **facts)
    hints.publish(f"deployment:{slug}")


def save_status(
    deployment_id: int,
    *,
    generation: int,
    phase: Phase,
    reason: Reason,
    message: str,
    ready_instances: int,
    now: datetime,
) -> bool:
    """Write what differs of the seen state and say whether anything did. A changed phase goes to the timeline."""
    values = {"seen_generation": generation, "reason": reason, "message": message, "ready_instances": ready_instances}
    with transaction() as session:
        deployment = session.exec(select(Deployment).where(Deployment.id == deployment_id).with_for_update()).one()
        before = deployment.phase
        if not _assign(deployment, {**values, "phase": phase}):
            return False
        if phase != before:
            deployment.phase_since = now
            facts = {"phase": phase.value, "before": before.value, "reason": reason.value}
            events.record(session, deployment_id, EventKind.PHASE, **facts)
    hints.publish("deployments", f"deployment:{deployment.slug}")
    return True


def saw_requests(slug: str, at: datetime) -> None:
    """Remember when the deployment was last called; an older moment than the known one changes nothing."""
    known = col(Deployment.last_request_at)
    newer = update(Deployment).where(col(Deployment.slug) == slug, or_(known.is_(None), known < at))
    with transaction() as session:
        session.exec(newer.values(last_request_at=at))


def key_used(uses: Iterable[KeyUse]) -> None:
    """Remember when keys were last used; the console's own keys have no row and are passed over."""
    known = col(Key.last_used_at)
    with transaction() as session:
        for use in uses:
            newer = update(Key).where(col(Key.id) == use.key, or_(known.is_(None), known < use.at))
            session.exec(newer.values(last_used_at=use.at))


def forget_old_instances(now: datetime, keep_days: int) -> list[str]:
    """Drop instances that ended longer ago than `keep_days` and are beyond their deployment's newest 200."""
    place = func.row_number().over(
        partition_by=col(Instance.deployment_id), order_by=(col(Instance.created_at).desc(), col(Instance.key))
    )
    with transaction() as session:
        ranked = select(col(Instance.key), col(Instance.ended_at), place.label("place")).subquery()
        old = select(ranked.c.key).where(ranked.c.place > MOST_ROWS, ranked.c.ended_at < now - timedelta(keep_days))
        keys = list(session.exec(old))
        for key in keys:
            session.delete(session.get_one(Instance, key))
    return keys


def _member(deployment: Deployment, image: Image, grants: Sequence[Grant], records: Sequence[Record]) -> Member:
    env, readable = _env(image, deployment)
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
        env=env,
        env_readable=readable,
        grants=tuple(grants),
        records=tuple(records),
    )


SAME = (
    *("id", "slug", "name", "wish", "generation", "revision", "phase", "reason", "message", "seen_generation"),
    *("ready_instances", "image_id", "cpu", "memory_mb", "concurrency", "start_timeout_s", "request_timeout_s"),
)
"""Fields of a member that the row holds as they are."""


def _env(image: Image, deployment: Deployment) -> tuple[dict[str, str], bool]:
    try:
        return {**vault.unseal(image.env_sealed), **vault.unseal(deployment.env_sealed)}, True
    except InvalidToken:
        return {}, False


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
    recent = or_(col(Instance.status).not_in(ENDED), col(Instance.ended_at) >= now - REMEMBERED)
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


def _values(record: Record, peak_memory_mb: int | None, node: str) -> dict[str, object]:
    values: dict[str, object] = {
        each.name: getattr(record, each.name) for each in fields(Record) if each.name not in {"key", "created_at"}
    }
    if peak_memory_mb is not None:
        values["peak_memory_mb"] = peak_memory_mb
    if node:
        values["node"] = node
    return values


def _assign(row: Deployment | Instance, values: dict[str, object]) -> bool:
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)
