"""A folder that is filled from outside: no path leaves it, none hides another, and there is a limit to it all.

Case and Unicode form do not tell two paths apart here, as they do not on the machine that somebody may copy the
files to.
"""

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, Self, runtime_checkable

from deploy_ui.errors import Invalid, TooLarge

MOST_FILES = 10_000
LONGEST_PATH = 512
LONGEST_NAME = 255
DEEPEST = 32
SHOWN = 80
RUNNABLE, PLAIN = 0o755, 0o644


@runtime_checkable
class SupportsRead(Protocol):
    """Something like a file."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""


class Budget:
    """How many bytes may still come, over all files of one upload."""

    def __init__(self, limit_mb: int) -> None:
        self._limit_mb = limit_mb
        self._left = limit_mb * 1024**2

    def spend(self, size: int) -> None:
        """Count bytes that came; raise TooLarge at the first one too many."""
        self._left -= size
        if self._left < 0:
            raise TooLarge("upload_too_large", limit_mb=self._limit_mb)


@dataclass(frozen=True)
class File:
    """One file of a tree."""

    path: str
    size: int


class Tree:
    """What was put into one folder so far."""

    def __init__(self, root: Path, budget: Budget) -> None:
        self.root = root
        self._budget = budget
        self._taken: dict[str, tuple[str, bool]] = {}
        """How each path is spelled, and whether it is a folder."""
        self._files: dict[str, int] = {}
        root.mkdir(parents=True)

    def create(self, path: str, *, runnable: bool = False) -> "Sink":
        """Open a new file for writing; raise Invalid for a path that is a trick or is taken."""
        clean = self._claim(clean_path(path))
        target = self.root / clean
        target.parent.mkdir(parents=True, exist_ok=True)
        return Sink(self, clean, target.open("xb"), RUNNABLE if runnable else PLAIN, self._budget)

    def adopt(self, other: "Tree", *, below: str = "") -> None:
        """Take over all files of another tree, or those below one of its folders, without copying."""
        for file in other.files():
            path = PurePosixPath(file.path).relative_to(below) if below else PurePosixPath(file.path)
            clean = self._claim(path)
            (self.root / clean).parent.mkdir(parents=True, exist_ok=True)
            (other.root / file.path).rename(self.root / clean)
            self._files[clean] = file.size

    def files(self) -> list[File]:
        """Return every complete file, sorted by path."""
        return [File(path, size) for path, size in sorted(self._files.items())]

    def completed(self, path: str, size: int) -> None:
        """Note that a file is whole. Called by its sink."""
        self._files[path] = size

    def _claim(self, path: PurePosixPath) -> str:
        """Reserve the path: neither it nor one of its folders may be something else already."""
        clean = str(path)
        if len(self._files) >= MOST_FILES:
            raise TooLarge("upload_too_many_files", limit=MOST_FILES)
        folders = [(_key(folder), (str(folder), True)) for folder in path.parents[:-1]]
        fits = all(self._taken.setdefault(key, folder) == folder for key, folder in folders)
        if not fits or _key(path) in self._taken:
            raise Invalid("path_taken", field="files", path=clean[:SHOWN])
        self._taken[_key(path)] = (clean, False)
        return clean


class Sink:
    """One file that is being written. It counts only once it is closed without an error."""

    def __init__(self, tree: Tree, path: str, file: BinaryIO, mode: int, budget: Budget) -> None:
        self._tree = tree
        self._path = path
        self._file = file
        self._mode = mode
        self._budget = budget
        self._size = 0

    def __enter__(self) -> Self:
        """Write within."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close the file, and count it if nothing went wrong."""
        self._file.close()
        if kind is None:
            (self._tree.root / self._path).chmod(self._mode)
            self._tree.completed(self._path, self._size)

    def write(self, data: bytes) -> None:
        """Append; raise TooLarge as soon as the upload is over its limit."""
        self._budget.spend(len(data))
        self._file.write(data)
        self._size += len(data)


def clean_path(path: str) -> PurePosixPath:
    """Return the path without its `.` segments; raise Invalid for one that could lead elsewhere or confuse a reader."""
    segments = [segment for segment in path.split("/") if segment != "."]
    fine = bool(segments) and len(segments) <= DEEPEST and all(map(_is_name, segments))
    if not fine or len("/".join(segments).encode()) > LONGEST_PATH:
        raise Invalid("path_unsafe", field="files", path=_shown(path))
    return PurePosixPath(*segments)


def open_inside(root: Path, path: str) -> BinaryIO:
    """Open a plain file below the root to read; raise OSError where a link stands in its place or on the way to it."""
    *folders, name = clean_path(path).parts
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)
    file = os.fdopen(number, "rb")
    if not stat.S_ISREG(os.fstat(number).st_mode):  # a pipe or a device
        file.close()
        raise OSError(errno.EINVAL, "no plain file")
    return file


def size_of(file: BinaryIO) -> int:
    """Return how many bytes an open file has."""
    return os.fstat(file.fileno()).st_size


def is_runnable(file: BinaryIO) -> bool:
    """Say whether an open file may be run by its owner."""
    return bool(os.fstat(file.fileno()).st_mode & stat.S_IXUSR)


def _is_name(segment: str) -> bool:
    """Say whether this is a plain file name: not empty, no way up, nothing invisible, no separator of any system."""
    if segment in {"", ".."} or segment != segment.strip() or "\\" in segment:
        return False
    if len(segment) > 1 and segment[1] == ":":
        return False
    if any(unicodedata.category(character)[0] == "C" for character in segment):
        return False
    return len(segment.encode()) <= LONGEST_NAME


def _key(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()


def _shown(path: str) -> str:
    """Return the path so that it can be shown: what cannot be seen is spelled out."""
    return path[:SHOWN].encode("unicode_escape").decode() if not path.isprintable() else path[:SHOWN]


def chunks(source: SupportsRead, size: int = 64 * 1024) -> Iterator[bytes]:
    """Yield what a file holds, piece by piece."""
    while data := source.read(size):
        yield data
