"""Places in one instance's log files: how they are named, and how to find one by its time or by counting back."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple

from deploy_ui.errors import Invalid
from deploy_ui.runtimes.keeper import rotated

FIRST_BLOCK = 8 * 1024
LARGEST_BLOCK = 256 * 1024
TIME_LENGTH = len("2031-05-04T03:02:01.123456Z")
MOST_MICROS, MOST_NUMBER, MOST_OFFSET = 2**57, 2**40, 2**40
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

    def __str__(self) -> str:
        """Return it as a cursor."""
        return self.cursor(self.micros, self.number, self.offset)

    @classmethod
    def parse(cls, cursor: str) -> "Place":
        """Return the place that a cursor names. Raises Invalid for a text that is no cursor."""
        try:
            micros, number, offset = (int(part, 16) for part in cursor.split("-", 3))
        except ValueError as error:
            raise Invalid("log_cursor_invalid", field="cursor") from error
        if micros >= MOST_MICROS or number >= MOST_NUMBER or offset >= MOST_OFFSET:
            raise Invalid("log_cursor_invalid", field="cursor")
        return cls(micros, number, offset)


class Step(NamedTuple):
    """One line on the way back: its time as it is written, which sorts, and where it begins and ends."""

    written: bytes
    number: int
    start: int
    end: int

    @property
    def before(self) -> Place:
        """The place before this line."""
        return Place(micros_of(self.written), self.number, self.start)


def written(at: datetime) -> bytes:
    """Return a time as it is written at the beginning of a line."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()


def micros(at: datetime) -> int:
    """Return a time in microseconds."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(since_epoch: int) -> datetime:
    """Return the time of so many microseconds."""
    return EPOCH + timedelta(microseconds=since_epoch)


def micros_of(time: bytes) -> int:
    """Return a time as it is written in microseconds; 0 for what is none."""
    try:
        return micros(datetime.fromisoformat(time.decode("ascii")))
    except ValueError:
        return 0


def backward(folder: Path, end: Place | None = None) -> Iterator[Step]:
    """Yield the lines that end at a place or before, or all, newest first; reads no more of the files than is taken."""
    for number in reversed(rotated.numbers(str(folder))):
        if end is None or number <= end.number:
            offset = end.offset if end is not None and number == end.number else None
            try:
                with open(rotated.path(str(folder), number), "rb", buffering=0) as file:  # noqa: PTH123 very often
                    yield from _file_backward(file, number, offset)
            except FileNotFoundError:
                continue


def at_time(folder: Path, at: datetime) -> Place | None:
    """Return the place behind the last line that was written at this time or before; None if nothing is kept."""
    time = written(at)
    chosen = None
    for number in rotated.numbers(str(folder)):
        first = _first_time(rotated.path(str(folder), number))
        if chosen is None or (first and first <= time):
            chosen = number
    if chosen is None:
        return None
    try:
        with Path(rotated.path(str(folder), chosen)).open("rb") as file:
            return Place(micros(at), chosen, _behind(file, time))
    except FileNotFoundError:
        return Place(micros(at), chosen, 0)


def _file_backward(file: BinaryIO, number: int, offset: int | None) -> Iterator[Step]:
    """Walk back block by block; `rest` begins with the line whose beginning was not read yet."""
    size = file.seek(0, os.SEEK_END)
    start = size if offset is None else min(offset, size)
    rest, block = b"", FIRST_BLOCK
    first = True
    while start > 0:
        taken = min(block, start)
        start -= taken
        file.seek(start)
        rest = file.read(taken) + rest
        if first:  # what is being written has no end yet
            rest = rest[: rest.rfind(b"\n") + 1]
            first = not rest
        head, *pieces = rest.split(b"\n")
        end = start + len(rest)
        for piece in reversed(pieces[:-1]):
            begin = end - len(piece) - 1
            yield Step(piece[:TIME_LENGTH], number, begin, end)
            end = begin
        rest = head + b"\n" if rest else b""
        block = min(block * 2, LARGEST_BLOCK)
    if rest:
        yield Step(rest[:TIME_LENGTH].rstrip(b"\n"), number, 0, len(rest))


def _behind(file: BinaryIO, time: bytes) -> int:
    """Return where the lines of this time or before end, halving what is left to look at."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while high - low > FIRST_BLOCK:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        start = file.tell()
        if start < high and file.read(TIME_LENGTH) <= time:
            low = start
        else:
            high = middle
    file.seek(low)
    for line in file:
        if line[:TIME_LENGTH] > time or not line.endswith(b"\n"):
            break
        low += len(line)
    return low


def _first_time(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 asked for every file of many instances
            return file.read(TIME_LENGTH)
    except FileNotFoundError:
        return b""
