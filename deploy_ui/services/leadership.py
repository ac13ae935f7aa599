"""Who acts as the controller: one process for a data folder, and one for a database where that is PostgreSQL."""

import fcntl
import logging
import os

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from deploy_ui.db import engine
from deploy_ui.settings import settings

ADVISORY_LOCK = 0x6465706C6F79
"""The number that all controllers of one database agree on."""

log = logging.getLogger(__name__)


class Leadership:
    """The right to act. Both locks end with the process, however it ends."""

    def __init__(self) -> None:
        self._file: int | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Try to take the right, or see that it is still held; never wait for another holder."""
        if self._file is None:
            self._file = _locked_file()
        if self._file is None:
            return False
        return engine().dialect.name != "postgresql" or self._take_advisory()

    def release(self) -> None:
        """Let another process act."""
        self._drop_connection()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take_advisory(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.exec_driver_sql("SELECT 1")
                return True
            connection = engine().connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": ADVISORY_LOCK}).scalar():
                self._connection = connection
                return True
            connection.close()
        except SQLAlchemyError as error:
            log.warning("the lock of the controller is out of reach: %s", error)
            self._drop_connection()
        return False

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # back in the pool it would keep the lock
            self._connection.close()
            self._connection = None


def _locked_file() -> int | None:
    settings().run_dir.mkdir(parents=True, exist_ok=True)
    number = os.open(settings().run_dir / "controller.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        return None
    return number
