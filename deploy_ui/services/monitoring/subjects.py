"""What the monitor looks at: every deployment that is not gone. No person asks here, so there is no viewer."""

from dataclasses import dataclass

from sqlmodel import col, select

from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, InstanceStatus, Phase, Wish
from deploy_ui.models import Deployment, Instance


@dataclass(frozen=True)
class LiveInstance:
    """One instance that has not ended."""

    key: str
    revision: int
    status: InstanceStatus


@dataclass(frozen=True)
class Subject:
    """A deployment as it is now."""

    id: int
    slug: str
    name: str
    """As people write it; it may change."""
    wish: Wish
    phase: Phase
    wanted: int
    """Instances; 0 while it sleeps or is stopped."""
    ready: int
    cpu: float
    """Cores of one instance."""
    memory_mb: int
    """Of one instance."""
    instances: tuple[LiveInstance, ...]

    @property
    def asleep(self) -> bool:
        """Say whether it has no instance because nobody calls."""
        return self.wish is Wish.RUN and self.wanted == 0


def subjects() -> list[Subject]:
    """Return every deployment that is not deleted and gone, with its live instances."""
    with reading() as session:
        alive = select(Instance).where(col(Instance.status).not_in(ENDED_STATUSES)).order_by(col(Instance.key))
        instances: dict[int, list[LiveInstance]] = {}
        for each in session.exec(alive):
            live = LiveInstance(each.key, each.revision, each.status)
            instances.setdefault(each.deployment_id, []).append(live)
        found = session.exec(select(Deployment).where(col(Deployment.phase) != Phase.DELETED)).all()
    return [_subject(each, tuple(instances.get(each.id, ()))) for each in found]


def _subject(row: Deployment, instances: tuple[LiveInstance, ...]) -> Subject:
    return Subject(
        id=row.id,
        slug=row.slug,
        name=row.name,
        wish=row.wish,
        phase=row.phase,
        wanted=row.instances if row.wish is Wish.RUN else 0,
        ready=row.ready_instances,
        cpu=row.cpu,
        memory_mb=row.memory_mb,
        instances=instances,
    )
