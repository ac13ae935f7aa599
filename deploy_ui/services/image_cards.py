"""What the console shows of images: rows of the list, the card, and who uses one. Nothing secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import and_, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from deploy_ui import vault
from deploy_ui.enums import BuildStep, ImageKind, ImageStatus, Wish
from deploy_ui.errors import Invalid
from deploy_ui.models import Deployment, Image, Person
from deploy_ui.services import paging
from deploy_ui.services.paging import Page
from deploy_ui.settings import settings

MOST_SCRIPT = 256 * 1024


@dataclass(frozen=True)
class ImageRow:
    """One line of the list."""

    id: str
    name: str
    kind: ImageKind
    status: ImageStatus
    reason: str
    """Of a failed build: `error.{reason}` says it in words, with the facts."""
    facts: dict[str, Any]
    size_bytes: int
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    build_s: float | None
    """How long the build took; None until it is over."""
    deployments: int
    """How many deployments use it now."""


@dataclass(frozen=True)
class FileRow:
    """One file of an image."""

    path: str
    size: int


@dataclass(frozen=True)
class StepRow:
    """One step of a build."""

    step: BuildStep
    offset_s: float
    """Since the build began."""
    duration_s: float
    """0.0 while it runs."""
    state: str
    """`running`, `ok` or `failed`."""


@dataclass(frozen=True)
class ImageCard(ImageRow):
    """Everything that the card's first tab shows."""

    entry: str
    command: str
    ready_path: str
    requirements: str
    script: str
    """The beginning of the entry script; user content."""
    digest: str
    lock: str
    environment: str
    python: str
    """The version of the interpreter; empty until it is built."""
    packages_bytes: int
    """The packages' part of `size_bytes`; 0 until it is built."""
    rebuilt_from: str
    """The id of the image whose files it was made of anew; empty: it was uploaded."""
    rebuilt_from_name: str
    request_schema: dict[str, Any] | None
    attempt: int
    deleted: bool
    files: list[FileRow] = field(default_factory=list)
    env_names: list[str] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)


def page(
    session: Session, *, limit: int, cursor: str | None, search: str, status: ImageStatus | None
) -> Page[ImageRow]:
    """Return one page of the list, newest first; deleted images are left out."""
    query = _rows().where(col(Image.deleted_at).is_(None))
    if status:
        query = query.where(col(Image.status) == status)
    if search.strip():
        query = query.where(paging.matches(search, Image.name, Image.id))
    if cursor:
        at, image_id = _place(cursor)
        born = col(Image.created_at)
        query = query.where(or_(born < at, and_(born == at, col(Image.id) > image_id)))
    query = query.options(*(defer(each) for each in LONG))
    ordered = query.order_by(col(Image.created_at).desc(), col(Image.id)).limit(paging.checked_limit(limit) + 1)
    items = [ImageRow(**_row(*found)) for found in session.exec(ordered)]
    last = items[limit - 1] if len(items) > limit else None
    return Page(items[:limit], paging.encode_cursor([last.created_at.isoformat(), last.id]) if last else None)


def card(session: Session, image_id: str) -> ImageCard:
    """Return the card of one image, deleted ones too."""
    image, created_by, users = session.exec(_rows().where(Image.id == image_id)).one()
    same = {name: getattr(image, name) for name in SAME}
    return ImageCard(
        **_row(image, created_by, users),
        **same,
        script=_script(image),
        rebuilt_from_name=_name(session, image.rebuilt_from),
        deleted=image.deleted_at is not None,
        files=[FileRow(path=each["path"], size=each["size"]) for each in image.files],
        env_names=sorted(vault.unseal_if_readable(image.env_sealed) or {}),
        steps=[_step(each) for each in image.steps],
    )


LONG = cast(tuple[Any, ...], (Image.files, Image.lock, Image.requirements, Image.request_schema, Image.steps))
"""What rows of the list are read without."""
SAME = (
    *("entry", "command", "ready_path", "requirements", "digest", "lock", "environment"),
    *("python", "packages_bytes", "rebuilt_from", "request_schema", "attempt"),
)
"""Fields that the card shows as the row holds them."""


def _rows() -> SelectOfScalar[Any]:
    """Select images with the name of their creator and the number of their users."""
    users = (
        select(func.count())
        .select_from(Deployment)
        .where(Deployment.image_id == Image.id, Deployment.wish != Wish.DELETE)
        .correlate(Image)
        .scalar_subquery()
    )
    query: Any = select(Image, Person.name, users).join(Person, col(Person.id) == Image.created_by)
    return cast("SelectOfScalar[Any]", query)


def _row(image: Image, created_by: str, users: int) -> dict[str, Any]:
    same = ("id", "name", "kind", "status", "reason", "facts", "size_bytes", "created_at", "started_at", "finished_at")
    row = {name: getattr(image, name) for name in same}
    return {**row, "build_s": _seconds(image), "created_by": created_by, "deployments": users}


def _seconds(image: Image) -> float | None:
    if image.status.unfinished or not (image.started_at and image.finished_at):
        return None
    return round((image.finished_at - image.started_at).total_seconds(), 2)


def _step(step: Mapping[str, Any]) -> StepRow:
    state = {None: "running", True: "ok", False: "failed"}[step["ok"]]
    return StepRow(BuildStep(step["step"]), step["offset_s"], step["duration_s"] or 0.0, state)


def _name(session: Session, image_id: str) -> str:
    return session.exec(select(Image.name).where(Image.id == image_id)).first() or "" if image_id else ""


def _script(image: Image) -> str:
    """Return the beginning of the entry script; nothing for an image without one."""
    folder = settings().images_dir / image.id / "src"
    path = (folder / image.entry).resolve()
    if not path.is_file() or not path.is_relative_to(folder.resolve()):  # the script may have left a link in its place
        return ""
    with path.open("rb") as file:
        return paging.plain(file.read(MOST_SCRIPT).decode(errors="replace"))


def _place(cursor: str) -> tuple[datetime, str]:
    at, image_id = paging.decode_cursor(cursor, (str, str))
    try:
        return datetime.fromisoformat(at).astimezone(UTC), image_id
    except (ValueError, OverflowError) as error:
        raise Invalid("cursor_wrong", field="cursor") from error
