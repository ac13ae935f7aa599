"""The lines of one instance's log files, read forward."""

import functools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy_ui.runtimes.base import LogLine
from deploy_ui.runtimes.keeper import rotated
from deploy_ui.runtimes.log_places import TIME_LENGTH, Place, micros, micros_of, moment

BLOCK = 64 * 1024
STREAMS = {b"o": "stdout", b"e": "stderr", b"p": "platform"}
ROTATED_AWAY = "lines are missing here: the oldest were removed to make room for newer ones"


def newest_change(folder: Path) -> float | None:
    """Return when the log was last written, in seconds; None if there is no log."""
    numbers = rotated.numbers(str(folder))
    try:
        return Path(rotated.path(str(folder), numbers[-1])).stat().st_mtime if numbers else None
    except FileNotFoundError:
        return None


def forward(folder: Path, start: Place | None = None, end: Place | None = None) -> Iterator[LogLine]:
    """Yield the lines behind a place, or all, up to another place, oldest first.

    Where files rotated away behind `start` or while we read, a line of the platform says so.
    """
    numbers = rotated.numbers(str(folder))
    missing = start is not None and bool(numbers) and numbers[0] > start.number
    for number in numbers:
        if (start is not None and number < start.number) or (end is not None and number > end.number):
            continue
        offset = start.offset if start is not None and number == start.number else 0
        until = end.offset if end is not None and number == end.number else None
        try:
            if missing:
                yield _gap(folder, number)
                missing = False
            yield from _file_forward(folder, number, offset, until)
        except FileNotFoundError:
            missing = True


def _file_forward(folder: Path, number: int, offset: int, until: int | None) -> Iterator[LogLine]:
    rest = b""
    for block in _blocks(rotated.path(str(folder), number), offset):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            offset += len(line) + 1
            if until is not None and offset > until:
                return
            yield _line(line, folder, number, offset)


def _blocks(path: str, offset: int, size: int = BLOCK) -> Iterator[bytes]:
    """Yield the file piece by piece; it is not held open between them, however long a slow reader takes."""
    block = b"."
    while block:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 opened many times a second
            file.seek(offset)
            block = file.read(size)
        offset += len(block)
        yield block


def _gap(folder: Path, number: int) -> LogLine:
    """Say that lines are missing before the first line of this file."""
    when = micros_of(next(_blocks(rotated.path(str(folder), number), 0, TIME_LENGTH)))
    return LogLine(Place.cursor(when, number, 0), moment(when), folder.name, ROTATED_AWAY, "platform")


def _line(raw: bytes, folder: Path, number: int, offset: int) -> LogLine:
    """Read one line. One that we did not write so (a disk that lost part of it) is shown as it is."""
    try:
        at, when = _moment(raw[:TIME_LENGTH])
        stream = STREAMS[raw[28:29]]
        text = raw[rotated.PREFIX_LENGTH :]
    except (ValueError, KeyError):
        at, stream, text = datetime.fromtimestamp(newest_change(folder) or 0.0, UTC), "platform", raw
        when = micros(at)
    cursor = Place.cursor(when, number, offset)
    return LogLine(cursor, at, folder.name, text.decode(errors="replace").replace("\0", "\ufffd"), stream)


@functools.lru_cache(maxsize=16)
def _moment(text: bytes) -> tuple[datetime, int]:
    """Read a time; lines that were written together have the same."""
    at = datetime.fromisoformat(text.decode("ascii"))
    return at, micros(at)
