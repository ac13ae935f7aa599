"""What the controller reads and writes: every deployment at once. No person asks here, so there is no viewer."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, func, or_, select, update

from deploy_ui import hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, Phase, Reason, Wish
from deploy_ui.models import Deployment, Event, Instance
from deploy_ui.services import events
from deploy_ui.services.instances import MOST_ROWS, ON_PURPOSE
from deploy_ui.services.members import Member, Record, members
from deploy_ui.services.messages import storable

__all__ = ["Member", "Record", "members"]

HEARTBEAT = "deploy-ui:controller"
HEARTBEAT_S = 10
"""How long a heartbeat counts."""
MOST_EVENTS = 500


def beat() -> None:
    """Say that the controller is alive; to be said every few seconds."""
    hints.attempt("heartbeat not sent", lambda redis: redis.set(HEARTBEAT, "1", ex=HEARTBEAT_S))


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
    words = storable(message)
    values = {"seen_generation": generation, "reason": reason, "message": words, "ready_instances": ready_instances}
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


def save_scale(member: Member, to: int, kind: EventKind, facts: Mapping[str, Any]) -> bool:
    """Want another number of instances, with a line in the timeline; say whether it was written.

    It is not when a person has changed anything since the member was read: what they want goes before.
    """
    with transaction() as session:
        deployment = session.exec(select(Deployment).where(Deployment.id == member.id).with_for_update()).one()
        now = (deployment.generation, deployment.instances, deployment.wish)
        if now != (member.generation, member.wanted, Wish.RUN):
            return False
        deployment.instances = to
        numbers: dict[str, Any] = {"from": member.wanted, "to": to, "instances": to, **facts}
        events.record(session, member.id, kind, **numbers)
    hints.publish("deployments", f"deployment:{member.slug}")
    return True


def saw_requests(slug: str, at: datetime) -> None:
    """Remember when the deployment was last called; an older moment than the known one changes nothing."""
    known = col(Deployment.last_request_at)
    newer = update(Deployment).where(col(Deployment.slug) == slug, or_(known.is_(None), known < at))
    with transaction() as session:
        session.exec(newer.values(last_request_at=at))


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


def forget_old_events(now: datetime, keep_days: int) -> int:
    """Drop what the product noted by itself longer ago than `keep_days`, beyond each deployment's newest 500 events.

    It may be much: of one that crashes for weeks, or sleeps and wakes all day. What people did stays.
    Returns how many events were dropped.
    """
    place = func.row_number().over(partition_by=col(Event.deployment_id), order_by=col(Event.id).desc())
    with transaction() as session:
        ranked = select(col(Event.id), col(Event.at), col(Event.actor), place.label("place")).subquery()
        old = ranked.c.place > MOST_EVENTS, ranked.c.at < now - timedelta(keep_days), ranked.c.actor == ""
        dropped = session.exec(delete(Event).where(col(Event.id).in_(select(ranked.c.id).where(*old))))
        return int(dropped.rowcount)


def _values(record: Record, peak_memory_mb: int | None, node: str) -> dict[str, object]:
    values: dict[str, object] = {
        each.name: getattr(record, each.name) for each in fields(Record) if each.name not in {"key", "created_at"}
    }
    values["message"] = storable(record.message)
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
