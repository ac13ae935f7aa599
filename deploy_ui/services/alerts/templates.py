"""What each kind of rule needs, what is sensible, and what is allowed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy_ui.enums.alerts import AlertKind
from deploy_ui.errors import Invalid

LASTING = frozenset({AlertKind.NOT_READY, AlertKind.MEMORY})
"""Kinds whose minutes say how long it must be so; those of the others say over how long is measured."""
SHARES = frozenset({AlertKind.ERROR_RATE, AlertKind.MEMORY})
"""Kinds whose threshold is a share: people read it in percent."""
DAY_MINUTES = 1440
LONGEST_WINDOW = 60
"""Minutes that may be measured over: the monitor keeps so much in memory."""


@dataclass(frozen=True)
class Bounds:
    """What a number of a rule may be."""

    low: float
    high: float
    usual: float


@dataclass(frozen=True)
class Template:
    """One kind of rule. A number that it has no use for has no bounds, and is 0."""

    threshold: Bounds | None = None
    minutes: Bounds | None = None
    least_requests: Bounds | None = None
    begins: bool = False
    """Whether a new deployment has such a rule."""

    @property
    def numbers(self) -> Mapping[str, Bounds | None]:
        """Return the bounds of every number by its name."""
        return {"threshold": self.threshold, "minutes": self.minutes, "least_requests": self.least_requests}


TEMPLATES = {
    AlertKind.ERROR_RATE: Template(
        threshold=Bounds(0.001, 1, 0.05),
        minutes=Bounds(1, LONGEST_WINDOW, 5),
        least_requests=Bounds(1, 1_000_000, 20),
        begins=True,
    ),
    AlertKind.P99: Template(
        threshold=Bounds(0.001, 3600, 1),
        minutes=Bounds(1, LONGEST_WINDOW, 5),
        least_requests=Bounds(1, 1_000_000, 20),
    ),
    AlertKind.NOT_READY: Template(minutes=Bounds(1, DAY_MINUTES, 5), begins=True),
    AlertKind.CRASH_LOOP: Template(
        threshold=Bounds(1, 1000, 3),
        minutes=Bounds(1, LONGEST_WINDOW, 10),
        begins=True,
    ),
    AlertKind.QUEUE_AGE: Template(threshold=Bounds(1, 7 * 86_400, 300)),
    AlertKind.MEMORY: Template(threshold=Bounds(0.05, 1, 0.95), minutes=Bounds(1, DAY_MINUTES, 5), begins=True),
    AlertKind.BUILD_FAILED: Template(begins=True),
}
WHOLE = {"minutes", "least_requests"}


@dataclass(frozen=True)
class Terms:
    """The numbers of a rule."""

    threshold: float
    minutes: int
    least_requests: int


def terms(kind: AlertKind, asked: Mapping[str, float | None]) -> Terms:
    """Return the numbers of a rule: those asked for, else the usual ones.

    Raises Invalid for one out of bounds, or one that this kind of rule does not have.
    """
    return Terms(
        threshold=_number(kind, "threshold", asked.get("threshold")),
        minutes=int(_number(kind, "minutes", asked.get("minutes"))),
        least_requests=int(_number(kind, "least_requests", asked.get("least_requests"))),
    )


def _number(kind: AlertKind, name: str, asked: float | None) -> float:
    bounds = TEMPLATES[kind].numbers[name]
    if bounds is None:
        if asked:
            raise Invalid("alert_number_unknown", field=name)
        return 0
    if asked is None:
        return bounds.usual
    whole = name in WHOLE or kind is AlertKind.CRASH_LOOP
    if not bounds.low <= asked <= bounds.high or (whole and asked != int(asked)):  # NaN is not between anything
        raise Invalid("out_of_range", field=name, low=f"{bounds.low:g}", high=f"{bounds.high:.10g}")
    return asked
