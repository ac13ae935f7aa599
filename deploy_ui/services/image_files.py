"""The files of an image, as they were uploaded: one, or all as a zip. Nothing else of the disk.

What is asked for must be on the image's list, and is opened without following links: scripts run in the image's
folder, and may leave anything in the place of a file.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.errors import Gone, NotFound
from deploy_ui.models import Image
from deploy_ui.services import images
from deploy_ui.services.trees import chunks, is_runnable, open_inside, size_of
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

PIECE = 256 * 1024
FAST = 1
"""How hard a zip is packed: weights hardly shrink, and people wait."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Before it a zip knows no time."""


@dataclass(frozen=True)
class Download:
    """What is sent. Whoever takes it must read `pieces` to the end or close it."""

    name: str
    pieces: Iterator[bytes]
    size: int | None = None
    """None: not known before the end."""


def one(viewer: Viewer, image_id: str, path: str) -> Download:
    """Return one file of the image. Raises Gone for a deleted image, NotFound for what is not among its files."""
    image = _image(viewer, image_id)
    if all(each["path"] != path for each in image.files):
        raise NotFound("image_file_unknown")
    file = opened(image.id, path)
    size = size_of(file)
    return Download(path.rsplit("/", 1)[-1], _pieces(file, size), size)


def archive(viewer: Viewer, image_id: str) -> Download:
    """Return all files as a zip, below one folder of the image's name; it is made while it is sent."""
    image = _image(viewer, image_id)
    paths = [each["path"] for each in image.files]
    for path in paths:  # while it can still be said that one is missing
        opened(image.id, path).close()
    return Download(f"{image.name}.zip", _zip(image.id, image.name, paths, image.created_at))


def opened(image_id: str, path: str) -> BinaryIO:
    """Open a file of the image's list to read. Raises NotFound if it is there no more, or is no plain file."""
    try:
        return open_inside(folder(image_id), path)
    except OSError as error:
        raise NotFound("image_file_gone", path=path) from error


def folder(image_id: str) -> Path:
    """Return where the files of an image lie."""
    return settings().images_dir / image_id / "src"


def _image(viewer: Viewer, image_id: str) -> Image:
    viewer.require(Role.VIEWER)
    with reading() as session:
        image = images.find(session, image_id)
    if image.deleted_at is not None:
        raise Gone("image_deleted")
    return image


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield exactly so many bytes: the size is promised before the file is read."""
    with file:
        while size and (data := file.read(min(PIECE, size))):
            size -= len(data)
            yield data


class _Pipe:
    """Takes what a zip writes until somebody takes it away; it has no place to go back to."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is all there."""

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""

    def taken(self) -> bytes:
        data = b"".join(self._held)
        self._held.clear()
        return data


def _zip(image_id: str, top: str, paths: list[str], at: datetime) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as packed:
        for path in paths:
            with opened(image_id, path) as file, packed.open(_entry(f"{top}/{path}", file, at), "w") as entry:
                for data in chunks(file, PIECE):
                    entry.write(data)
                    yield pipe.taken()
            yield pipe.taken()
    yield pipe.taken()


def _entry(name: str, file: BinaryIO, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, max(at.timetuple()[:6], EARLIEST))
    entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, size_of(file)
    entry.external_attr = (0o100755 if is_runnable(file) else 0o100644) << 16
    return entry
