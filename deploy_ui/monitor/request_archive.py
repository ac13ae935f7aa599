"""Keeps requests in their store, whatever becomes of its file: a damaged one is moved aside and told of."""

import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from deploy_ui import ids
from deploy_ui.metrics import requests
from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests import Writer
from deploy_ui.monitor.steady import Steady
from deploy_ui.monitor.trouble import Trouble

FORGET_EVERY_S = 1800

log = logging.getLogger(__name__)


class RequestArchive:
    """The one writer of the request log. What cannot be written is lost and told of once; nothing is raised."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder, self._days = folder, days
        self._writer: Writer | None = None
        self._trouble = Trouble(log, "the request log cannot be kept")
        self._steady = Steady()
        self._forgot_at = time.monotonic()

    def keep(self, batch: Sequence[Request], now: datetime) -> None:
        """Write requests down. If the file is damaged, they begin a new one."""
        with self._trouble.told():
            try:
                self._open().write(batch)
            except sqlite3.DatabaseError as error:
                self.close()
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._set_aside(error, now)
                self._open().write(batch)

    def forget(self, now: datetime) -> None:
        """Drop what is too old, if the clock has been steady: one that jumps ahead would drop everything."""
        steady = self._steady.is_steady(now.timestamp(), time.monotonic())
        if steady and time.monotonic() - self._forgot_at > FORGET_EVERY_S:
            self._forgot_at = time.monotonic()
            with self._trouble.told():
                self._open().forget(int((now - timedelta(self._days)).timestamp() * 1000))

    def close(self) -> None:
        """Let go of the file."""
        if self._writer is not None:
            with suppress(sqlite3.Error):
                self._writer.close()
            self._writer = None

    def _open(self) -> Writer:
        if self._writer is None:
            self._writer = Writer(self._folder)
            self._writer.check()
        return self._writer

    def _set_aside(self, error: sqlite3.DatabaseError, now: datetime) -> None:
        """Make room for a new file. The damaged one stays beside it, for whoever can read it."""
        damaged = self._folder / f"{requests.FILE}.damaged-{now:%Y%m%dT%H%M%S}"
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (self._folder / f"{requests.FILE}{end}").rename(f"{damaged}{end}")
        log.error("the request log is damaged (%s), moved to %s, error %s", error, damaged, ids.new_id(8))
