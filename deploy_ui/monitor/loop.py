"""The monitor's life: look every 15 s, keep it, tell who watches; what fails is told and tried again next time."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from deploy_ui import clock, hints, ids
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Reader
from deploy_ui.monitor.alerts import AlertWatch
from deploy_ui.monitor.archive import Archive
from deploy_ui.monitor.calls import CallsCollector
from deploy_ui.monitor.gateway import GatewayCollector
from deploy_ui.monitor.instances import InstancesCollector
from deploy_ui.monitor.life import LifeCollector
from deploy_ui.monitor.look import Collector, Look
from deploy_ui.monitor.notices import Notices
from deploy_ui.services.monitoring.subjects import subjects
from deploy_ui.settings import settings

TOPIC = "metrics"
"""The hint that a new stretch was measured."""

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Measure until told to stop."""
    archive = Archive(settings().metrics_dir, settings().metrics_days)
    notices = Notices()
    alerts = AlertWatch(Reader(settings().metrics_dir), notices.look)
    looks = Looks([GatewayCollector(), InstancesCollector(), LifeCollector(), CallsCollector(), alerts])
    telling = threading.Thread(target=notices.run, args=(stop,), name="notices")
    telling.start()
    while not stop.wait(looks.pause()):
        attempt("look", lambda: looks.take(archive))
    archive.close()
    notices.look()
    telling.join()


class Looks:
    """Takes looks and remembers when the last one was."""

    def __init__(self, collectors: Sequence[Collector]) -> None:
        self._collectors = collectors
        self._at = clock.now()
        self._steady = time.monotonic()

    def pause(self) -> float:
        """Return how many seconds there are until the next look is due: at whole 15 s of the clock."""
        return SHORTEST_S - time.time() % SHORTEST_S

    def take(self, archive: Archive) -> None:
        """Measure what happened since the last look, and keep it."""
        look = self._begin()
        for each in self._collectors:
            attempt(type(each).__name__, lambda each=each: each.collect(look))  # type: ignore[misc]
        archive.keep(look)
        hints.publish(TOPIC)

    def _begin(self) -> Look:
        since, steady = self._at, self._steady
        self._at, self._steady = clock.now(), time.monotonic()
        found = subjects()
        seconds = self._steady - steady
        samples = {each.id: Sample({"seconds": seconds}) for each in found}
        return Look(since, self._at, seconds, found, samples)


def attempt(name: str, do: Callable[[], object]) -> None:
    """Do something; its failure is told of and stops nothing."""
    try:
        do()
    except Exception:
        log.exception("%s failed, error %s", name, ids.new_id(8))
