"""Adds looks up since the monitor began, for whoever scrapes `/metrics`."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from deploy_ui.metrics import aside, snapshot, store
from deploy_ui.metrics.families import COUNTERS
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.snapshot import BOUNDS_S, Snapshot, place_of
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.trouble import Trouble

ALWAYS = [family.source for family in COUNTERS if not family.labels]
"""Counters that are there, as 0, before anything happens."""
NOTHING = [0.0] * (len(BOUNDS_S) + 1)

log = logging.getLogger(__name__)


class Totals:
    """Counters since the process began, and what the last look saw of everything that goes up and down.

    What is counted for the first time is shown as 0 until the next look: Prometheus sees growth only between two
    values, and would miss whatever a counter begins with.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sums: dict[int, _Sum] = {}
        self._trouble = Trouble(log, "totals for /metrics cannot be written")

    def add(self, look: Look, firing: Iterable[tuple[str, str]] = ()) -> None:
        """Add a look and write everything down; `firing` names alerts by slug and rule. Never raises for a full disk.

        Deployments that are gone are forgotten.
        """
        self._sums = {each.id: self._sums.get(each.id) or _Sum() for each in look.subjects}
        for deployment, kept in self._sums.items():
            kept.add(look.samples[deployment])
        shown = {each.slug: self._sums[each.id].shown(each.name) for each in look.subjects}
        self._write(Snapshot(look.until.timestamp(), firing=tuple(firing), deployments=shown))

    def _write(self, made: Snapshot) -> None:
        with self._trouble.told():
            snapshot.write(self._folder, replace(made, store_bytes=self._store_bytes()))

    def _store_bytes(self) -> int:
        paths = (self._folder / f"{store.FILE}{end}" for end in aside.BESIDE)
        return sum(each.stat().st_size for each in paths if each.exists())


class _Sum:
    """One deployment's totals."""

    def __init__(self) -> None:
        self._counters: dict[str, float] = dict.fromkeys(ALWAYS, 0)
        self._histograms: dict[str, list[float]] = {}
        self._gauges: dict[str, float] = {}
        self._new: set[str] = set()
        self._looks = 0

    def add(self, sample: Sample) -> None:
        self._new, self._looks = set(), self._looks + 1
        self._gauges = {name: gauge.mean for name, gauge in sample.gauges.items()}
        for name, by in sample.counters.items():
            place = place_of(name)
            if place is None:
                self._count(name, by)
            else:
                histogram, at, middle_s = place
                values = self._histograms.get(histogram) or self._histogram(histogram)
                values[at] += by
                values[-1] += by * middle_s

    def shown(self, name: str) -> snapshot.Totals:
        counters = {each: 0 if each in self._new else value for each, value in self._counters.items()}
        histograms = {each: NOTHING if each in self._new else value for each, value in self._histograms.items()}
        return snapshot.Totals(name, counters, self._gauges, histograms)

    def _count(self, name: str, by: float) -> None:
        if name not in self._counters or self._looks == 1:
            self._new.add(name)
        self._counters[name] = self._counters.get(name, 0) + by

    def _histogram(self, name: str) -> list[float]:
        self._new.add(name)
        self._histograms[name] = NOTHING.copy()
        return self._histograms[name]
