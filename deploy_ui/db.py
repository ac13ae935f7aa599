"""The database: one engine a process and short transactions.

SQLite runs in WAL with `BEGIN IMMEDIATE`, because several processes share the file: a transaction that
begins as a reader and then writes would fail at once instead of waiting for its turn. What was committed is on the disk
(`synchronous=FULL`): an accepted call survives a power cut.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine

from deploy_ui.settings import settings

BUSY_TIMEOUT_MS = 30_000


@functools.cache
def engine() -> Engine:
    """Return this process's engine. Tests clear it with `engine.cache_clear()` after `dispose()`.

    Its errors name no values: they may be callers' secrets, and are logged.
    """
    url = settings().database
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    waits = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    made = create_engine(url, connect_args=waits, hide_parameters=True)
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


@contextmanager
def transaction() -> Iterator[Session]:
    """Give a session; commit at the end, roll back on any error. Never wait for the network inside."""
    with Session(engine(), expire_on_commit=False) as session:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        session.commit()


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session that only reads; it never takes the writers' turn."""
    with Session(engine(), expire_on_commit=False) as session:
        yield session


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("lower", 1, _lower, deterministic=True)


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _lower(value: object) -> object:
    """Lower all alphabets: SQLite's own `lower` knows ASCII only, and people search in Russian."""
    return value.lower() if isinstance(value, str) else value
