"""What makes the controller look at once: the `wanted` hint, and a probe whose answer changed."""

import logging
import threading

from redis.client import PubSub
from redis.exceptions import RedisError

from deploy_ui.hints import CHANNEL, redis

RETRY_S = 1.0
LISTEN_S = 0.2
"""How long the end of the controller may have to wait for the listener."""

log = logging.getLogger(__name__)


class Wake:
    """An alarm that remembers whether the database has to be read again."""

    def __init__(self) -> None:
        self._rang = threading.Event()
        self._wanted = threading.Event()

    def ring(self) -> None:
        """Ask for a look at the instances."""
        self._rang.set()

    def want(self) -> None:
        """Ask for a look at what is wanted, too."""
        self._wanted.set()
        self._rang.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until asked or until the time is over; say whether what is wanted may have changed."""
        self._rang.wait(timeout_s)
        self._rang.clear()
        wanted = self._wanted.is_set()
        self._wanted.clear()
        return wanted


def listen(wake: Wake, stop: threading.Event) -> None:
    """Pass on the `wanted` hint until told to stop. Without Redis the controller's own rhythm is all there is."""
    silent = False
    while not stop.is_set():
        try:
            with PubSub(redis().connection_pool, ignore_subscribe_messages=True) as hints:
                hints.subscribe(CHANNEL + "wanted")  # type: ignore[no-untyped-call]
                wake.want()  # whatever was said while nobody listened
                silent = False
                while not stop.is_set():
                    if hints.get_message(timeout=LISTEN_S):
                        wake.want()
        except RedisError as error:
            if not silent:
                log.warning("no hints, looking every second: %s", error)
            silent = True
            stop.wait(RETRY_S)
