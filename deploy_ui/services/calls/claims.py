"""Claims attempts: decides whose turn it is, on which instance, and writes that down before anything is sent."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, or_, update
from sqlmodel import Session, and_, col, exists, select

from deploy_ui.enums import CallReason, CallStatus, InstanceStatus, Wish
from deploy_ui.models import Call, Content, Deployment, Instance, Revision
from deploy_ui.models.columns import Moment
from deploy_ui.services.calls import holding
from deploy_ui.services.calls.attempts import LONGEST_PAUSE_S, Claim, room_of

SHARE = 4
"""A deployment may fill a deliverer until it holds so many times what is left free: one alone four fifths."""
QUEUED, RUNNING = col(Call.status) == CallStatus.QUEUED, col(Call.status) == CallStatus.RUNNING


@dataclass(frozen=True)
class Ready:
    """A ready instance."""

    address: str
    room: int
    """Calls that it gets at once."""


@dataclass(frozen=True)
class Waiting:
    """A deployment with calls that wait for their turn."""

    id: int
    slug: str
    ready: Mapping[str, Ready]
    """Its ready instances by their keys."""
    deleted: bool = False


@dataclass(frozen=True)
class Room:
    """What a deliverer has room for."""

    claims: int
    """How many attempts it claims now, at most."""
    in_all: int
    """How many it makes at once, at most."""
    held: Mapping[str, int] = field(default_factory=dict)
    """How many it makes now, by slug."""
    resting: frozenset[str] = frozenset()
    """Instances that get nothing for the moment."""

    def share(self, slug: str, taken: int) -> int:
        """Return how many more one deployment may have: whoever comes next must find room too."""
        free = self.in_all - sum(self.held.values()) - taken
        return max(0, -((self.held.get(slug, 0) - SHARE * free) // (SHARE + 1)))


@dataclass(frozen=True)
class Taken:
    """What was claimed."""

    claims: Sequence[Claim] = ()
    more: bool = False
    """There may be more to claim at once."""
    full: bool = False
    """Another deliverer would have had room for more."""


def furthest(now: datetime) -> datetime:
    """Return when a call is due at the latest. A later moment was written before somebody set the clock back."""
    return now + timedelta(seconds=LONGEST_PAUSE_S)


def due(now: datetime) -> ColumnElement[bool]:
    """Say whether a call's time has come."""
    return or_(col(Call.due_at) <= now, col(Call.due_at) > furthest(now))


def _in_time(now: datetime) -> ColumnElement[bool]:
    """Say whether a call's deadline is still to come."""
    return or_(col(Call.deadline_at).is_(None), col(Call.deadline_at) > now)


def waiting(session: Session) -> list[Waiting]:
    """Return the deployments with queued calls, and hold them: two who claim do it one after the other.

    New calls, whose foreign key holds the deployment too, need not wait for that (FOR NO KEY UPDATE); who deletes does.
    """
    query = (
        select(Deployment.id, Deployment.slug, Deployment.wish)
        .where(exists().where(QUEUED, col(Call.deployment_id) == col(Deployment.id)))
        .order_by(col(Deployment.id))
        .with_for_update(key_share=True)
    )
    found = session.exec(query).all()
    ready = _ready(session, [each[0] for each in found])
    return [
        Waiting(key, slug, ready.get(key, {}) if wish == Wish.RUN else {}, deleted=wish == Wish.DELETE)
        for key, slug, wish in found
    ]


def take(session: Session, deliverer: str, open_: Sequence[Waiting], room: Room, now: datetime) -> Taken:
    """Claim attempts of calls that are due, as far as there is room, the same for each deployment."""
    claims: list[Claim] = []
    more = full = False
    able = [each for each in open_ if each.ready]
    for place, deployment in enumerate(able):
        most = min(-(-(room.claims - len(claims)) // (len(able) - place)), room.share(deployment.slug, len(claims)))
        slots = _slots(session, deployment, room.resting)
        made = _take(session, deliverer, deployment, list(_spread(slots, most)), now)
        claims += made
        if len(made) == most < slots.total():
            full = True
            more |= most > 0
    return Taken(claims, more, full)


def warm_up(session: Session, now: datetime) -> None:
    """Let SQLAlchemy prepare what `take` asks, without any effect."""
    nowhere = Waiting(id=0, slug="", ready={"": Ready("", 1)})
    take(session, "", [nowhere], Room(claims=1, in_all=1), now)
    session.connection().execute(_begin("", now), [{"of": 0, "at": ""}])


def _ready(session: Session, deployments: Sequence[int]) -> dict[int, dict[str, Ready]]:
    born_as = and_(Revision.deployment_id == Instance.deployment_id, Revision.number == Instance.revision)
    query = (
        select(Instance.deployment_id, Instance.key, Instance.address, Revision.concurrency)
        .join(Revision, born_as)
        .where(
            col(Instance.deployment_id).in_(deployments),
            col(Instance.status) == InstanceStatus.READY,
            col(Instance.address) != "",
        )
    )
    found: dict[int, dict[str, Ready]] = {}
    for deployment, key, address, concurrency in session.exec(query) if deployments else ():
        found.setdefault(deployment, {})[key] = Ready(address, room_of(concurrency))
    return found


def _slots(session: Session, deployment: Waiting, resting: frozenset[str]) -> Counter[str]:
    """Return how many more calls the ready instances take; those that take none are left out."""
    mine = RUNNING, col(Call.deployment_id) == deployment.id
    busy = dict(session.exec(select(Call.instance, func.count()).where(*mine).group_by(col(Call.instance))).all())
    rooms = {key: each.room - busy.get(key, 0) for key, each in deployment.ready.items() if key not in resting}
    return Counter({key: room for key, room in rooms.items() if room > 0})


def _spread(slots: Counter[str], most: int) -> Iterator[str]:
    """Yield instances to send to, each time the one with the most room, until there is none."""
    left = Counter(slots)
    for _ in range(most):
        [(instance, room)] = left.most_common(1) or [("", 0)]
        if room <= 0:
            return
        yield instance
        left[instance] -= 1


def _take(
    session: Session, deliverer: str, deployment: Waiting, instances: Sequence[str], now: datetime
) -> list[Claim]:
    if not instances:
        return []
    body = and_(col(Content.call_number) == Call.number, col(Content.answer).is_(False))
    query = (
        select(*COLUMNS, Content.data)  # type: ignore[call-overload]
        .join(Content, body, isouter=True)
        .where(col(Call.number).in_(_next(deployment, len(instances), now)))
        .order_by(holding.ORDER)
        .with_for_update(of=Call)
    )
    held = [row for row in session.exec(query) if row.status == CallStatus.QUEUED]
    rows = sorted(held, key=lambda row: (row.priority, row.number))
    claims = [_claim(deployment, row, instance, now) for row, instance in zip(rows, instances, strict=False)]
    if claims:
        session.connection().execute(
            _begin(deliverer, now), [{"of": each.number, "at": each.instance} for each in claims]
        )
    return claims


def _next(deployment: Waiting, most: int, now: datetime) -> Any:
    """Return the query for the numbers of the calls whose turn it is."""
    mine = QUEUED, col(Call.deployment_id) == deployment.id, due(now), _in_time(now)
    return select(Call.number).where(*mine).order_by(col(Call.priority), col(Call.number)).limit(most)


COLUMNS = (
    *(Call.number, Call.status, Call.priority, Call.id, Call.attempts, Call.deadline_at, Call.request_timeout_s),
    *(Call.method, Call.path, Call.headers, Call.body_size, Call.body_file),
)


def _claim(deployment: Waiting, row: Any, instance: str, now: datetime) -> Claim:
    left_s = (row.deadline_at - now).total_seconds() if row.deadline_at else row.request_timeout_s
    by_call = left_s < row.request_timeout_s
    return Claim(
        number=row.number,
        id=row.id,
        slug=deployment.slug,
        attempt=row.attempts + 1,
        begun_at=now,
        limit_s=max(left_s, 0) if by_call else row.request_timeout_s,
        limited_by=CallReason.LIVE_TIMEOUT if by_call else CallReason.TIMED_OUT,
        instance=instance,
        address=deployment.ready[instance].address,
        method=row.method,
        path=row.path,
        headers=row.headers,
        body_size=row.body_size,
        body_file=row.body_file,
        body=row.data or b"",
    )


def _begin(deliverer: str, now: datetime) -> Any:
    values: dict[str, Any] = {
        "status": CallStatus.RUNNING,
        "attempts": col(Call.attempts) + 1,
        "attempt_at": now,
        "started_at": func.coalesce(col(Call.started_at), literal(now, Moment)),
        "deliverer": deliverer,
        "instance": bindparam("at"),
    }
    return update(Call).where(col(Call.number) == bindparam("of")).values(values)
