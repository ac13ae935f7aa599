"""What makes the controller look at once: the hints `wanted` and `wake`, and a probe whose answer changed."""

import logging
import threading
from dataclasses import dataclass

from redis.client import PubSub
from redis.exceptions import RedisError

from deploy_ui.hints import CHANNEL, redis

WANTED, HELD = CHANNEL + "wanted", CHANNEL + "wake"
RETRY_S = 1.0
LISTEN_S = 0.2
"""How long the end of the controller may have to wait for the listener."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What a look is to begin with."""

    wanted: bool = False
    """What is wanted may have changed: read it."""
    held: bool = False
    """A request is held: ask whose."""


class Wake:
    """An alarm that remembers what was asked for."""

    def __init__(self) -> None:
        self._rang = threading.Event()
        self._wanted = threading.Event()
        self._held = threading.Event()

    def ring(self) -> None:
        """Ask for a look at the instances."""
        self._rang.set()

    def want(self) -> None:
        """Ask for a look at what is wanted, too."""
        self._wanted.set()
        self._rang.set()

    def hold(self) -> None:
        """Ask for a look at the requests that are held."""
        self._held.set()
        self._rang.set()

    def wait(self, timeout_s: float) -> Asked:
        """Wait until asked or until the time is over; return what was asked for."""
        self._rang.wait(timeout_s)
        self._rang.clear()
        asked = Asked(wanted=self._wanted.is_set(), held=self._held.is_set())
        if asked.wanted:
            self._wanted.clear()
        if asked.held:
            self._held.clear()
        return asked


def listen(wake: Wake, stop: threading.Event) -> None:
    """Pass on the two hints until told to stop. Without Redis the controller's own rhythm is all there is."""
    silent = False
    while not stop.is_set():
        try:
            with PubSub(redis().connection_pool, ignore_subscribe_messages=True) as hints:
                hints.subscribe(WANTED, HELD)  # type: ignore[no-untyped-call]
                wake.want()  # whatever was said while nobody listened
                silent = False
                while not stop.is_set():
                    if hint := hints.get_message(timeout=LISTEN_S):
                        (wake.hold if hint["channel"] == HELD.encode() else wake.want)()
        except RedisError as error:
            if not silent:
                log.warning("no hints, looking every second: %s", error)
            silent = True
            stop.wait(RETRY_S)
