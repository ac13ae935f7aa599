"""Revisions of a deployment: what its instances were born with at one time, who wanted it, and what became of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, and_, col, func, select
from sqlmodel.sql.expression import Select

from deploy_ui import clock, vault
from deploy_ui.db import reading
from deploy_ui.enums import InstanceStatus, Reason, Role
from deploy_ui.errors import Conflict, NotFound
from deploy_ui.models import Deployment, Image, Instance, Person, Revision
from deploy_ui.services import env, lookup, paging
from deploy_ui.services.configuration import BORN_WITH
from deploy_ui.services.env import Env, VariableDifference
from deploy_ui.services.paging import DEFAULT_LIMIT, Page
from deploy_ui.services.viewer import Viewer

COLUMNS = (*("env_sealed" if name == "env" else name for name in BORN_WITH), "env_open")
"""What a revision and its deployment hold alike."""
_Found = tuple[Revision, Image, str]
"""A revision, its image, and the name of who made it."""
UNDONE = and_(col(Revision.number) != Deployment.revision, col(Revision.failed_at) >= Deployment.changed_at)
"""Says, beside its deployment, that a revision was rolled back by itself since a person last changed that."""
COMPARED = tuple(name for name in BORN_WITH if name not in {"image_id", "env"})


@dataclass(frozen=True)
class Difference:
    """One value that differs from the revision before."""

    field: str
    """As `POST /deployments` names it."""
    before: str | int | float
    after: str | int | float
    """Of an image its name."""


@dataclass(frozen=True)
class RevisionRow:
    """One revision. It serves or is on its way there (`current`), has been given up (`failed_at`), or is an old one."""

    number: int
    created_at: datetime
    created_by: str
    image_id: str
    image_name: str
    current: bool
    """Whether it is the wanted one."""
    obstacle: str
    """The code of what forbids to roll back to it; empty: nothing does."""
    ready_instances: int
    """How many of its instances are ready now."""
    ready_at: datetime | None
    """When all its instances were ready for the first time since it is wanted."""
    failed_at: datetime | None
    """When it was given up and another one taken again."""
    reason: Reason
    """Why it failed."""
    message: str
    """The machine's own words about the failure; user content."""
    before: int | None
    """The number of the revision that it is compared with; None for the first one known."""
    env_changed: bool
    """Whether environment variables differ; which ones is not known when their sealing key is gone."""
    changes: list[Difference] = field(default_factory=list)
    env_changes: list[VariableDifference] = field(default_factory=list)


def rows(viewer: Viewer, slug: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[RevisionRow]:
    """Return one page, newest first, each with what changed against the number before it."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = _of(deployment).order_by(col(Revision.number).desc()).limit(paging.checked_limit(limit) + 1)
        if cursor:
            query = query.where(col(Revision.number) < paging.decode_cursor(cursor, (int,))[0])
        found = session.exec(query).all()
        ready = _ready(session, deployment)
    older = [*found[1:], None]
    made = [
        _row(each, deployment.revision, ready[each[0].number], last) for each, last in zip(found, older, strict=False)
    ]
    return Page(made[:limit], paging.encode_cursor([made[limit - 1].number]) if len(found) > limit else None)


def undone(viewer: Viewer, slug: str) -> RevisionRow | None:
    """Return the revision that was rolled back by itself since a person last changed the deployment, if one was."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        beside = _of(deployment).join(Deployment, col(Deployment.id) == Revision.deployment_id)
        found = session.exec(beside.where(UNDONE).order_by(col(Revision.failed_at).desc())).first()
        ready = _ready(session, deployment)
    return _row(found, deployment.revision, ready[found[0].number], None) if found else None


def record(session: Session, deployment: Deployment, viewer: Viewer) -> None:
    """Write what the deployment wants now as its next revision, and let it want that one.

    The caller holds the deployment's row. Two who write the same number at once get an IntegrityError.
    """
    deployment.revision = newest(session, deployment) + 1
    values = {name: getattr(deployment, name) for name in COLUMNS}
    session.add(
        Revision(
            **values,
            deployment_id=deployment.id,
            number=deployment.revision,
            created_at=clock.now(),
            created_by=viewer.person_id,
        )
    )


def newest(session: Session, deployment: Deployment) -> int:
    """Return the highest number given so far; 0 before the first."""
    query = select(func.max(Revision.number)).where(Revision.deployment_id == deployment.id)
    return session.exec(query).one() or 0


def take(session: Session, deployment: Deployment, number: int) -> None:
    """Let the deployment want this revision again, as if it had never been tried.

    Raises NotFound if there is none, Conflict if it is wanted already or its image cannot be run. The caller holds the
    deployment's row; the image is held until the transaction ends.
    """
    found = session.get(Revision, (deployment.id, number)) if 0 < number < 2**31 else None
    if found is None:
        raise NotFound("revision_not_found", revision=number)
    if number == deployment.revision:
        raise Conflict("revision_current", revision=number)
    image = session.exec(select(Image).where(Image.id == found.image_id).with_for_update()).one()
    if not lookup.usable(image):
        raise Conflict("revision_image_unusable", revision=number, image=image.name)
    found.ready_at, found.failed_at, found.reason, found.message = None, None, Reason.NONE, ""
    point(deployment, found)


def point(deployment: Deployment, revision: Revision) -> None:
    """Copy a revision's values into the row of its deployment; variables stay sealed as they are."""
    for name in COLUMNS:
        setattr(deployment, name, getattr(revision, name))
    deployment.revision = revision.number


def hide(session: Session, deployment: Deployment, names: set[str]) -> None:
    """Let no revision show the values of these variables any more: what became secret is so in the past too."""
    if not names:
        return
    for each in session.exec(select(Revision).where(Revision.deployment_id == deployment.id)):
        each.env_open = [name for name in each.env_open if name not in names]


def _of(deployment: Deployment) -> Select[Revision, Image, str]:
    return (
        select(Revision, Image, Person.name)
        .join(Image, col(Image.id) == Revision.image_id)
        .join(Person, col(Person.id) == Revision.created_by)
        .where(Revision.deployment_id == deployment.id)
    )


def _ready(session: Session, deployment: Deployment) -> Counter[int]:
    query = select(Instance.revision).where(
        Instance.deployment_id == deployment.id, Instance.status == InstanceStatus.READY
    )
    return Counter(session.exec(query))


def _row(found: _Found, wanted: int, ready: int, before: _Found | None) -> RevisionRow:
    revision, image, created_by = found
    current = revision.number == wanted
    env_changes = _variables(before[0], revision) if before else []
    return RevisionRow(
        number=revision.number,
        created_at=revision.created_at,
        created_by=created_by,
        image_id=image.id,
        image_name=image.name,
        current=current,
        obstacle="revision_current" if current else "" if lookup.usable(image) else "revision_image_unusable",
        ready_instances=ready,
        ready_at=revision.ready_at,
        failed_at=revision.failed_at,
        reason=revision.reason,
        message=revision.message,
        before=before[0].number if before else None,
        env_changed=env_changes is None or bool(env_changes),
        changes=_changes(before[:2], (revision, image)) if before else [],
        env_changes=env_changes or [],
    )


def _changes(before: tuple[Revision, Image], after: tuple[Revision, Image]) -> list[Difference]:
    (old, old_image), (new, new_image) = before, after
    image = [Difference("image", old_image.name, new_image.name)] if old_image.id != new_image.id else []
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in COMPARED]
    return [*image, *(Difference(name, one, other) for name, one, other in pairs if one != other)]


def _variables(before: Revision, after: Revision) -> list[VariableDifference] | None:
    """Return how sealed variables differ; None when they do and nobody can tell how."""
    if before.env_sealed == after.env_sealed:
        return []
    old, new = _env(before), _env(after)
    return None if old is None or new is None else env.differences(old, new)


def _env(revision: Revision) -> Env | None:
    values = vault.unseal_if_readable(revision.env_sealed)
    return None if values is None else Env(values, revision.env_open)
