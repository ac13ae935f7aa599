"""Tells of what fails again and again: once when it begins, and once when it is over."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_ui import ids


class Trouble:
    """One thing that may fail for a while, such as writing to a full disk."""

    def __init__(self, log: logging.Logger, words: str) -> None:
        self._log, self._words = log, words
        self._told = ""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Take whatever is raised within, and go on behind; the log has it with an id, unless it told the like last."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next time may do better
            self._tell(error)
        else:
            self._over()

    def _tell(self, error: Exception) -> None:
        trouble = type(error).__name__
        if trouble != self._told:
            self._log.error("%s, error %s", self._words, ids.new_id(8), exc_info=error)
        self._told = trouble

    def _over(self) -> None:
        if self._told:
            self._log.info("%s: over", self._words)
        self._told = ""
