"""What the console and the API show of calls. Values of headers and bodies are callers' data; keys are not in them."""

from dataclasses import dataclass
from datetime import datetime

from deploy_ui.enums import CallbackStatus, CallPriority, CallReason, CallStatus


@dataclass(frozen=True)
class CallRow:
    """One line of the list."""

    id: str
    status: CallStatus
    reason: CallReason
    """Why it ended in an error; of one that waits or runs: why its last attempt failed."""
    created_at: datetime
    started_at: datetime | None
    """When its first attempt began."""
    finished_at: datetime | None
    waited_s: float | None
    """From its creation to its first attempt; None before that."""
    ran_s: float | None
    """From its first attempt to its end; None before the end, or if it never ran."""
    attempts: int
    answer_status: int | None
    """The HTTP status of the answer that counted; of an error: of its last attempt, if that was answered."""
    answer_size: int
    key_name: str
    """The caller's key; empty: the console's own."""


@dataclass(frozen=True)
class AttemptRow:
    """One attempt, the present one included."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    """None while it runs."""
    duration_s: float | None
    instance: str
    """The instance's key; empty: none was ready."""
    status: int | None
    reason: CallReason
    message: str
    """The machine's own words: hostile."""


@dataclass(frozen=True)
class CallCard(CallRow):
    """Everything that is known of one call, but for the bodies."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body_size: int
    priority: CallPriority
    key_id: str
    instance: str
    retry_of: str
    """The id of the call that this one repeats; empty for most."""
    request_timeout_s: float
    health_timeout_s: float
    deadline_at: datetime | None
    max_attempts: int
    attempt_rows: list[AttemptRow]
    """Newest first."""
    answer_headers: list[tuple[str, str]]
    answer_type: str
    """Its content type as the model wrote it: hostile."""
    has_result: bool
    """Whether there is an answer to get."""
    expires_at: datetime | None
    """When it will be forgotten; None before its end."""
    callback_url: str
    callback_status: CallbackStatus
    callback_attempts: int
    callback_message: str
