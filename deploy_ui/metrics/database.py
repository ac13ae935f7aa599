"""A SQLite file with one writer and any number of readers, in other processes too."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

BUSY_S = 5.0
PRAGMAS = ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-4000")
"""Survives the kill of any process; after a power cut the last seconds may be missing."""
BEGUN = "SELECT 1 FROM sqlite_master LIMIT 1"


class Database:
    """The writer's side. Every method may raise `sqlite3.Error`."""

    def __init__(self, path: Path, tables: str) -> None:
        """Open the file, and make it with its tables where there is none."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.executescript(tables)

    def check(self) -> None:
        """Raise DatabaseError if the file is damaged; takes as long as reading it."""
        found = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(str(found[0]))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end; roll back on any error."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def give_room_back(self) -> None:
        """Let the file shrink by what was dropped."""
        self.connection.executescript("PRAGMA incremental_vacuum")  # `execute` would give back one page only

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Give a connection that only reads; None where there is no file, or where its writer is just making it."""
    if not path.exists():
        yield None
        return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as connection:
        yield connection if connection.execute(BEGUN).fetchone() else None
