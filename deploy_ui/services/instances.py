"""The instances of a deployment, running and ended."""

import functools
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import case
from sqlmodel import col, select

from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, InstanceStatus, Reason, Role
from deploy_ui.models import Instance
from deploy_ui.runtimes import choose
from deploy_ui.runtimes.base import Usage
from deploy_ui.services import lookup
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

MOST_ROWS = 200
LAST_LINES = timedelta(seconds=10)
"""How long after an instance was seen to have ended its last lines may still be written."""
ON_PURPOSE = {
    *(Reason.NONE, Reason.REPLACED, Reason.SCALED_DOWN, Reason.IDLE),
    *(Reason.STOPPED_BY_PERSON, Reason.DELETED_BY_PERSON, Reason.SHUT_DOWN),
}
"""Reasons of an end that somebody wanted."""


@dataclass(frozen=True)
class InstanceRow:
    """What the console shows of one instance."""

    key: str
    status: InstanceStatus
    reason: Reason
    message: str
    revision: int
    image_id: str
    address: str
    node: str
    created_at: datetime
    started_at: datetime | None
    loading_at: datetime | None
    """When it began to load its model; None where it does not say."""
    ready_at: datetime | None
    ended_at: datetime | None
    exit_code: int | None
    restarts: int
    """How many instances of the same revision had ended by themselves when this one began."""
    peak_memory_mb: int | None
    cpu_cores: float | None
    """What it uses now; None for one that does not run."""
    memory_mb: int | None


def rows(viewer: Viewer, slug: str) -> list[InstanceRow]:
    """Return the newest 200, live ones first."""
    viewer.require(Role.VIEWER)
    ended = case((col(Instance.status).in_(ENDED_STATUSES), 1), else_=0)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = (
            select(Instance)
            .where(Instance.deployment_id == deployment.id)
            .order_by(ended, col(Instance.created_at).desc(), col(Instance.key))
            .limit(MOST_ROWS)
        )
        found = list(session.exec(query))
    restarts = restarts_by_key(found)
    running = any(not instance.status.ended for instance in found)
    usage = _usage(settings().instances_dir, int(time.monotonic())) if running else {}
    return [_row(instance, restarts[instance.key], usage.get(instance.key)) for instance in found]


def is_over(viewer: Viewer, slug: str, key: str, now: datetime) -> bool:
    """Say whether an instance of the deployment ended long enough ago that its log gets no more lines."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        mine = select(Instance.ended_at).where(Instance.key == key, Instance.deployment_id == deployment.id)
        ended_at = session.exec(mine).first()
        return ended_at is not None and now - ended_at > LAST_LINES


def restarts_by_key(found: list[Instance]) -> dict[str, int]:
    """Count, for each instance, those of its revision that had ended by themselves when it began."""
    crashed: Counter[int] = Counter()
    restarts = {}
    moments = [(each.created_at, 1, each) for each in found]
    moments += [(each.ended_at, 0, each) for each in found if each.ended_at and each.reason not in ON_PURPOSE]
    for _, born, instance in sorted(moments, key=lambda moment: moment[:2]):
        if born:
            restarts[instance.key] = crashed[instance.revision]
        else:
            crashed[instance.revision] += 1
    return restarts


@functools.lru_cache(maxsize=1)
def _usage(_instances_dir: Path, _second: int) -> Mapping[str, Usage]:
    """Look once a second for everybody who watches: shorter looks make CPU use jump."""
    return choose.usage_source().usage()


def _row(instance: Instance, restarts: int, usage: Usage | None) -> InstanceRow:
    return InstanceRow(
        key=instance.key,
        status=instance.status,
        reason=instance.reason,
        message=instance.message,
        revision=instance.revision,
        image_id=instance.image_id,
        address=instance.address,
        node=instance.node,
        created_at=instance.created_at,
        started_at=instance.started_at,
        loading_at=instance.loading_at,
        ready_at=instance.ready_at,
        ended_at=instance.ended_at,
        exit_code=instance.exit_code,
        restarts=restarts,
        peak_memory_mb=instance.peak_memory_mb,
        cpu_cores=usage.cpu_cores if usage else None,
        memory_mb=usage.memory_mb if usage else None,
    )
