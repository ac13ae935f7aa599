"""Which charts there are, and what each makes of one stretch of time. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from deploy_ui.enums import CallStatus
from deploy_ui.metrics import bins
from deploy_ui.metrics.sample import Gauge, Sample, by_first

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
CLASSES = {"0": "aborted", **{str(first): f"{first}xx" for first in range(1, 6)}}
"""A status that nobody saw: the caller left before it."""
FEW = {"p50": 0.5, "p99": 0.99}


class Stretch:
    """A sample, sorted by the first words of its names."""

    def __init__(self, sample: Sample) -> None:
        counters = sample.counters
        silent, late = counters.get("gateway_silent", 0), counters.get("gateway_late", 0)
        self.gateway_s = max(counters.get("seconds", 0) - silent + late, 0)
        """How many seconds of the gateway's counts it holds."""
        self._counters = by_first(sample.counters.items())
        self._gauges = sample.gauges

    def counter(self, name: str) -> float:
        """Return all counters that begin with the word, together."""
        return sum(self._counters.get(name, {}).values())

    def rate(self, name: str) -> float:
        """Return how much counters of the gateway grew in a second."""
        return self.counter(name) / self.gateway_s

    def parts(self, name: str) -> Mapping[str, float]:
        """Return the counters `name:…` by the rest of their names."""
        return self._counters.get(name, {})

    def gauge(self, name: str) -> Gauge | None:
        """Return one gauge."""
        return self._gauges.get(name)

    def of_instances(self, name: str) -> Iterable[tuple[str, Gauge]]:
        """Yield the gauges `name:{revision}:{instance}` by the rest of their names."""
        start = f"{name}:"
        return ((key[len(start) :], gauge) for key, gauge in self._gauges.items() if key.startswith(start))

    @cached_property
    def durations(self) -> dict[int, float]:
        """How many requests took how long, by bin; those only that an instance answered."""
        return bins.counts_of((name, value) for name, value in self.parts("duration").items() if name[0] != ":")


Values = Mapping[str, float | None]


@dataclass(frozen=True)
class Plot:
    """One chart: what its lines are at one stretch of time."""

    name: str
    unit: str
    shape: str
    """`bars`, `lines`, `area` or `steps`."""
    values: Callable[[Stretch], Values]
    """By line; a line that is not named there has the value `absent`."""
    absent: float | None = 0.0
    lines: tuple[str, ...] = ()
    """Those there always are, in this order; others follow by name."""
    limit: str = ""
    """The gauge that is drawn as a limit."""
    fewest: int = 0
    """It is left out where it has fewer lines."""
    gateway: bool = False
    """Whether it tells of the gateway's counts: where it did not answer there is a gap."""


def _by_class(stretch: Stretch) -> Values:
    return _rates(stretch, lambda code: CLASSES.get(code[:1], code))


def _by_code(stretch: Stretch) -> Values:
    return _rates(stretch, lambda code: code)


def _rates(stretch: Stretch, name: Callable[[str], str]) -> Values:
    found: dict[str, float] = {}
    for rest, value in stretch.parts("requests").items():
        line = name(rest.partition(":")[2])
        found[line] = found.get(line, 0) + value / stretch.gateway_s
    return found


def _by_revision(stretch: Stretch) -> Values:
    found: dict[str, float] = {}
    for rest, value in stretch.parts("requests").items():
        if revision := rest.partition(":")[0]:
            found[f"r{revision}"] = found.get(f"r{revision}", 0) + value / stretch.gateway_s
    return found


def _latency(stretch: Stretch) -> Values:
    return {name: bins.quantile(share, stretch.durations) for name, share in QUANTILES.items()}


def _most(*names: str) -> Callable[[Stretch], Values]:
    return lambda stretch: {name: gauge.most for name in names if (gauge := stretch.gauge(name))}


def _instances(stretch: Stretch) -> Values:
    """Return the most that were wanted, and the fewest that were ready: a dip must not vanish in an average."""
    wanted, ready = stretch.gauge("wanted"), stretch.gauge("ready")
    return {"wanted": wanted.most if wanted else None, "ready": ready.least if ready else None}


def _of_instances(name: str, value: Callable[[Gauge], float]) -> Callable[[Stretch], Values]:
    return lambda stretch: {key: value(gauge) for key, gauge in stretch.of_instances(name)}


def _call_times(stretch: Stretch) -> Values:
    found: dict[str, float | None] = {}
    for kind in ("wait", "run"):
        counts = bins.counts_of(stretch.parts(f"call_{kind}").items())
        found |= {f"{kind}_{name}": bins.quantile(share, counts) for name, share in FEW.items()}
    oldest = stretch.gauge("oldest")
    return {**found, "oldest": oldest.most if oldest else None}


def _ended(stretch: Stretch) -> Values:
    return stretch.parts("calls")


def _cold_starts(stretch: Stretch) -> Values:
    return {"count": stretch.counter("wakes")}


def _cold_start_times(stretch: Stretch) -> Values:
    counts = bins.counts_of(stretch.parts("wakes").items())
    return {"p50": bins.quantile(0.5, counts), "max": bins.quantile(1, counts)}


def _bytes(stretch: Stretch) -> Values:
    return {"in": stretch.rate("bytes_in"), "out": stretch.rate("bytes_out")}


def _broken(stretch: Stretch) -> Values:
    return {name: stretch.rate(name) for name in ("retries", "resets")}


PLOTS = (
    Plot("requests", "per_second", "bars", _by_class, gateway=True),
    Plot("latency", "seconds", "lines", _latency, None, tuple(QUANTILES)),
    Plot("in_flight", "count", "lines", _most("in_flight", "waiting"), None, ("in_flight", "waiting")),
    Plot("instances", "count", "steps", _instances, None, ("wanted", "ready")),
    Plot("cpu", "cores", "lines", _of_instances("cpu", lambda gauge: gauge.mean), None, limit="cpu_limit"),
    Plot("memory", "bytes", "lines", _of_instances("memory", lambda gauge: gauge.most), None, limit="memory_limit"),
    Plot("gpu", "ratio", "lines", _of_instances("gpu", lambda gauge: gauge.mean), None, fewest=1),
    Plot("gpu_memory", "bytes", "lines", _of_instances("gpu_memory", lambda gauge: gauge.most), None, fewest=1),
    Plot("calls", "count", "area", _most("queued", "running"), None, ("queued", "running")),
    Plot(
        *("call_times", "seconds", "lines", _call_times, None),
        ("wait_p50", "wait_p99", "run_p50", "run_p99", "oldest"),
    ),
    Plot("calls_ended", "count", "bars", _ended, lines=tuple(each.value for each in CallStatus if each.ended)),
    Plot("cold_starts", "count", "bars", _cold_starts, lines=("count",)),
    Plot("cold_start_times", "seconds", "lines", _cold_start_times, None, ("p50", "max")),
    Plot("bytes", "bytes_per_second", "lines", _bytes, lines=("in", "out"), gateway=True),
    Plot("retries", "per_second", "lines", _broken, lines=("retries", "resets"), gateway=True),
    Plot("revisions", "per_second", "lines", _by_revision, fewest=2, gateway=True),
    Plot("codes", "per_second", "lines", _by_code, gateway=True),
)
