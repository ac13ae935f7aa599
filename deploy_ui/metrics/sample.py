"""What was measured of one deployment in one stretch of time.

Counters are named as below; `{revision}` is a number, empty for what the gateway answered itself; `{bin}` is the lower
bound, in microseconds, of a bin of `deploy_ui.metrics.bins`.

| counter | what |
| `seconds` | of the stretch that were really looked at |
| `gateway_silent` | seconds of the stretch for which the gateway did not answer |
| `gateway_late` | seconds of such stretches before whose requests are counted in this one |
| `requests:{revision}:{code}` | answers at the gateway, by status |
| `duration:{revision}:{bin}`, `duration_seconds:{revision}` | from a request's first byte to its answer's last |
| `bytes_in`, `bytes_out` | bodies of requests and answers |
| `retries`, `resets` | requests sent to another instance, and broken connections to instances |
| `crashes`, `out_of_memory` | instances that ended by themselves, and those of them that were out of memory |
| `starts:{bin}` | instances that became ready, by how long that took |
| `wakes:{bin}` | times it was woken from sleep and ready, by how long that took |
| `calls:{status}` | asynchronous calls that ended |
| `calls_accepted` | asynchronous calls that were taken |
| `attempts:{reason}` | attempts that ended; an empty reason: with an answer |
| `call_wait:{bin}`, `call_run:{bin}` | how long calls waited for their first attempt, and how long they ran |
| `wanted_seconds`, `up_seconds` | in which it was to serve, and in which it then had a ready instance |
| `instance_seconds` | of all ready instances together |

Gauges: `in_flight`, `waiting` (requests at instances, and held by the gateway), `wanted`, `ready`, `asleep` (0 or 1),
`queued`, `running`, `oldest` (calls; seconds since the oldest that waits was taken), `cpu_limit` (cores) and
`memory_limit` (bytes) of an instance, and of each instance `cpu:{revision}:{instance}` (cores),
`memory:{revision}:{instance}` (bytes), `gpu:{revision}:{instance}` (share of one, 0 to 1),
`gpu_memory:{revision}:{instance}` (bytes).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MOST_INSTANCES = 64
"""So many are told apart within one stretch: a deployment that crashes for hours has thousands."""
OF_INSTANCES = ("cpu:", "memory:", "gpu:", "gpu_memory:")


@dataclass(frozen=True)
class Gauge:
    """A value that goes up and down, looked at some times."""

    total: float
    looks: int
    least: float
    most: float

    @classmethod
    def of(cls, value: float) -> "Gauge":
        """Return what one look saw."""
        return cls(value, 1, value, value)

    @property
    def mean(self) -> float:
        """Return the average of all looks."""
        return self.total / self.looks

    def __add__(self, other: "Gauge") -> "Gauge":
        """Return both together."""
        return Gauge(
            self.total + other.total,
            self.looks + other.looks,
            min(self.least, other.least),
            max(self.most, other.most),
        )


@dataclass
class Sample:
    """Counters hold the increase within the stretch; what is not named did not happen."""

    counters: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, Gauge] = field(default_factory=dict)

    def count(self, name: str, by: float = 1) -> None:
        """Add to a counter."""
        if by:
            self.counters[name] = self.counters.get(name, 0) + by

    def look(self, name: str, value: float) -> None:
        """Add a look at a gauge."""
        seen = Gauge.of(value)
        self.gauges[name] = self.gauges[name] + seen if name in self.gauges else seen

    def add(self, other: "Sample") -> None:
        """Add another stretch of the same deployment."""
        for name, value in other.counters.items():
            self.count(name, value)
        for name, gauge in other.gauges.items():
            self.gauges[name] = self.gauges[name] + gauge if name in self.gauges else gauge
        self._bound()

    def under(self, prefix: str) -> Iterator[tuple[str, float]]:
        """Yield the counters below `prefix` with the rest of their names."""
        for name, value in self.counters.items():
            if name.startswith(prefix):
                yield name[len(prefix) :], value

    def total(self, prefix: str) -> float:
        """Return the sum of the counters below `prefix`."""
        return sum(value for _, value in self.under(prefix))

    def _bound(self) -> None:
        if len(self.gauges) <= MOST_INSTANCES * len(OF_INSTANCES):
            return
        names = [name for name in self.gauges if name.startswith(OF_INSTANCES)]
        if len(names) > MOST_INSTANCES * len(OF_INSTANCES):
            names.sort(key=lambda name: self.gauges[name].looks)
            for name in names[: -MOST_INSTANCES * len(OF_INSTANCES)]:
                del self.gauges[name]


def merged(samples: Iterable[Sample]) -> Sample:
    """Return several stretches of one deployment as one."""
    whole = Sample()
    for each in samples:
        whole.add(each)
    return whole


def by_first(counters: Iterable[tuple[str, float]]) -> Mapping[str, dict[str, float]]:
    """Return counters named `first:rest` in groups by the first word."""
    groups: dict[str, dict[str, float]] = {}
    for name, value in counters:
        first, _, rest = name.partition(":")
        groups.setdefault(first, {})[rest] = value
    return groups
