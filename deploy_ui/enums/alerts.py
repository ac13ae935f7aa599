"""Word lists of alerts."""

from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert rule watches."""

    ERROR_RATE = "error_rate"
    """The share of answers 5xx over some minutes."""
    P99 = "p99"
    """The seconds that 99 of 100 requests of some minutes do not exceed."""
    NOT_READY = "not_ready"
    """No instance is ready for some minutes, though it should serve."""
    CRASH_LOOP = "crash_loop"
    """So many instances ended by themselves within some minutes."""
    QUEUE_AGE = "queue_age"
    """How long, in seconds, the oldest asynchronous call has waited."""
    MEMORY = "memory"
    """An instance is above a share of its limit for some minutes."""
    BUILD_FAILED = "build_failed"


class AlertPhase(StrEnum):
    """How far a rule is from an alert."""

    QUIET = "quiet"
    PENDING = "pending"
    """It is over its threshold, but not for long enough."""
    FIRING = "firing"


class AlertEnd(StrEnum):
    """Why an alert is over."""

    RECOVERED = "recovered"
    AT_REST = "at_rest"
    """The deployment was stopped or deleted, or sleeps."""
    RULE_CHANGED = "rule_changed"
    """A person switched the rule off or removed it."""


class ReceiverKind(StrEnum):
    """How somebody is told of alerts."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class NoticeEvent(StrEnum):
    """What a notice tells of."""

    FIRING = "firing"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    TEST = "test"
