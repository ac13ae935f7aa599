"""Everything that was counted since the monitor began, in a file that it replaces after every look, for `/metrics`.

Durations lie in the buckets of Prometheus's histograms already, not yet added up from the shortest on.
"""

import bisect
import functools
import json
import math
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from deploy_ui.metrics.bins import MICROSECONDS, width_of

FILE = "totals.json"
LOOK_S = 15
"""So often there is a new one; scraping more often tells nothing more."""
STALE_S = 60.0
"""A snapshot that is older tells of a monitor that does not run, or cannot write."""
BOUNDS_S = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 600.0),
    math.inf,
)
"""Upper bounds of the buckets; each is the lower bound of a bin, so that no bin lies on both sides of one."""
BOUNDS_US = [math.inf if each == math.inf else round(each * MICROSECONDS) for each in BOUNDS_S]
HISTOGRAMS = {"duration", "starts", "wakes", "call_wait", "call_run"}
"""Counters of a sample that end with a bin."""
SUMS = {"duration_seconds": "duration"}
"""Counters of a sample that hold the sum of a histogram; of the other histograms it is made of the bins' middles."""


@dataclass
class Totals:
    """What is known of one deployment, under the names of `deploy_ui.metrics.sample`."""

    name: str
    counters: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=dict)
    histograms: dict[str, list[float]] = field(default_factory=dict)
    """Without their bins: `duration:3`, `starts`; so many in each bucket, then about how many seconds together."""


@dataclass(frozen=True)
class Snapshot:
    """The totals at one moment, by slug."""

    at: float
    store_bytes: int = 0
    firing: tuple[tuple[str, str], ...] = ()
    """Alerts: slug and rule."""
    deployments: Mapping[str, Totals] = field(default_factory=dict)

    def is_stale(self, now: float) -> bool:
        """Say whether it is too old to speak of the present."""
        return abs(now - self.at) > STALE_S


class Place(NamedTuple):
    """Where a counter of a sample belongs in the histograms of totals."""

    histogram: str
    at: int
    middle_s: float
    """What one more adds to the sum of durations; 0 where that has a counter of its own."""


@functools.lru_cache(maxsize=65_536)
def place_of(counter: str) -> Place | None:
    """Return the place of a sample's counter; None if it belongs to no histogram."""
    kind, _, rest = counter.partition(":")
    if kind in SUMS:
        return Place(f"{SUMS[kind]}:{rest}", -1, 0)
    if kind not in HISTOGRAMS:
        return None
    histogram, _, bin_ = counter.rpartition(":")
    lower, width = int(bin_), width_of(int(bin_))
    middle = 0 if kind in SUMS.values() else (lower + width / 2) / MICROSECONDS
    return Place(histogram, bisect.bisect_left(BOUNDS_US, lower + width), middle)


def write(folder: Path, snapshot: Snapshot) -> None:
    """Replace the snapshot in one step: whoever reads sees the old or the new one. Raises OSError."""
    content = {**vars(snapshot), "deployments": {slug: vars(each) for slug, each in snapshot.deployments.items()}}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        made.write_text(json.dumps(content, separators=(",", ":")))
        made.replace(folder / FILE)
    finally:
        with suppress(FileNotFoundError):
            made.unlink()


def read(folder: Path) -> Snapshot | None:
    """Return the newest snapshot; None if there is none that can be read."""
    try:
        content = json.loads((folder / FILE).read_text())
        deployments = {slug: Totals(**each) for slug, each in content.pop("deployments").items()}
        firing = tuple((slug, rule) for slug, rule in content.pop("firing"))
        return Snapshot(**content, firing=firing, deployments=deployments)
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None
