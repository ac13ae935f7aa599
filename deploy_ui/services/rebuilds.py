"""Images that are built once more: a build that failed as it is, one that is ready as a new image of the same files."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from deploy_ui import clock, ids
from deploy_ui.db import reading, transaction
from deploy_ui.enums import ImageStatus, Role
from deploy_ui.errors import Conflict, Gone
from deploy_ui.models import Image
from deploy_ui.queue import Job, enqueue
from deploy_ui.services import image_files, images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.trees import chunks, is_runnable
from deploy_ui.services.uploads import Upload
from deploy_ui.services.viewer import Viewer

LONGEST_NAME = 63
NUMBERED = re.compile(r"(.+)-([2-9]|[1-9][0-9])")
"""A name that was made here before."""
UPLOADED = ("kind", "command", "entry", "ready_path", "requirements", "env_sealed")
"""What an image is made of beside its files."""


@dataclass(frozen=True)
class _Source:
    """What the new image is made of."""

    image_id: str
    values: dict[str, Any]
    files: list[dict[str, Any]]


def again(viewer: Viewer, image_id: str) -> ImageCard:
    """Build a failed or canceled image again, as it was uploaded."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        image = images.find(session, image_id, locked=True)
        if image.deleted_at is not None or image.status.usable:
            raise Conflict("image_not_rebuildable", name=image.name)
        image.status, image.reason, image.facts, image.steps = ImageStatus.QUEUED, "", {}, []
        image.heartbeat_at, image.started_at, image.finished_at = clock.now(), None, None
        image.cancel_requested = False
    enqueue(Job.BUILD_IMAGE, image.id)
    images.tell(image.id)
    return images.card(viewer, image.id)


def anew(viewer: Viewer, image_id: str, name: str) -> ImageCard:
    """Make a new image of the same files, and build it: its packages may be newer ones. Takes as long as copying does.

    Raises Conflict if the files are not as they were uploaded any more. Files are copied, not linked: a script may
    write into its image's folder.
    """
    viewer.require(Role.EDITOR)
    images.check_name(viewer, name)
    source = _source(image_id)
    with Upload(f"img_{ids.new_id(8)}", lambda upload: _finish(viewer, source, name, upload)) as upload:
        for each in source.files:
            _copy(source.image_id, each["path"], each.get("sha256", ""), upload)
        return upload.finish()


def free_name(viewer: Viewer, image_id: str) -> str:
    """Return a name for it that is free now: the image's own with the next number."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        name = images.find(session, image_id).name
        numbered = NUMBERED.fullmatch(name)
        stem, number = (numbered[1], int(numbered[2])) if numbered else (name, 1)
        taken = set(session.exec(select(Image.live_name).where(col(Image.live_name).startswith(stem[:50]))))
    while (wanted := _numbered(stem, number + 1)) in taken:
        number += 1
    return wanted


def _numbered(stem: str, number: int) -> str:
    return f"{stem[: LONGEST_NAME - len(str(number)) - 1]}-{number}"


def _source(image_id: str) -> _Source:
    with reading() as session:
        image = images.find(session, image_id)
    if image.deleted_at is not None:
        raise Gone("image_deleted")
    if image.status.unfinished:
        raise Conflict("image_unfinished", name=image.name)
    return _Source(image.id, {name: getattr(image, name) for name in UPLOADED}, image.files)


def _copy(image_id: str, path: str, sha256: str, upload: Upload) -> None:
    total = hashlib.sha256()
    with image_files.opened(image_id, path) as file, upload.receive(path, runnable=is_runnable(file)) as sink:
        for data in chunks(file, image_files.PIECE):
            total.update(data)
            sink.write(data)
    if sha256 and total.hexdigest() != sha256:
        raise Conflict("image_file_changed", path=path)


def _finish(viewer: Viewer, source: _Source, name: str, upload: Upload) -> ImageCard:
    files = upload.files()
    image = Image(
        **source.values,
        id=upload.image_id,
        name=name,
        live_name=name,
        files=[{"path": each.path, "size": each.size} for each in files],
        size_bytes=sum(each.size for each in files),
        created_at=clock.now(),
        created_by=viewer.person_id,
        rebuilt_from=source.image_id,
    )
    return images.write_down(viewer, upload, image)
