"""The last requests to each deployment, kept on this machine: one SQLite file, one writer, any number of readers.

Rows lie sorted by deployment and time, so "the newest before this one" is one short walk whatever else there is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy_ui.metrics.database import Database, reading
from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests_kept import Known, too_many, worth_keeping

FILE = "requests.db"
MOST = 10_000
"""Requests of one deployment."""
DROPPED_AT_ONCE = 1000
"""Dropping reads all of the deployment's rows, so it is done once for many."""
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
        with reading(self._path) as connection:
            return connection.execute(query, values).fetchall() if connection else []


class Writer(Database):
    """Adds to the file; only one process may. Every method may raise `sqlite3.Error`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE, CREATE)
        self._counts: dict[str, int] = {}
        """Rows of each deployment, as far as they are known."""

    def write(self, batch: Sequence[Request]) -> None:
        """Add requests, as many as are worth keeping; all of that or nothing."""
        kept, left_out = worth_keeping(batch)
        counts = self._counts
        self._counts = {}  # on an error they are counted anew
        with self.transaction():
            self.connection.executemany(ADD, kept)
            self.connection.executemany(NOTE, left_out.items())
            for slug, number in Counter(each.slug for each in kept).items():
                self._bound(counts, slug, number)
        self._counts = counts

    def forget(self, before: datetime) -> None:
        """Drop what was before that moment, and give the room back."""
        for slug in self._slugs():
            with self.transaction():
                for query in DROP_OLD:
                    self.connection.execute(query, (slug, round(before.timestamp() * 1000)))
        self._counts.clear()
        self.give_room_back()

    def _bound(self, counts: dict[str, int], slug: str, added: int) -> None:
        known = counts.get(slug)
        counts[slug] = self._count(slug) if known is None else known + added
        if counts[slug] <= MOST:
            return
        rows = [Known(*row) for row in self.connection.execute(KNOWN, (slug,))]
        drop = too_many(rows, MOST - DROPPED_AT_ONCE)
        self.connection.executemany(DROP, [(slug, each.at_ms, each.place) for each in drop])
        self.connection.execute(NOTE, (slug, max(each.at_ms for each in drop)))
        counts[slug] = len(rows) - len(drop)

    def _count(self, slug: str) -> int:
        return int(self.connection.execute(COUNT, (slug,)).fetchone()[0])

    def _slugs(self) -> Iterator[str]:
        """Yield every slug there is, each by one look instead of a walk over all rows."""
        slug = ""
        while (slug := self.connection.execute(NEXT_SLUG, (slug,)).fetchone()[0]) is not None:
            yield slug
