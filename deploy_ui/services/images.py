"""Images: what people upload and the builder makes runnable. A ready image never changes."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from deploy_ui import clock, hints, ids, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import ENDED_STATUSES, ImageKind, ImageStatus, InstanceStatus, Role, Wish
from deploy_ui.errors import Conflict, Invalid, NotFound
from deploy_ui.models import Deployment, Image, Instance
from deploy_ui.queue import Job, enqueue
from deploy_ui.services import env, image_cards
from deploy_ui.services.configuration import PATH
from deploy_ui.services.image_cards import ImageCard, ImageRow
from deploy_ui.services.lookup import SHORT_TEXT
from deploy_ui.services.paging import DEFAULT_LIMIT, Page
from deploy_ui.services.trees import File, clean_path
from deploy_ui.services.uploads import Upload
from deploy_ui.services.viewer import Viewer

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
LONGEST_COMMAND = 4096
REQUIREMENTS = "requirements.txt"
ENTRIES = {
    ImageKind.MODEL: ("serving.py",),
    ImageKind.ASGI: ("main.py", "app.py", "serving.py"),
    ImageKind.COMMAND: ("main.py",),
}
"""What the script of each kind is called unless somebody says otherwise; the first that is there counts."""
READY_PATHS = {ImageKind.MODEL: "/health/ready", ImageKind.ASGI: "/health/ready", ImageKind.COMMAND: "/"}


@dataclass(frozen=True)
class NewImage:
    """What a person fills in to create an image; files come after it."""

    name: str
    kind: ImageKind = ImageKind.MODEL
    command: str = ""
    """For kind `command`: what to run."""
    entry: str = ""
    """The script's path; empty: the kind's usual one."""
    ready_path: str = ""
    """Empty: the kind's usual one."""
    env: dict[str, str] = field(default_factory=dict, repr=False)
    requirements: str | None = None
    """None: the uploaded `requirements.txt`, if there is one."""
    script: str | None = None
    """None: among the uploaded files."""


def rows(
    viewer: Viewer,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    search: str = "",
    status: ImageStatus | None = None,
) -> Page[ImageRow]:
    """Return one page, newest first; deleted ones are left out."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        return image_cards.page(session, limit=limit, cursor=cursor, search=search, status=status)


def counts(viewer: Viewer) -> dict[str, int]:
    """Return how many images each status has; statuses without any are left out."""
    viewer.require(Role.VIEWER)
    query = select(Image.status, func.count()).where(col(Image.deleted_at).is_(None)).group_by(col(Image.status))
    with reading() as session:
        return {ImageStatus(status).value: number for status, number in session.exec(query)}


def card(viewer: Viewer, id_or_name: str) -> ImageCard:
    """Return the card; a deleted image still has one, by its id."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        return image_cards.card(session, find(session, id_or_name).id)


def begin(viewer: Viewer, new: NewImage) -> Upload:
    """Check what can be checked before any byte is taken, and open the upload."""
    viewer.require(Role.EDITOR)
    checked(new)
    check_name(viewer, new.name)
    upload = open_upload(viewer)
    describe(viewer, upload, new)
    return upload


def open_upload(viewer: Viewer) -> Upload:
    """Open an upload that is described later, with `describe`: a form may bring its files before its fields."""
    viewer.require(Role.EDITOR)
    return Upload(f"img_{ids.new_id(8)}", _undescribed)


def describe(viewer: Viewer, upload: Upload, new: NewImage) -> None:
    """Say what image the upload is to become. Raises what `begin` raises; the upload stays open then."""
    viewer.require(Role.EDITOR)
    checked(new)
    upload.becomes(lambda each: _finish(viewer, new, each))
    if new.script is not None and new.script.strip():
        upload.file(new.entry or ENTRIES[new.kind][0], [new.script.encode(errors="replace")])
    if new.requirements is not None and new.requirements.strip():
        upload.file(REQUIREMENTS, [new.requirements.encode(errors="replace")])


def check_name(viewer: Viewer, name: str) -> None:
    """Raise Invalid or Conflict if no new image can have this name."""
    viewer.require(Role.EDITOR)
    if not NAME.fullmatch(name):
        raise Invalid("image_name_wrong", field="name", longest=63)
    with reading() as session:
        _require_free_name(session, name)


def checked(new: NewImage) -> None:
    """Raise Invalid naming the first field that is wrong."""
    if not NAME.fullmatch(new.name):
        raise Invalid("image_name_wrong", field="name", longest=63)
    if new.kind == ImageKind.COMMAND and not new.command.strip():
        raise Invalid("command_missing", field="command")
    if len(new.command) > LONGEST_COMMAND or not new.command.isprintable():
        raise Invalid("command_wrong", field="command", longest=LONGEST_COMMAND)
    if new.ready_path and not PATH.fullmatch(new.ready_path):
        raise Invalid("ready_path_wrong", field="ready_path")
    if new.entry and (str(clean_path(new.entry)) != new.entry or PurePosixPath(new.entry).suffix != ".py"):
        raise Invalid("entry_wrong", field="entry")
    env.check(new.env)


def delete(viewer: Viewer, image_id: str) -> None:
    """Delete an image that no deployment uses; its files go once no instance runs on them. Twice is fine.

    One that only instances of an older revision run on is used: it serves while the newer one is tried.
    """
    viewer.require(Role.EDITOR)
    with transaction() as session:
        image = find(session, image_id, locked=True)
        runs = select(Instance.deployment_id).where(
            Instance.image_id == image.id, col(Instance.status).not_in((*ENDED_STATUSES, InstanceStatus.STOPPING))
        )
        used = or_(col(Deployment.image_id) == image.id, col(Deployment.id).in_(runs))
        users = session.exec(select(Deployment.name).where(used, Deployment.wish != Wish.DELETE)).all()
        if users:
            raise Conflict("image_in_use", deployments=sorted(users), names=", ".join(sorted(users)))
        image.deleted_at = image.deleted_at or clock.now()
        image.live_name = None
        image.cancel_requested = image.cancel_requested or image.status.unfinished
    tell(image.id)


def cancel(viewer: Viewer, image_id: str) -> ImageCard:
    """Cancel a build: at once if it only waits, else as soon as the worker hears of it. Twice is fine."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        image = find(session, image_id, locked=True)
        if not image.status.unfinished and image.status != ImageStatus.CANCELED:
            raise Conflict("image_not_building", name=image.name)
        image.cancel_requested = True
        if image.status == ImageStatus.QUEUED:
            image.status, image.finished_at = ImageStatus.CANCELED, clock.now()
    tell(image.id)
    return card(viewer, image.id)


def find(session: Session, id_or_name: str, *, locked: bool = False) -> Image:
    """Return the image of this id, or the live one of this name, or raise NotFound."""
    query = select(Image).where(or_(col(Image.id) == id_or_name, col(Image.live_name) == id_or_name))
    query = query.with_for_update() if locked else query
    found: Sequence[Image] = session.exec(query).all() if SHORT_TEXT.fullmatch(id_or_name) else []
    if not found:
        raise NotFound("image_not_found")
    return min(found, key=lambda each: each.id != id_or_name)


def tell(image_id: str) -> None:
    """Hint that an image changed; the controller may wait for it."""
    hints.publish("images", f"image:{image_id}", "wanted")


def _undescribed(_: Upload) -> ImageCard:
    raise Invalid("name_missing", field="name")


def _finish(viewer: Viewer, new: NewImage, upload: Upload) -> ImageCard:
    """Make the image of what was uploaded."""
    files = upload.files()
    image = Image(
        id=upload.image_id,
        name=new.name,
        live_name=new.name,
        kind=new.kind,
        command=new.command.strip() if new.kind == ImageKind.COMMAND else "",
        entry=_entry(new, files),
        ready_path=new.ready_path or READY_PATHS[new.kind],
        requirements=upload.text(REQUIREMENTS) if any(file.path == REQUIREMENTS for file in files) else "",
        files=[{"path": file.path, "size": file.size} for file in files],
        size_bytes=sum(file.size for file in files),
        env_sealed=vault.seal(new.env),
        created_at=clock.now(),
        created_by=viewer.person_id,
    )
    return write_down(viewer, upload, image)


def write_down(viewer: Viewer, upload: Upload, image: Image) -> ImageCard:
    """Write a new image down once its files lie where they belong, then ask for its build.

    Raises Conflict if its name was taken meanwhile; nothing is left of it then.
    """
    viewer.require(Role.EDITOR)
    folder = upload.settle()
    try:
        with transaction() as session:
            _require_free_name(session, image.name)
            session.add(image)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, IntegrityError):
            raise Conflict("image_name_taken", name=image.name) from error
        raise
    enqueue(Job.BUILD_IMAGE, image.id)
    tell(image.id)
    return card(viewer, image.id)


def _entry(new: NewImage, files: Sequence[File]) -> str:
    """Return the script's path; raise Invalid if a kind that needs one has none."""
    paths = {file.path for file in files}
    candidates = (new.entry,) if new.entry else ENTRIES[new.kind]
    found = next((path for path in candidates if path in paths), "")
    if not found and (new.entry or new.kind != ImageKind.COMMAND):
        raise Invalid("entry_missing", field="script", entry=candidates[0])
    return found


def _require_free_name(session: Session, name: str) -> None:
    if session.exec(select(Image.id).where(col(Image.live_name) == name)).first():
        raise Conflict("image_name_taken", name=name)
