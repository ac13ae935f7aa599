"""The last requests to each deployment, kept on this machine: one SQLite file, one writer, any number of readers.

Rows lie sorted by deployment and time, so "the newest before this one" is one short walk whatever else there is.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests_kept import Known, too_many, worth_keeping

FILE = "requests.db"
MOST = 10_000
"""Requests of one deployment."""
DROPPED_AT_ONCE = 1000
"""Dropping reads all of the deployment's rows, so it is done once for many."""
BUSY_S = 5.0
PRAGMAS = ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-4000")
CREATE = """
CREATE TABLE IF NOT EXISTS request (
    slug TEXT NOT NULL, at_ms INTEGER NOT NULL, place INTEGER NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL, duration_us INTEGER NOT NULL,
    bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, instance TEXT NOT NULL, revision INTEGER NOT NULL,
    key TEXT NOT NULL, console INTEGER NOT NULL, request_id TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (slug, at_ms, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS left_out (slug TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
"""
ADD = f"INSERT OR REPLACE INTO request VALUES ({', '.join('?' * len(Request._fields))})"  # noqa: S608 -- no value in it
NOTE = "INSERT INTO left_out VALUES (?, ?) ON CONFLICT (slug) DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)"
KNOWN = "SELECT at_ms, place, status, duration_us FROM request WHERE slug = ?"
COUNT = "SELECT count(*) FROM request WHERE slug = ?"
DROP = "DELETE FROM request WHERE slug = ? AND at_ms = ? AND place = ?"
NEXT_SLUG = "SELECT min(slug) FROM request WHERE slug > ?"
DROP_OLD = ("DELETE FROM request WHERE slug = ? AND at_ms < ?", "DELETE FROM left_out WHERE slug = ? AND at_ms < ?")
LEFT_OUT = "SELECT at_ms FROM left_out WHERE slug = ?"
ANY = "SELECT 1 FROM request WHERE slug = ? LIMIT 1"


class Reader:
    """Reads while another process writes. Without a file there is nothing, and a damaged one raises DatabaseError."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def newest(self, slug: str, conditions: Sequence[str], values: Sequence[Any], limit: int) -> list[Request]:
        """Return requests that meet all conditions, newest first. Conditions are SQL with `?` for each value."""
        where = " AND ".join(("slug = ?", *conditions))
        query = f"SELECT * FROM request WHERE {where} ORDER BY at_ms DESC, place DESC LIMIT ?"  # noqa: S608 -- ours
        return [Request(*row) for row in self._rows(query, (slug, *values, limit))]

    def left_out_ms(self, slug: str) -> int | None:
        """Return when the newest request was that is left out; None if all are here."""
        return next((at for (at,) in self._rows(LEFT_OUT, (slug,))), None)

    def anything(self, slug: str) -> bool:
        """Say whether there is any request."""
        return bool(self._rows(ANY, (slug,)))

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        if not self._path.exists():
            return []
        with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if str(error).startswith("no such table"):
                    return []  # the writer is making the file this moment
                raise


class Writer:
    """Adds to the file; only one process may. Every method may raise `sqlite3.Error`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / FILE, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        self._counts: dict[str, int] = {}
        for pragma in PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(CREATE)

    def check(self) -> None:
        """Raise DatabaseError if the file is damaged; takes as long as reading it."""
        found = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(str(found[0]))

    def write(self, batch: Sequence[Request]) -> None:
        """Add requests, as many as are worth keeping; all of that or nothing."""
        kept, left_out = worth_keeping(batch)
        with self._transaction():
            self._connection.executemany(ADD, kept)
            self._connection.executemany(NOTE, left_out.items())
            for slug, number in Counter(each.slug for each in kept).items():
                self._bound(slug, number)

    def forget(self, before: datetime) -> None:
        """Drop what was before that moment, and give the room back."""
        for slug in self._slugs():
            with self._transaction():
                for query in DROP_OLD:
                    self._connection.execute(query, (slug, round(before.timestamp() * 1000)))
        self._counts.clear()
        self._connection.executescript("PRAGMA incremental_vacuum")  # `execute` would give back one page only

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _bound(self, slug: str, added: int) -> None:
        known = self._counts.get(slug)
        self._counts[slug] = self._count(slug) if known is None else known + added
        if self._counts[slug] <= MOST:
            return
        rows = [Known(*row) for row in self._connection.execute(KNOWN, (slug,))]
        drop = too_many(rows, MOST - DROPPED_AT_ONCE)
        self._connection.executemany(DROP, [(slug, each.at_ms, each.place) for each in drop])
        self._connection.execute(NOTE, (slug, max(each.at_ms for each in drop)))
        self._counts[slug] = len(rows) - len(drop)

    def _count(self, slug: str) -> int:
        return int(self._connection.execute(COUNT, (slug,)).fetchone()[0])

    def _slugs(self) -> Iterator[str]:
        """Yield every slug there is, each by one look instead of a walk over all rows."""
        slug = ""
        while (slug := self._connection.execute(NEXT_SLUG, (slug,)).fetchone()[0]) is not None:
            yield slug

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit at the end; on any error roll back, and forget what was counted."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._counts.clear()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
