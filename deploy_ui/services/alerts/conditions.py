"""Whether a rule fires. Pure: what was measured goes in, how the rule stands comes out.

Time is the seconds between looks, never the time of day: a clock that jumps neither fires nor resolves anything.

| measured | quiet | pending | firing |
| over | pending, and firing at once if it need not last | firing after its minutes | stays, and begins to count anew |
| not over | stays | quiet | quiet after `CALM_S` |
| nothing | stays | stays, and does not count | stays, and does not count |
| that nobody called for all its minutes | stays | quiet | quiet after `CALM_S` |
| it need not serve | stays | quiet | quiet at once |
"""

from dataclasses import dataclass

from deploy_ui.enums.alerts import AlertKind, AlertPhase
from deploy_ui.services.alerts.templates import LASTING, Terms

CALM_S = 60.0
"""So long all must be well before an alert is over."""
LONGEST_LOOK_S = 30.0
"""So much one look can count, however long it took: nobody knows what was in between."""


@dataclass(frozen=True)
class Facts:
    """What is known of a deployment at one look. None: it was not measured."""

    running: bool
    """A person wants it to run."""
    serves: bool
    """It is to have instances now: it runs, does not sleep, and does not wait for an image."""
    ready: int
    build_failed: bool | None
    """None: it is being built again."""
    requests: float = 0
    """That were answered in the rule's minutes, of which all that follows is as well."""
    idle: bool = False
    """All these minutes were measured, and nobody called."""
    errors: float = 0
    p99: float | None = None
    crashes: float | None = None
    queue_age: float | None = None
    memory: float | None = None
    """The share of its limit that the fullest instance has."""


@dataclass(frozen=True)
class Standing:
    """How a rule stands."""

    phase: AlertPhase = AlertPhase.QUIET
    held_s: float = 0.0
    """Pending: for how long. Firing: how long all has been well."""
    value: float | None = None


@dataclass(frozen=True)
class Reading:
    """What a rule looks at, and whether that is over its threshold; None: it cannot be said."""

    over: bool | None
    value: float | None = None


def step(kind: AlertKind, terms: Terms, facts: Facts, before: Standing, seconds: float) -> Standing:
    """Return how a rule stands after a look that came `seconds` after the one before it."""
    if not (facts.running if kind is AlertKind.BUILD_FAILED else facts.serves):
        return Standing()
    reading = read(kind, terms, facts)
    passed = min(seconds, LONGEST_LOOK_S)
    if reading.over is None:
        return Standing(value=reading.value) if before.phase is AlertPhase.QUIET else before
    if before.phase is AlertPhase.FIRING:
        return _firing(reading, before, passed)
    if not reading.over:
        return Standing(value=reading.value)
    held = before.held_s + passed if before.phase is AlertPhase.PENDING else 0.0
    lasts = terms.minutes * 60 if kind in LASTING else 0
    phase = AlertPhase.FIRING if held >= lasts else AlertPhase.PENDING
    return Standing(phase, 0.0 if phase is AlertPhase.FIRING else held, reading.value)


def _firing(reading: Reading, before: Standing, passed: float) -> Standing:
    if reading.over:
        return Standing(AlertPhase.FIRING, 0.0, reading.value)
    calm = before.held_s + passed
    return Standing(value=reading.value) if calm >= CALM_S else Standing(AlertPhase.FIRING, calm, reading.value)


def read(kind: AlertKind, terms: Terms, facts: Facts) -> Reading:
    """Return what a rule of this kind looks at."""
    match kind:
        case AlertKind.ERROR_RATE:
            reading = _of_requests(terms, facts, facts.errors / facts.requests if facts.requests else None)
        case AlertKind.P99:
            reading = _of_requests(terms, facts, facts.p99)
        case AlertKind.CRASH_LOOP:
            reading = Reading(None if facts.crashes is None else facts.crashes >= terms.threshold, facts.crashes)
        case AlertKind.QUEUE_AGE:
            reading = _above(terms, facts.queue_age)
        case AlertKind.MEMORY:
            reading = _above(terms, facts.memory)
        case AlertKind.NOT_READY:
            reading = Reading(facts.ready == 0)
        case AlertKind.BUILD_FAILED:
            reading = Reading(facts.build_failed)
    return reading


def _of_requests(terms: Terms, facts: Facts, value: float | None) -> Reading:
    """Judge what is made of requests: a few of them say that all is well, but not that something is wrong.

    Where nobody calls any more, nobody meets with it either.
    """
    if facts.idle:
        return Reading(over=False)
    reading = _above(terms, value)
    return Reading(None, value) if reading.over and facts.requests < terms.least_requests else reading


def _above(terms: Terms, value: float | None) -> Reading:
    return Reading(None if value is None else value > terms.threshold, value)
