"""Asynchronous calls: what was asked, how far it is, every attempt, and the answer."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from deploy_ui.enums import CallbackStatus, CallPriority, CallReason, CallStatus
from deploy_ui.models.columns import BIG, Moment, word


class Call(SQLModel, table=True):
    """One call. The request never changes; an end state never changes either.

    Written when it is accepted, by whoever delivers it, and by people who cancel it; each write of an attempt's outcome
    is guarded by `status`, `attempts` and `deliverer`.
    """

    __table_args__ = (
        Index("ix_call_turn", "status", "deployment_id", "priority", "number"),
        Index("ix_call_recent", "deployment_id", "created_at", "number"),
        Index("ix_call_status_recent", "deployment_id", "status", "created_at", "number"),
        Index("ix_call_deadline", "status", "deadline_at"),
        Index("ix_call_deliverer", "deliverer"),
        Index("ix_call_callback", "callback_status", "callback_due_at"),
        Index("uq_call_idempotency", "deployment_id", "idempotency_key", unique=True),
    )

    number: int = Field(default=None, primary_key=True, sa_type=cast(Any, BIG))
    """Grows with every call that is accepted: the order in which they have their turn."""
    id: str = Field(unique=True, index=True)
    """What callers know it by; says when it was made (`deploy_ui.services.calls.names`)."""
    deployment_id: int = Field(foreign_key="deployment.id")
    status: CallStatus = Field(default=CallStatus.QUEUED, sa_type=word(CallStatus))
    reason: CallReason = Field(default=CallReason.NONE, sa_type=word(CallReason))
    """Of an error: why. Of a call that waits or runs: why its last attempt failed."""
    priority: int = CallPriority.NORMAL.rank
    method: str
    path: str
    """Behind the slug, with the query; begins with a slash."""
    headers: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Name and value of those that the instance gets."""
    body_size: int = 0
    body_hash: str = ""
    """SHA-256, hexadecimal."""
    body_file: str = ""
    """Its place in the folder of calls; empty: it is in `Content`, or there is none."""
    key_id: str = ""
    """The caller's key; empty: the console's own."""
    retry_of: str = ""
    """The id of the call that a person has had sent anew."""
    idempotency_key: str | None = None

    request_timeout_s: float
    """How long one attempt may take."""
    health_timeout_s: float
    """How long one attempt may wait for a ready instance."""
    deadline_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the whole call must have ended."""
    max_attempts: int

    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    """Before that it is not tried (again)."""
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the first attempt began."""
    finished_at: datetime | None = Field(default=None, index=True, sa_type=Moment)
    attempts: int = 0
    """Attempts that were begun, the present one included."""
    attempt_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the present attempt began; None while none runs."""
    instance: str = ""
    """The instance of the present attempt, or of the last one."""
    deliverer: str = ""
    """Who makes the present attempt."""

    answer_status: int | None = None
    """Of an error: its last attempt's, if that was answered."""
    answer_headers: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    answer_size: int = 0
    answer_file: str = ""
    """As `body_file`."""

    callback_url: str = ""
    callback_status: CallbackStatus = Field(default=CallbackStatus.NONE, sa_type=word(CallbackStatus))
    callback_attempts: int = 0
    callback_due_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it is tried (again); None before the call has ended and after the last try."""
    callback_message: str = ""
    """What the last try that failed met with."""


class Attempt(SQLModel, table=True):
    """One attempt that is over."""

    call_number: int = Field(foreign_key="call.number", primary_key=True, sa_type=cast(Any, BIG))
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Counts from 1 in each call."""
    started_at: datetime = Field(sa_type=Moment)
    ended_at: datetime = Field(index=True, sa_type=Moment)
    instance: str = ""
    status: int | None = None
    """The status of the answer, if its head came."""
    reason: CallReason = Field(default=CallReason.NONE, sa_type=word(CallReason))
    message: str = ""
    """The machine's own words; user content, so hostile."""


class Content(SQLModel, table=True):
    """A short body: of a call, or of its answer. Long ones are files."""

    __tablename__ = "call_content"

    call_number: int = Field(foreign_key="call.number", primary_key=True, sa_type=cast(Any, BIG))
    answer: bool = Field(primary_key=True)
    """False: the request's."""
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Deliverer(SQLModel, table=True):
    """A process that makes attempts, as long as it lives. One that is silent is dead, and its attempts are over."""

    id: str = Field(primary_key=True)
    beat_at: datetime = Field(sa_type=Moment)
