"""Keeps looks in the store, whatever becomes of its file: a damaged one is moved aside and told of."""

import logging
import sqlite3
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from deploy_ui import ids
from deploy_ui.metrics import store
from deploy_ui.metrics.store import SHORTEST_S, Writer
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.steady import Steady

DAY_S = 86_400
FORGET_EVERY_S = 1800

log = logging.getLogger(__name__)


class Archive:
    """The one writer of what was measured."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder, self._days = folder, days
        self._writer: Writer | None = None
        self._trouble = ""
        self._steady = Steady()
        self._forgot_at = time.monotonic()

    def keep(self, look: Look) -> None:
        """Write a look down. What cannot be written is lost and told of once; the next look tries again."""
        try:
            self._keep(look)
        except sqlite3.OperationalError as error:
            self._tell(str(error))
        except sqlite3.DatabaseError as error:
            self._set_aside(error, look.until)
            self._keep(look)
        except OSError as error:
            self._tell(str(error))
        else:
            self._well()

    def close(self) -> None:
        """Let go of the file."""
        if self._writer is not None:
            with suppress(sqlite3.Error):
                self._writer.close()
            self._writer = None

    def _keep(self, look: Look) -> None:
        if self._writer is None:
            self._writer = Writer(self._folder)
            self._writer.check()
        ended = round(look.until.timestamp() / SHORTEST_S) * SHORTEST_S  # looks come a little late, or early
        self._writer.write(ended - SHORTEST_S, look.samples)
        self._forget(look.until)

    def _forget(self, now: datetime) -> None:
        """Drop what is too old, if the clock has been steady: one that jumps ahead would drop everything."""
        steady = self._steady.is_steady(now.timestamp(), time.monotonic())
        if self._writer and steady and time.monotonic() - self._forgot_at > FORGET_EVERY_S:
            self._writer.forget(int(now.timestamp()) - self._days * DAY_S)
            self._forgot_at = time.monotonic()

    def _set_aside(self, error: sqlite3.DatabaseError, now: datetime) -> None:
        """Begin a new file. The damaged one stays beside it, for whoever can read it."""
        self.close()
        damaged = self._folder / store.aside(now)
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (self._folder / f"{store.FILE}{end}").rename(f"{damaged}{end}")
        log.error("what was measured is damaged (%s), moved to %s, error %s", error, damaged, ids.new_id(8))

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("what is measured cannot be kept (%s), error %s", trouble, ids.new_id(8))
        self._trouble = trouble

    def _well(self) -> None:
        if self._trouble:
            log.info("what is measured is kept again")
        self._trouble = ""
