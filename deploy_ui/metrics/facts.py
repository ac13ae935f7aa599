"""Single figures out of what was measured. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy_ui.metrics import bins
from deploy_ui.metrics.plots import Stretch
from deploy_ui.metrics.sample import Sample

HOUR_S = 3600
FAILED = "5"
NOBODY = "0"
"""The status of an answer that nobody waited for."""


@dataclass(frozen=True)
class Figure:
    """One figure; None where there was nothing to tell it from."""

    name: str
    unit: str
    value: float | None


def requests(sample: Sample) -> float:
    """Return how many requests were answered or left."""
    return sample.total("requests:")


def errors(sample: Sample) -> float:
    """Return how many requests were answered with 5xx."""
    return sum(value for name, value in sample.under("requests:") if name.partition(":")[2].startswith(FAILED))


def answers(sample: Sample) -> float:
    """Return how many requests were answered."""
    left = sum(value for name, value in sample.under("requests:") if name.partition(":")[2] == NOBODY)
    return requests(sample) - left


def error_ratio(sample: Sample) -> float | None:
    """Return the share of answers that were 5xx; None without answers."""
    answered = answers(sample)
    return errors(sample) / answered if answered else None


def durations(sample: Sample) -> dict[int, float]:
    """Return how many requests to instances took how long, by bin."""
    return Stretch(sample).durations


def latency(sample: Sample, share: float) -> float | None:
    """Return the seconds that this share of the requests to instances did not exceed."""
    return bins.quantile(share, durations(sample))


def uptime(sample: Sample) -> float | None:
    """Return the share of the time that it had a ready instance, of all in which it was to serve."""
    wanted = sample.counters.get("wanted_seconds", 0)
    return min(sample.counters.get("up_seconds", 0) / wanted, 1.0) if wanted else None


def _measured(figure: Callable[[Sample], float | None]) -> Callable[[Sample], float | None]:
    return lambda sample: figure(sample) if sample.counters else None


FIGURES: Mapping[str, tuple[str, Callable[[Sample], float | None]]] = {
    "requests": ("count", _measured(requests)),
    "errors": ("ratio", error_ratio),
    "p99": ("seconds", lambda sample: latency(sample, 0.99)),
    "uptime": ("ratio", uptime),
    "instance_hours": ("hours", _measured(lambda sample: sample.counters.get("instance_seconds", 0) / HOUR_S)),
}


def figures(sample: Sample) -> list[Figure]:
    """Return the figures of the summary, in its order."""
    return [Figure(name, unit, value(sample)) for name, (unit, value) in FIGURES.items()]
