"""What was measured, kept on this machine for some days: one SQLite file, one writer, any number of readers.

SQLite because it is in Python, survives a kill at any moment, is read by other processes while it is written, and holds
rows sorted by deployment and time, so that a chart is one short walk. A row is one stretch of one deployment
(`deploy_ui.metrics.sample`), packed. Beside the stretches of 15 s there are longer ones, added up of the next shorter
ones once they are over, so that no chart has to read more than some hundred rows.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from deploy_ui.metrics.database import Database, reading
from deploy_ui.metrics.packing import decode, encode
from deploy_ui.metrics.sample import Sample, merged

SHORTEST_S = 15
LENGTHS = (SHORTEST_S, 60, 300, 900, 3600)
"""Seconds of the stretches that are kept; each divides the next."""
FILE = "metrics.db"
CREATE = """
CREATE TABLE IF NOT EXISTS stretch (
    length INTEGER NOT NULL, deployment INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (length, deployment, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""
REPLACE = "INSERT OR REPLACE INTO stretch VALUES (?, ?, ?, ?)"
ONE = "SELECT data FROM stretch WHERE length = ? AND deployment = ? AND at = ?"
SOME = "SELECT at, data FROM stretch WHERE length = ? AND deployment = ? AND at >= ? AND at < ? ORDER BY at"
LAST = "SELECT MAX(at) FROM stretch WHERE length = ? AND deployment = ? AND at < ?"
FAR, NEVER = 1 << 62, -1
KNOWN = """
WITH RECURSIVE known(deployment) AS (
    SELECT MIN(deployment) FROM stretch WHERE length = 15
    UNION ALL
    SELECT (SELECT MIN(deployment) FROM stretch WHERE length = 15 AND deployment > known.deployment)
    FROM known WHERE deployment IS NOT NULL
)
SELECT deployment FROM known WHERE deployment IS NOT NULL
"""
NOTE = "INSERT OR REPLACE INTO note VALUES (?, ?)"
NOTED = "SELECT data FROM note WHERE name = ?"
DROP = "DELETE FROM stretch WHERE length = ? AND deployment = ? AND at < ?"

Series = dict[int, Sample]
"""Stretches by the second since 1970 at which each began, in order; where nothing was measured there is none."""


class Reader:
    """Reads while another process writes. Without a file there is nothing, and a damaged one raises DatabaseError."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def newest(self) -> int | None:
        """Return when the newest stretch of any deployment ended; None where there is none."""
        with self._open() as rows:
            return rows.newest() if rows else None

    def series(self, deployment: int, since: int, until: int, step: int) -> Series:
        """Return the stretches of `step` seconds (a multiple of 15) that begin within `since ≤ at < until`."""
        length = max(each for each in LENGTHS if step % each == 0)
        with self._open() as rows:
            return _added(rows.walk(deployment, since // step * step, until, length), step) if rows else {}

    def total(self, deployment: int, since: int, until: int) -> Sample:
        """Return everything that was measured of `since ≤ at < until`, to 15 s exact."""
        with self._open() as rows:
            found = rows.walk(deployment, since, until, LENGTHS[-1]) if rows else ()
            return merged(decode(data) for _, data in found)

    def everything(self, since: int, until: int, step: int) -> dict[int, Series]:
        """Return the stretches of one of the kept lengths of every deployment, by its id."""
        with self._open() as rows:
            if rows is None:
                return {}
            start = since // step * step
            return {each: _added(rows.walk(each, start, until, step), step) for each in rows.deployments()}

    def note(self, name: str) -> bytes | None:
        """Return what was noted last under a name."""
        with reading(self.path) as connection:
            row = connection.execute(NOTED, (name,)).fetchone() if connection else None
            return row[0] if row else None

    @contextmanager
    def _open(self) -> Iterator["Rows | None"]:
        with reading(self.path) as connection:
            yield Rows(connection) if connection else None


class Rows:
    """The rows of an open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def deployments(self) -> list[int]:
        """Return the ids of all that were measured."""
        return [deployment for (deployment,) in self._connection.execute(KNOWN)]

    def newest(self) -> int | None:
        """Return when the newest stretch ended; None where there is none."""
        ends = [end for each in self.deployments() if (end := self._end(SHORTEST_S, each, FAR))]
        return max(ends, default=None)

    def walk(self, deployment: int, since: int, until: int, longest: int) -> Iterator[tuple[int, bytes]]:
        """Yield what covers `since ≤ at < until` in as few stretches as there are, none of them longer than `longest`.

        Where the longer ones have not been added up yet, shorter ones stand for them.
        """
        start = -(-since // longest) * longest
        if longest == SHORTEST_S:
            yield from self._connection.execute(SOME, (SHORTEST_S, deployment, start, until))
            return
        shorter = LENGTHS[LENGTHS.index(longest) - 1]
        end = min(until // longest * longest, self._end(longest, deployment, until))
        if start >= end:
            yield from self.walk(deployment, since, until, shorter)
            return
        yield from self.walk(deployment, since, start, shorter)
        yield from self._connection.execute(SOME, (longest, deployment, start, end))
        yield from self.walk(deployment, end, until, shorter)

    def _end(self, length: int, deployment: int, until: int) -> int:
        """Return when the last stretch before `until` ended; what a clock that jumped left behind it does not count."""
        last = self._connection.execute(LAST, (length, deployment, until)).fetchone()[0]
        return 0 if last is None else int(last) + length


class Writer(Database):
    """Adds to the file; only one process may. Every method may raise `sqlite3.Error`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE, CREATE)
        self._at: int | None = None
        """When the stretch began that was written last, by whichever writer."""
        self._newest = NEVER

    def write(self, at: int, samples: Mapping[int, Sample], notes: Mapping[str, bytes] | None = None) -> None:
        """Add the stretch of 15 s that began at `at` (a multiple of 15), by deployment, and notes by name.

        All of it is written, or nothing. What is there already is added to: a clock that was set back comes to the same
        stretch again.
        """
        if self._at is None:
            self._at = self._newest = self._last()
        before = self._at
        with self.transaction():
            if before != NEVER:
                self._add_up(*((length, before // length * length) for length in _left(before, at)))
            for deployment, sample in samples.items():
                self._add(deployment, at, sample)
                if at <= self._newest:
                    self._add_up_again(deployment, at)
            ending = [length for length in LENGTHS[1:] if (at + SHORTEST_S) % length == 0]
            self._add_up(*((length, at // length * length) for length in ending))
            self.connection.executemany(NOTE, (notes or {}).items())
        self._at, self._newest = at, max(at, self._newest)

    def forget(self, before: datetime) -> None:
        """Drop what began before that moment, and give the room back."""
        for deployment in Rows(self.connection).deployments():
            with self.transaction():  # one by one: each is a short walk, and others come to write in between
                for length in LENGTHS:
                    self.connection.execute(DROP, (length, deployment, int(before.timestamp())))
        self.give_room_back()

    def _last(self) -> int:
        newest = Rows(self.connection).newest()
        return NEVER if newest is None else newest - SHORTEST_S

    def _add(self, deployment: int, at: int, sample: Sample) -> None:
        row = self.connection.execute(ONE, (SHORTEST_S, deployment, at)).fetchone()
        whole = merged((_sound(row[0]), sample)) if row else sample
        self.connection.execute(REPLACE, (SHORTEST_S, deployment, at, encode(whole)))

    def _add_up_again(self, deployment: int, at: int) -> None:
        """Renew the longer stretches that a clock that was set back has come to once more."""
        for length in LENGTHS[1:]:
            if self.connection.execute(ONE, (length, deployment, at // length * length)).fetchone():
                self._add_up((length, at // length * length))

    def _add_up(self, *stretches: tuple[int, int]) -> None:
        """Make longer stretches, each a length and when it began, of the next shorter ones; shorter ones come first."""
        rows = Rows(self.connection)
        for deployment in rows.deployments() if stretches else ():
            for length, began in stretches:
                shorter = LENGTHS[LENGTHS.index(length) - 1]
                found = list(rows.walk(deployment, began, began + length, shorter))
                if found:
                    whole = merged(_sound(data) for _, data in found)
                    self.connection.execute(REPLACE, (length, deployment, began, encode(whole)))


def _sound(data: bytes) -> Sample:
    """Return the sample; a row that makes no sense is damage as any other."""
    try:
        return decode(data)
    except ValueError as error:
        raise sqlite3.DatabaseError(f"a row makes no sense: {error}") from error


def _left(before: int, at: int) -> Iterator[int]:
    """Yield the lengths whose stretch was left between two looks without its end having been seen."""
    for length in LENGTHS[1:]:
        if before // length != at // length and (before + SHORTEST_S) % length:
            yield length


def _added(rows: Iterator[tuple[int, bytes]], step: int) -> Series:
    series: Series = {}
    for at, data in rows:
        began, sample = at // step * step, decode(data)
        if began in series:
            series[began].add(sample)
        else:
            series[began] = sample
    return series
