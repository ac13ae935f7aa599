"""The monitor's life: look every 15 s, keep it, judge what fires; what fails is told and tried again next time."""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from deploy_ui import clock
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Reader
from deploy_ui.monitor import gateway_memory, requests
from deploy_ui.monitor.alerts import AlertWatch
from deploy_ui.monitor.archive import Archive
from deploy_ui.monitor.calls import CallsCollector
from deploy_ui.monitor.gateway import GatewayCollector
from deploy_ui.monitor.instances import InstancesCollector
from deploy_ui.monitor.life import LifeCollector
from deploy_ui.monitor.look import Collector, Look
from deploy_ui.monitor.notices import Notices
from deploy_ui.monitor.totals import Totals
from deploy_ui.monitor.trouble import Trouble
from deploy_ui.services.alerts import firing
from deploy_ui.services.monitoring.subjects import subjects
from deploy_ui.settings import settings

LONGEST_PAUSE = timedelta(hours=1)
"""What happened in a longer pause of the monitor is not told any more."""

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Measure until told to stop. The gateway's log is read, and notices are sent, in threads of their own."""
    notices = Notices()
    companions = [
        threading.Thread(target=requests.run, args=(stop,), name="requests"),
        threading.Thread(target=notices.run, args=(stop,), name="notices"),
    ]
    for each in companions:
        each.start()
    try:
        _look_on(stop, notices)
    finally:
        stop.set()  # if the looks cannot go on, the whole monitor is started again
        notices.look()
        for each in companions:
            each.join()


def _look_on(stop: threading.Event, notices: Notices) -> None:
    folder = settings().metrics_dir
    archive, totals = Archive(folder, settings().metrics_days), Totals(folder)
    alerts = AlertWatch(Reader(folder), notices.look)
    collectors = _gateway_collector(Reader(folder)), InstancesCollector(), LifeCollector(), CallsCollector(), alerts
    looks, trouble = Looks(collectors, _last_look()), Trouble(log, "deployments cannot be looked at")
    unjudged = Trouble(log, "what fires cannot be read")
    while not stop.wait(looks.pause()):
        with trouble.told():
            look = looks.take()
            archive.keep(look)
            fires: list[tuple[str, str]] = []
            with unjudged.told():
                fires = firing.pairs()
            totals.add(look, fires)
    archive.close()


def _gateway_collector(reader: Reader) -> GatewayCollector:
    try:
        kept = reader.note(gateway_memory.NOTE)
    except sqlite3.Error:
        kept = None  # the archive will see to it
    return GatewayCollector(gateway_memory.recall(kept, clock.now().timestamp()))


def _last_look() -> datetime:
    """Return when the monitor before this one looked last, or the present."""
    now = clock.now()
    try:
        newest = Reader(settings().metrics_dir).newest()
    except (sqlite3.Error, ValueError):
        return now  # the archive will see to it
    last = datetime.fromtimestamp(newest, UTC) if newest else now
    return last if timedelta(0) < now - last <= LONGEST_PAUSE else now


class Looks:
    """Takes looks and remembers when the last one was."""

    def __init__(self, collectors: Sequence[Collector], last: datetime) -> None:
        self._collectors = [(each, Trouble(log, f"{type(each).__name__} cannot measure")) for each in collectors]
        self._at = last
        self._steady = time.monotonic() - (clock.now() - last).total_seconds()

    def pause(self) -> float:
        """Return how many seconds there are until the next look is due: at whole 15 s of the clock."""
        return SHORTEST_S - time.time() % SHORTEST_S

    def take(self) -> Look:
        """Measure what happened since the last look."""
        look = self._begin()
        for each, trouble in self._collectors:
            with trouble.told():
                each.collect(look)
        return look

    def _begin(self) -> Look:
        """Begin a look; what cannot be read now is in the next one."""
        found = subjects()
        since, steady = self._at, self._steady
        self._at, self._steady = clock.now(), time.monotonic()
        seconds = self._steady - steady
        samples = {each.id: Sample({"seconds": seconds}) for each in found}
        return Look(since, self._at, seconds, found, samples)
