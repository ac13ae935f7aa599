"""The lines of one instance's log files: where each ends, and how to read from either end of large files."""

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy_ui.errors import Invalid
from deploy_ui.runtimes.base import LogLine
from deploy_ui.runtimes.keeper import rotated

BLOCK = 64 * 1024
STREAMS = {b"o": "stdout", b"e": "stderr", b"p": "platform"}
CURSOR_DIGITS = 16
EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, order=True)
class Place:
    """Where a line ends: its time in microseconds, the file's number and the offset. Later lines sort behind it."""

    micros: int
    number: int
    offset: int

    @staticmethod
    def cursor(micros: int, number: int, offset: int) -> str:
        """Return a place as text of fixed length that sorts the same."""
        return f"{micros:016x}-{number:08x}-{offset:08x}"

    @classmethod
    def parse(cls, cursor: str) -> "Place":
        """Return the place that a cursor names. Raises Invalid for a text that is no cursor."""
        parts = cursor.split("-")
        try:
            micros, number, offset = (int(part, 16) for part in parts if len(part) <= CURSOR_DIGITS)
        except ValueError as error:
            raise Invalid("log_cursor_invalid", field="cursor") from error
        return cls(micros, number, offset)


def newest_change(folder: Path) -> float | None:
    """Return when the log was last written, in seconds; None if there is no log."""
    numbers = rotated.numbers(str(folder))
    try:
        return Path(rotated.path(str(folder), numbers[-1])).stat().st_mtime if numbers else None
    except FileNotFoundError:
        return None


def forward(folder: Path, start: Place | None = None) -> Iterator[LogLine]:
    """Yield the lines behind a place, or all, oldest first. Files that rotate away meanwhile are passed over."""
    for number in rotated.numbers(str(folder)):
        if start is None or number > start.number:
            yield from _file_forward(folder, number, 0)
        elif number == start.number:
            yield from _file_forward(folder, number, start.offset)


def backward(folder: Path, limit: int) -> list[LogLine]:
    """Return the newest lines, oldest first, without reading more of the files than they take."""
    found: list[LogLine] = []
    for number in reversed(rotated.numbers(str(folder))):
        if len(found) >= limit:
            break
        found = _file_backward(folder, number, limit - len(found)) + found
    return found


def newer(folder: Path, micros: int) -> list[LogLine]:
    """Return the lines that were written after this time, oldest first."""
    limit = 100
    while True:
        found = backward(folder, limit)
        if len(found) < limit or Place.parse(found[0].cursor).micros <= micros:
            return [line for line in found if Place.parse(line.cursor).micros > micros]
        limit *= 4


def _file_forward(folder: Path, number: int, offset: int) -> Iterator[LogLine]:
    rest = b""
    for block in _blocks(rotated.path(str(folder), number), offset):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            offset += len(line) + 1
            yield _line(line, folder, number, offset)


def _blocks(path: str, offset: int) -> Iterator[bytes]:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 opened many times a second
            file.seek(offset)
            while block := file.read(BLOCK):
                yield block
    except FileNotFoundError:
        return


def _file_backward(folder: Path, number: int, limit: int) -> list[LogLine]:
    try:
        with open(rotated.path(str(folder), number), "rb", buffering=0) as file:  # noqa: PTH123 opened very often
            start = file.seek(0, os.SEEK_END)
            blocks: list[bytes] = []
            breaks = 0
            while start > 0 and breaks <= limit:  # one more break than lines: the one before the first line
                size = min(BLOCK, start)
                start -= size
                file.seek(start)
                blocks.insert(0, file.read(size))
                breaks += blocks[0].count(b"\n")
    except FileNotFoundError:
        return []
    *lines, _unfinished = b"".join(blocks).split(b"\n")
    ends = start
    found: list[tuple[bytes, int]] = []
    for line in lines:
        ends += len(line) + 1
        found.append((line, ends))
    whole = found if start == 0 else found[1:]
    return [_line(line, folder, number, end) for line, end in whole[-limit:]]


def _line(raw: bytes, folder: Path, number: int, offset: int) -> LogLine:
    """Read one line. One that we did not write so (a disk that lost part of it) is shown as it is."""
    try:
        at, micros = _moment(raw[:27])
        stream = STREAMS[raw[28:29]]
        text = raw[rotated.PREFIX_LENGTH :]
    except (ValueError, KeyError):
        at, stream, text = datetime.fromtimestamp(newest_change(folder) or 0.0, UTC), "platform", raw
        micros = _micros(at)
    cursor = Place.cursor(micros, number, offset)
    return LogLine(cursor, at, folder.name, text.decode(errors="replace").replace("\0", "\ufffd"), stream)


@functools.lru_cache(maxsize=16)
def _moment(text: bytes) -> tuple[datetime, int]:
    """Read a time; lines that were written together have the same."""
    at = datetime.fromisoformat(text.decode("ascii"))
    return at, _micros(at)


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
