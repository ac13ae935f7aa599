"""The controller: looks whenever it is woken, and at least every second, and never gives up."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_ui import clock, ids
from deploy_ui.controller import ending, janitor
from deploy_ui.controller.announce import Announcer
from deploy_ui.controller.envoy import Envoy
from deploy_ui.controller.notify import listening
from deploy_ui.controller.probe import Prober
from deploy_ui.controller.rhythm import Rhythm
from deploy_ui.controller.sweep import Found, Sweep
from deploy_ui.controller.wake import Asked, Wake, listen
from deploy_ui.runtimes import choose
from deploy_ui.services import fleet
from deploy_ui.services.leadership import Leadership
from deploy_ui.settings import settings

STAND_BY_S = 1.0
END_WAITS_S = 10.0
"""How long the end of everything waits for the controller before it to let go."""

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Act as the controller until told to stop; wait as stand-by while another one acts. Instances stay."""
    leadership = Leadership()
    try:
        if _lead(leadership, stop):
            _act(leadership, stop)
    finally:
        leadership.release()


def end_all() -> None:
    """Stop every instance of every deployment, and wait until they have ended. Wishes stay as they are."""
    leadership = Leadership()
    patience = threading.Event()
    timer = threading.Timer(END_WAITS_S, patience.set)
    timer.start()
    try:
        if not _lead(leadership, patience):
            log.warning("another controller is acting: what is ended here may be started again there")
        ending.end_all(choose.runtime(), Announcer(Envoy()).tell)
    finally:
        timer.cancel()
        leadership.release()


def _lead(leadership: Leadership, stop: threading.Event) -> bool:
    """Wait for the right to act; say whether we have it or were told to stop."""
    waited = False
    while not stop.is_set():
        if leadership.take():
            log.info("acting as the controller")
            return True
        if not waited:
            log.info("another controller is acting: standing by")
        waited = True
        stop.wait(STAND_BY_S)
    return False


def _act(leadership: Leadership, stop: threading.Event) -> None:
    wake = Wake()
    threading.Thread(target=_ring_when, args=(stop, wake), name="stop", daemon=True).start()
    with _companions(wake), Prober(wake.ring) as prober, listening(settings().notify_socket, prober):
        sweep = Sweep(choose.runtime(), choose.log_source(), prober, Envoy(), clock.now)
        look = Looker(sweep)
        rhythm = Rhythm()
        asked = Asked(wanted=True)
        while not stop.is_set():
            fresh = rhythm.reads(time.monotonic(), wanted=asked.wanted)
            found = look(fresh=fresh, held=asked.held) if not fresh or leadership.take() else Found()
            rhythm.looked(time.monotonic(), moving=found.moving, changed=found.changed)
            asked = wake.wait(rhythm.pause(time.monotonic()))


def _ring_when(stop: threading.Event, wake: Wake) -> None:
    stop.wait()
    wake.ring()


class Looker:
    """Makes passes that never raise: what goes wrong is told once, and once again when it is well."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._trouble = ""

    def __call__(self, *, fresh: bool, held: bool) -> Found:
        """Make one pass."""
        try:
            found = self._sweep.run(fresh=fresh, held=held)
        except Exception as error:
            if type(error).__name__ != self._trouble:
                log.exception("nothing is touched until this is over, error %s", ids.new_id(8))
            self._trouble = type(error).__name__
            return Found()
        if self._trouble:
            log.info("at work again")
        self._trouble = ""
        if fresh:
            fleet.beat()
        return found


@contextmanager
def _companions(wake: Wake) -> Iterator[None]:
    """Keep an ear on the hints, and the janitor at work, while the controller acts."""
    done = threading.Event()
    threads = [
        threading.Thread(target=listen, args=(wake, done), name="hints"),
        threading.Thread(target=janitor.run, args=(done,), name="janitor"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()
