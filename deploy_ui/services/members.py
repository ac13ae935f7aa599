"""Every deployment as the controller needs it, read at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, or_, select

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import ENDED_STATUSES, InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.routes import Grant
from deploy_ui.models import Deployment, Image, Instance, Key
from deploy_ui.services import rollouts
from deploy_ui.services.rollouts import Born, Undone

REMEMBERED = timedelta(minutes=10)
"""How long ended instances count for back-off."""
SLOW_START_S = REMEMBERED.total_seconds() / 3
"""A start that may take longer is remembered as long as its revision is on trial: it counts how often it failed."""


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


@dataclass(frozen=True, kw_only=True)
class Member(Born):
    """One deployment as the controller needs it: what is wanted, what was seen, what may call it.

    What instances are born with is the wanted revision's; `at` gives another one's.
    """

    id: int
    slug: str
    name: str
    wish: Wish
    wanted: int
    """Instances to run when the wish is to run; 0: it sleeps."""
    generation: int
    changed_at: datetime
    """When a person last changed it."""
    phase: Phase
    reason: Reason
    message: str
    seen_generation: int
    ready_instances: int
    min_instances: int
    max_instances: int
    idle_timeout_s: int
    start_timeout_s: int
    request_timeout_s: int
    grants: tuple[Grant, ...]
    records: tuple[Record, ...]
    """Instances that have not ended, and those that ended in the last ten minutes, oldest first."""
    trial: bool = False
    """Whether the wanted revision has never been ready since a person wanted it."""
    fallback: Born | None = None
    """What is taken again if the trial fails; None for all others."""
    undone: Undone | None = None
    """What was rolled back by itself since a person last changed the deployment."""

    def at(self, revision: int) -> "Member":
        """Return the member as instances of a revision see it; unchanged where that one's values are not known."""
        known = self.fallback is not None and self.fallback.revision == revision
        return replace(self, **vars(self.fallback)) if known else self


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
        trials = rollouts.on_trial(session)
        trials = {each.id: each.revision for each, _ in found if trials.get(each.id) == each.revision}
        falling, undone = rollouts.fallbacks(session, trials), rollouts.undone(session)
        slow = [each.id for each, _ in found if each.id in falling and each.start_timeout_s > SLOW_START_S]
        grants, records = _grants(session, ids, now), _records(session, ids, slow, now)
    return [
        Member(
            **{name: getattr(deployment, name) for name in SAME},
            **rollouts.birth(deployment.revision, deployment, image),
            wanted=deployment.instances,
            grants=tuple(grants[deployment.id]),
            records=tuple(records[deployment.id]),
            trial=deployment.id in trials,
            fallback=falling.get(deployment.id),
            undone=undone.get(deployment.id),
        )
        for deployment, image in found
    ]


SAME = (
    *("id", "slug", "name", "wish", "generation", "changed_at", "phase", "reason", "message", "seen_generation"),
    *("ready_instances", "min_instances", "max_instances"),
    *("idle_timeout_s", "start_timeout_s", "request_timeout_s"),
)
"""Fields of a member that the row holds as they are."""


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


def _records(session: Session, ids: Sequence[int], slow: Collection[int], now: datetime) -> dict[int, list[Record]]:
    tried = and_(col(Instance.deployment_id).in_(slow), col(Instance.created_at) >= Deployment.changed_at)
    recent = or_(col(Instance.status).not_in(ENDED_STATUSES), col(Instance.ended_at) >= now - REMEMBERED, tried)
    query = (
        select(Instance)
        .join(Deployment)
        .where(col(Instance.deployment_id).in_(ids), recent)
        .order_by(col(Instance.created_at), col(Instance.key))
    )
    records: dict[int, list[Record]] = defaultdict(list)
    for instance in session.exec(query):
        records[instance.deployment_id].append(_record(instance))
    return records


def _record(instance: Instance) -> Record:
    return Record(**{each.name: getattr(instance, each.name) for each in fields(Record)})
