"""What was measured, kept on this machine for some days: one SQLite file, one writer, any number of readers.

SQLite because it is in Python, survives a kill at any moment, is read by other processes while it is written, and holds
rows sorted by deployment and time, so that a chart is one short walk. A row is one stretch of one deployment
(`deploy_ui.metrics.sample`), packed; beside the stretches of 15 s there are the same ones added up to longer
stretches, so that no chart has to read more than a thousand rows or so.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy_ui.metrics.packing import decode, encode
from deploy_ui.metrics.sample import Sample, merged

SHORTEST_S = 15
LENGTHS = (SHORTEST_S, 60, 300, 3600)
"""Seconds of the stretches that are kept; each divides the next."""
FILE = "metrics.db"
BUSY_S = 5.0
CREATE = """
CREATE TABLE IF NOT EXISTS stretch (
    length INTEGER NOT NULL, deployment INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (length, deployment, at)
) WITHOUT ROWID
"""
BEGUN = "SELECT 1 FROM sqlite_master WHERE name = 'stretch'"
"""Between the making of a file and of its table a reader may come."""
REPLACE = "INSERT OR REPLACE INTO stretch VALUES (?, ?, ?, ?)"
ONE = "SELECT data FROM stretch WHERE length = ? AND deployment = ? AND at = ?"
SOME = "SELECT at, data FROM stretch WHERE length = ? AND deployment = ? AND at >= ? AND at < ? ORDER BY at"
ALL = "SELECT deployment, at, data FROM stretch WHERE length = ? AND at >= ? AND at < ? ORDER BY deployment, at"
NEWEST = """
WITH RECURSIVE known(deployment) AS (
    SELECT MIN(deployment) FROM stretch WHERE length = 15
    UNION ALL
    SELECT (SELECT MIN(deployment) FROM stretch WHERE length = 15 AND deployment > known.deployment)
    FROM known WHERE deployment IS NOT NULL
)
SELECT (SELECT MAX(at) FROM stretch WHERE length = 15 AND deployment = known.deployment) FROM known
"""
KNOWN = "SELECT DISTINCT deployment FROM stretch WHERE length = ?"
DROP = "DELETE FROM stretch WHERE length = ? AND deployment = ? AND at < ?"

Series = dict[int, Sample]
"""Stretches by the second since 1970 at which each began, in order; where nothing was measured there is none."""


class Reader:
    """Reads while another process writes. Without a file there is nothing, and a damaged one raises DatabaseError."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def newest(self) -> int | None:
        """Return when the newest stretch of any deployment ended; None where there is none."""
        newest = max((row[0] for row in self._rows(NEWEST, ()) if row[0] is not None), default=None)
        return None if newest is None else newest + SHORTEST_S

    def series(self, deployment: int, since: int, until: int, step: int) -> Series:
        """Return the stretches of `step` seconds (a multiple of 15) that begin within `since ≤ at < until`."""
        length = max(each for each in LENGTHS if step % each == 0)
        series: Series = {}
        for at, data in self._rows(SOME, (length, deployment, since // step * step, until)):
            series.setdefault(at // step * step, Sample()).add(decode(data))
        return series

    def total(self, deployment: int, since: int, until: int) -> Sample:
        """Return everything that was measured of `since ≤ at < until`, to 15 s exact."""
        whole = Sample()
        for length, start, end in _pieces(since, until):
            for _, data in self._rows(SOME, (length, deployment, start, end)):
                whole.add(decode(data))
        return whole

    def everything(self, since: int, until: int, length: int) -> dict[int, Series]:
        """Return the stretches of one of the kept lengths of every deployment, by its id."""
        found: dict[int, Series] = {}
        for deployment, at, data in self._rows(ALL, (length, since // length * length, until)):
            found.setdefault(deployment, {})[at] = decode(data)
        return found

    def _rows(self, query: str, arguments: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
        if not self.path.exists():
            return
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=BUSY_S)) as connection:
            if connection.execute(BEGUN).fetchone():
                yield from connection.execute(query, arguments)


class Writer:
    """Adds to the file; only one process may. Every method may raise `sqlite3.Error`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / FILE, timeout=BUSY_S, isolation_level=None)
        self._open: dict[tuple[int, int], tuple[int, Sample]] = {}
        """The longer stretches that are being added to, by length and deployment, with when they began."""
        for pragma in ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(CREATE)

    def check(self) -> None:
        """Raise DatabaseError if the file is damaged; takes as long as reading it."""
        found = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(str(found[0]))

    def write(self, at: int, samples: Mapping[int, Sample]) -> None:
        """Add the stretch of 15 s that began at `at` (a multiple of 15), by deployment; all of it or nothing.

        What is there already is added to: a clock that was set back comes to the same stretch again.
        """
        with self._transaction():
            for deployment, sample in samples.items():
                for length in LENGTHS:
                    self._add(length, deployment, at // length * length, sample)

    def forget(self, before: datetime) -> None:
        """Drop what began before that moment, and give the room back."""
        known = self._connection.execute(KNOWN, (LENGTHS[-1],)).fetchall()
        for (deployment,) in known:  # one by one: each is a short walk, and others come to write in between
            with self._transaction():
                for length in LENGTHS:
                    self._connection.execute(DROP, (length, deployment, int(before.timestamp())))
        self._connection.executescript("PRAGMA incremental_vacuum")  # `execute` would give back one page only

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _add(self, length: int, deployment: int, at: int, sample: Sample) -> None:
        began, whole = self._open.get((length, deployment), (-1, Sample()))
        if began != at:
            row = self._connection.execute(ONE, (length, deployment, at)).fetchone()
            whole = decode(row[0]) if row else Sample()
        whole = merged((whole, sample))
        self._connection.execute(REPLACE, (length, deployment, at, encode(whole)))
        self._open[length, deployment] = (at, whole)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit at the end; on any error roll back, and forget what was added up in memory."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._open.clear()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _pieces(since: int, until: int) -> Iterator[tuple[int, int, int]]:
    """Cut a time into as few stretches as there are: length, beginning and end of each run of them."""
    at = -(-since // SHORTEST_S) * SHORTEST_S
    while at < until:
        length = max(each for each in LENGTHS if at % each == 0 and (at + each <= until or each == SHORTEST_S))
        longer = next((each for each in LENGTHS if each > length), None)
        end = min(until, (at // longer + 1) * longer) if longer else until
        if longer and at % longer == 0:
            end = until
        end = max(at + length, at + (end - at) // length * length)
        yield length, at, min(end, until) if length == SHORTEST_S else end
        at = end
