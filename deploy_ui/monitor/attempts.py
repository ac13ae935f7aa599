"""Does things again and again that may fail: a failure stops nothing, and is told once until it is over."""

import logging
from collections.abc import Callable

from deploy_ui import ids

log = logging.getLogger(__name__)


class Attempts:
    """Remembers which things fail at present, and how."""

    def __init__(self) -> None:
        self._troubles: dict[str, str] = {}

    def __call__(self, name: str, do: Callable[[], object]) -> None:
        """Do it; never raises."""
        try:
            do()
        except Exception as error:
            if self._troubles.get(name) != type(error).__name__:
                log.exception("%s failed, and is tried again and again, error %s", name, ids.new_id(8))
            self._troubles[name] = type(error).__name__
            return
        if self._troubles.pop(name, None):
            log.info("%s works again", name)
