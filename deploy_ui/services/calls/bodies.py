"""Bodies of calls and of answers: short ones in the database, long ones as files, never a long one in memory."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deploy_ui.errors import TooLarge
from deploy_ui.settings import settings

MOST_IN_ROW = 64 << 10
"""Bytes; a longer body is a file."""
KEPT_FREE_BYTES = 512 << 20
"""So much of the disk is left to the database, whatever callers send."""
PIECE_BYTES = 256 << 10


@dataclass(frozen=True)
class Stored:
    """A whole body, safe on the disk as soon as the row that names it is."""

    size: int
    hash: str
    """SHA-256, hexadecimal."""
    data: bytes
    """The body if it is short; else empty."""
    file: str
    """Its place in the folder of calls if it is long; else empty."""


class Body:
    """Takes a body piece by piece. Either `store` or `discard` it."""

    def __init__(self, name: str) -> None:
        """Begin. `name` is the file's name if there will be one; nobody else may use it."""
        self._place = _place(name)
        self._most = settings().max_call_body_mb << 20
        self._hash = hashlib.sha256()
        self._size = 0
        self._short = bytearray()
        self._file: BinaryIO | None = None

    def add(self, piece: bytes) -> None:
        """Take one more piece. Raises TooLarge when the whole is over the limit, OSError when the disk is full."""
        self._size += len(piece)
        if self._size > self._most:
            raise TooLarge("call_body_large", limit_mb=settings().max_call_body_mb)
        self._hash.update(piece)
        if self._file is None and self._size > MOST_IN_ROW:
            path = path_of(self._place)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < KEPT_FREE_BYTES:
                raise OSError(errno.ENOSPC, "the disk is nearly full")
            self._file = path.open("wb")
            self._file.write(self._short)
            self._short.clear()
        if self._file is None:
            self._short += piece
        else:
            self._file.write(piece)

    def store(self) -> Stored:
        """Return the whole body; a long one is on the disk then, its folder's entry too. Waits for the disk."""
        file = self._file
        if file is not None:
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _sync_folder(path_of(self._place).parent)
        return Stored(self._size, self._hash.hexdigest(), bytes(self._short), self._place if file else "")

    @property
    def long(self) -> bool:
        """Say whether it is a file, so that `store` waits for the disk."""
        return self._file is not None

    def discard(self) -> None:
        """Forget it; twice is fine."""
        if self._file is not None:
            with suppress(OSError):  # a full disk does not take what is left to write either
                self._file.close()
            remove(self._place)


def link(file: str, name: str) -> str:
    """Give a long body a second place, under this name, and return it: the body stays until it is removed from both.

    Raises FileNotFoundError if it is gone.
    """
    place = _place(name)
    path = path_of(place)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(path_of(file), path)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        with path_of(file).open("rb") as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
    os.utime(path)  # both places are as young as the new one: what is old and nobody's is cleared away
    _sync_folder(path.parent)
    return place


def path_of(file: str) -> Path:
    """Return where a long body lies."""
    return settings().calls_dir / file


def remove(file: str) -> None:
    """Remove a long body; an absent one, or none, is fine."""
    if file:
        with suppress(FileNotFoundError):
            path_of(file).unlink()


def pieces(file: str) -> Iterator[bytes]:
    """Yield a long body. Raises FileNotFoundError if it is gone."""
    with path_of(file).open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece


def _place(name: str) -> str:
    return f"{name.partition('.')[0][-2:]}/{name}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
