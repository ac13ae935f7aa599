"""One attempt of a call: what it is made of, how it may end, and what follows from that. The deciding part is pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.services.calls.bodies import Stored

REFUSED_STATUS = 503
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
LEAST_JITTER = 0.5
"""A pause is at least so much of what it could be."""
FINAL = frozenset(
    {
        CallReason.ANSWER_TOO_LARGE,
        CallReason.LIVE_TIMEOUT,
        CallReason.REQUEST_LOST,
        CallReason.DEPLOYMENT_DELETED,
    }
)
"""Another attempt would end alike."""


@dataclass(frozen=True)
class Claim:
    """An attempt that the holder of this makes, and nobody else."""

    number: int
    """The call's."""
    id: str
    slug: str
    attempt: int
    begun_at: datetime
    limit_s: float
    """How long the attempt may take."""
    limited_by: CallReason
    """What it ends with when that is over: the attempt's own time or the call's."""
    instance: str
    address: str
    """`host:port`."""
    method: str
    path: str
    headers: list[list[str]]
    body_size: int
    body_file: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What an instance answered, whole."""

    status: int
    headers: list[list[str]]
    body: Stored


@dataclass(frozen=True)
class Failure:
    """Why an attempt brought no answer that counts."""

    reason: CallReason
    status: int | None = None
    """Of the answer, if its head came."""
    message: str = ""
    """The machine's own words: hostile."""


@dataclass(frozen=True)
class Refused:
    """The instance said that it has no place free: the model saw nothing of it, so it counts as no attempt.

    Another server may say so too, having worked on it: for no longer than a call waits for an instance is it believed.
    """

    message: str = ""
    """The machine's own words: hostile."""

    def counted(self) -> Failure:
        """Return what it is when it counts after all."""
        return Failure(CallReason.ANSWERED_5XX, REFUSED_STATUS, self.message)


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended."""

    claim: Claim
    ended_at: datetime
    result: Answer | Failure | Refused


@dataclass(frozen=True)
class Rest:
    """What a decision about another attempt needs to know."""

    attempts: int
    """Those that were begun."""
    most: int
    deadline_at: datetime | None
    deleted: bool
    """The deployment is gone for good, or about to be."""


@dataclass(frozen=True)
class Next:
    """What follows a failed attempt."""

    status: CallStatus
    """`QUEUED` or `ERROR`."""
    reason: CallReason
    due_at: datetime | None = None
    """When it is tried again."""


def after(failure: CallReason, rest: Rest, now: datetime, jitter: float) -> Next:
    """Return what follows a failed attempt; `jitter` is anything from 0 to 1.

    | failure is final                     | error, with its reason |
    | the deployment is deleted            | error, deployment_deleted |
    | attempts are used up                 | error, with its reason |
    | no time is left for another attempt  | error, live_timeout |
    | otherwise                            | queued again after a pause |
    """
    if failure in FINAL:
        return Next(CallStatus.ERROR, failure)
    if rest.deleted:
        return Next(CallStatus.ERROR, CallReason.DEPLOYMENT_DELETED)
    if rest.attempts >= rest.most:
        return Next(CallStatus.ERROR, failure)
    due_at = now + timedelta(seconds=pause_s(rest.attempts, jitter))
    if rest.deadline_at is not None and due_at >= rest.deadline_at:
        return Next(CallStatus.ERROR, CallReason.LIVE_TIMEOUT)
    return Next(CallStatus.QUEUED, failure, due_at)


def pause_s(attempts: int, jitter: float) -> float:
    """Return the pause after so many attempts: doubled each time, and not the same for calls that failed together."""
    longest = min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16), LONGEST_PAUSE_S)
    return longest * (LEAST_JITTER + (1 - LEAST_JITTER) * jitter)


def room_of(concurrency: int) -> int:
    """Return how many calls one instance gets at once: a quarter of its places stays free for synchronous callers."""
    return max(1, concurrency - max(1, concurrency // 4))
