"""Pictures that READMEs show: taken piece by piece, known by their bytes, kept in the data folder."""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from slugify import slugify
from sqlmodel import Session, col, func, select

from deploy_ui import clock, ids
from deploy_ui.db import reading, transaction
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from deploy_ui.models import Readme, ReadmeFile
from deploy_ui.services.readmes import owners
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

MOST_BYTES = 10 << 20
MOST_FILES = 100
LONGEST_STEM = 40
HEAD_BYTES = 64
"""Enough of the beginning to know every kind."""
STAGING = ".staging"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\.[a-z]{3,4}")
NAMED = re.compile(r"files/([a-z0-9][a-z0-9-]{0,80}\.[a-z]{3,4})")
"""How a text names its pictures."""
FULL = {errno.ENOSPC, errno.EDQUOT}
KINDS = {
    "image/png": ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    "image/jpeg": ("jpg", re.compile(rb"\xff\xd8\xff")),
    "image/gif": ("gif", re.compile(rb"GIF8[79]a")),
    "image/webp": ("webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
    "image/avif": ("avif", re.compile(rb".{4}ftyp(?:.{4})*?avi[fs]", re.DOTALL)),
}
"""What is taken: the ending its name gets, and how its bytes begin. Nothing that can hold a script."""


@dataclass(frozen=True)
class Picture:
    """One picture of a README."""

    name: str
    """How texts name it behind `files/`."""
    media_type: str
    size: int
    path: Path
    """Where its bytes lie."""


class NewPicture:
    """Takes a picture piece by piece. Use it as a context manager: what was not kept is removed.

    Everything that is wrong is said as soon as it is known: a wrong kind with the first bytes, a size at its limit.
    """

    def __init__(self, viewer: Viewer, owner: Owner, filename: str) -> None:
        viewer.require(Role.EDITOR)
        self._viewer, self._owner = viewer, owner
        self._stem = slugify(filename.rpartition(".")[0][:200], max_length=LONGEST_STEM) or "picture"
        self._hash = hashlib.sha256()
        self._head, self._size = b"", 0
        self._place = folder() / STAGING / ids.new_id(16)
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Take it within."""
        check_room(self._viewer, self._owner)
        with _telling():
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self._place.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what was not kept."""
        if self._file is not None:
            with suppress(OSError):  # a full disk does not take what is left to write either
                self._file.close()
        self._place.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Take the next piece."""
        self._size += len(data)
        if self._size > MOST_BYTES:
            raise TooLarge("picture_too_large", limit_mb=MOST_BYTES >> 20)
        if len(self._head) < HEAD_BYTES:
            self._head += data[:HEAD_BYTES]
            if len(self._head) >= HEAD_BYTES:
                media_type(self._head)
        self._hash.update(data)
        with _telling():
            self._opened().write(data)

    def keep(self) -> Picture:
        """Keep what came as a picture of the README; the same bytes under the same name are kept once."""
        kind, digest = media_type(self._head), self._hash.hexdigest()
        name = f"{self._stem}-{digest[:16]}.{KINDS[kind][0]}"
        with _telling():
            self._opened().flush()
            os.fsync(self._opened().fileno())
        with transaction() as session:
            found, readme = owners.readme_to_change(session, self._owner)
            now, by = clock.now(), self._viewer.person_id
            row = session.get(ReadmeFile, (readme.id, name))
            if row is None:
                _require_less(session, readme)
                row = ReadmeFile(
                    readme_id=readme.id,
                    name=name,
                    media_type=kind,
                    size=self._size,
                    digest=digest,
                    created_at=now,
                    created_by=by,
                )
            row.created_at, row.created_by = now, by
            path = path_of(readme.id, digest)
            with _telling():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                self._place.replace(path)  # before the commit: a row never names what is not there
            session.add(row)
        found.tell()
        return Picture(name, kind, self._size, path)

    def _opened(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("not entered")
        return self._file


@contextmanager
def _telling() -> Iterator[None]:
    """Say in our words that the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Unavailable("disk_full") from error
        raise


def check_room(viewer: Viewer, owner: Owner) -> None:
    """Raise before any byte is taken what would be raised in the end."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        found = owners.find(session, owner)
        found.require_alive()
        readme = owners.readme_of(session, found)
        if readme is not None:
            _require_less(session, readme)
    if shutil.disk_usage(settings().data_dir).free < MOST_BYTES:
        raise Unavailable("disk_full")


def find(viewer: Viewer, owner: Owner, name: str) -> Picture:
    """Return a picture of a README, or raise NotFound."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        return picture(session, owners.readme_of(session, owners.find(session, owner)), name)


def picture(session: Session, readme: Readme | None, name: str) -> Picture:
    """Return a picture by its name, or raise NotFound."""
    row = session.get(ReadmeFile, (readme.id, name)) if readme and NAME.fullmatch(name) else None
    path = path_of(row.readme_id, row.digest) if row else None
    if row is None or path is None or not path.is_file():
        raise NotFound("picture_not_found")
    return Picture(row.name, row.media_type, row.size, path)


def named_in(text: str) -> set[str]:
    """Return the names of pictures that a text may show."""
    return set(NAMED.findall(text))


def media_type(head: bytes) -> str:
    """Return what a file is by its first bytes; raise Invalid if it is no picture that is taken."""
    for kind, (_, beginning) in KINDS.items():
        if beginning.match(head[:HEAD_BYTES]):
            return kind
    raise Invalid("picture_kind", field="file")


def folder() -> Path:
    """Return where the pictures of all READMEs lie."""
    return settings().readmes_dir


def path_of(readme_id: int, digest: str) -> Path:
    """Return where the bytes of a picture lie."""
    return folder() / str(readme_id) / digest


def _require_less(session: Session, readme: Readme) -> None:
    query = select(func.count()).select_from(ReadmeFile).where(col(ReadmeFile.readme_id) == readme.id)
    if session.exec(query).one() >= MOST_FILES:
        raise Conflict("pictures_too_many", most=MOST_FILES)
