"""A store that may fail and stops nothing: a damaged file is set aside and told of, a full disk is told of once."""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from deploy_ui import ids
from deploy_ui.metrics import aside
from deploy_ui.monitor.steady import Steady
from deploy_ui.monitor.trouble import Trouble

FORGET_EVERY_S = 1800

log = logging.getLogger(__name__)


class Store(Protocol):
    """A writer of one file. Every method may raise `sqlite3.Error`."""

    def check(self) -> None:
        """Raise DatabaseError if the file is damaged."""

    def forget(self, before: datetime) -> None:
        """Drop what is older."""

    def close(self) -> None:
        """Let go of the file."""


S = TypeVar("S", bound=Store)


class Safe(Generic[S]):
    """The one writer of a file. What cannot be written is lost; nothing is raised."""

    def __init__(self, path: Path, begin: Callable[[], S], *, days: int, what: str) -> None:
        """`begin` opens the file, and makes it where there is none; `what` names its content in the log."""
        self._path, self._begin, self._days, self._what = path, begin, days, what
        self.store: S | None = None
        self._trouble = Trouble(log, f"{what} cannot be kept")
        self._steady = Steady()
        self._forgot_at = time.monotonic()

    def write(self, do: Callable[[S], None], now: datetime) -> None:
        """Let the store write; where its file turns out to be damaged, into a new one."""
        with self._trouble.told():
            try:
                do(self._opened())
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as error:
                self._set_aside(error, now)
                do(self._opened())

    def forget(self, now: datetime) -> None:
        """Drop what is too old, if the clock has been steady: one that jumps ahead would drop everything."""
        steady = self._steady.is_steady(now.timestamp(), time.monotonic())
        if steady and time.monotonic() - self._forgot_at > FORGET_EVERY_S:
            self._forgot_at = time.monotonic()
            before = now - timedelta(self._days)
            self.write(lambda store: store.forget(before), now)
            aside.drop(self._path, before)

    def close(self) -> None:
        """Let go of the file."""
        if self.store is not None:
            with suppress(sqlite3.Error):
                self.store.close()
            self.store = None

    def _opened(self) -> S:
        if self.store is None:
            store = self._begin()
            store.check()
            self.store = store
        return self.store

    def _set_aside(self, error: sqlite3.DatabaseError, now: datetime) -> None:
        """Make room for a new file. The damaged one stays beside it, for whoever can read it."""
        self.close()
        damaged = aside.put(self._path, now)
        log.error("%s is damaged (%s), moved to %s, error %s", self._what, error, damaged, ids.new_id(8))
