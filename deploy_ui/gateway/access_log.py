"""Reads what Envoy wrote about requests, each line once. Keeps the file small."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deploy_ui.gateway import admin, places
from deploy_ui.gateway.access_entries import LONGEST_LINE, Entry, parse
from deploy_ui.gateway.files import replace_if_changed
from deploy_ui.settings import settings

LARGEST_BYTES = 64 << 20
"""A longer file is set aside, and the one before it dropped: two files are all that is ever kept."""
MOST_AT_ONCE = 5000
"""Lines that are held at once, however many were written while nobody read."""


@dataclass(frozen=True)
class _Place:
    """How far the log was read: in which file, whatever its name is by now, and up to which byte."""

    inode: int = 0
    offset: int = 0


def batches() -> Iterator[list[Entry]]:
    """Yield the requests to deployments that were written since the last read, oldest first. Only one process may read.

    The place is kept on disk before a batch is given out: what a kill interrupts is not read again, and nothing is
    read twice. Also sets the file aside once it is long. Raises OSError where the place cannot be written.
    """
    log = places.access_log(settings())
    place = _saved(log)
    for path in (_previous(log), log):
        if path.exists() and (path == log or path.stat().st_ino == place.inode):
            for entries, read in _read(path, place):
                place = read
                _save(log, place)
                if entries:
                    yield entries
    _set_aside(log)


def _saved(log: Path) -> _Place:
    try:
        inode, offset = log.with_suffix(".position").read_text().split()
        return _Place(int(inode), int(offset))
    except (FileNotFoundError, ValueError):
        return _Place()


def _save(log: Path, place: _Place) -> None:
    replace_if_changed(log.with_suffix(".position"), f"{place.inode} {place.offset}\n")


def _previous(log: Path) -> Path:
    return log.with_suffix(".log.1")


def _read(path: Path, place: _Place) -> Iterator[tuple[list[Entry], _Place]]:
    """Yield requests with how far the file is read by then."""
    found = path.stat()
    offset = place.offset if found.st_ino == place.inode and place.offset <= found.st_size else 0
    entries: list[Entry] = []
    with path.open("rb") as file:
        file.seek(offset)
        for line, length in _lines(file):
            entry = parse(line, offset)
            offset += length
            if entry is not None:
                entries.append(entry)
            if len(entries) >= MOST_AT_ONCE:
                yield entries, _Place(found.st_ino, offset)
                entries = []
    yield entries, _Place(found.st_ino, offset)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield whole lines with their lengths; of one that is too long for a request nothing but its length."""
    while line := file.readline(LONGEST_LINE):
        length = len(line)
        if not line.endswith(b"\n") and length == LONGEST_LINE:
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                length += len(rest)
            line, length = rest[-1:], length + len(rest)
        if not line.endswith(b"\n"):
            return
        yield line, length


def _set_aside(log: Path) -> None:
    """Rename a long file and let Envoy begin a new one; it writes to the renamed one until it has."""
    if not log.exists() or log.stat().st_size < LARGEST_BYTES:
        return
    try:
        admin.ask("/ready")
    except OSError:
        return  # nobody writes, so nothing grows; and nobody could be told
    log.replace(_previous(log))
    admin.ask("/reopen_logs", method="POST")
