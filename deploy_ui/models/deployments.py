"""Deployments, what happened to them, and their instances."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from deploy_ui.enums import EventKind, InstanceStatus, Phase, Reason, Wish


class Deployment(SQLModel, table=True):
    """Wanted state is written by services, seen state only by the controller."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, index=True)
    """The deployment key: the first segment of its URL; never used again, even after deletion."""
    name: str
    live_name: str | None = Field(default=None, unique=True)
    """The name while the deployment exists, so that a deleted one frees it."""
    image_id: str = Field(foreign_key="image.id", index=True)
    cpu: float = 1.0
    """Cores."""
    memory_mb: int = 1024
    gpu: int = 0
    min_instances: int = 1
    max_instances: int = 1
    instances: int = 1
    """How many are wanted now, between the two."""
    concurrency: int = 8
    """Requests one instance works on at once; more wait in the instance."""
    idle_timeout_s: int = 300
    start_timeout_s: int = 120
    request_timeout_s: int = 60
    ready_path: str = ""
    """Empty: the image's."""
    env_sealed: str = ""
    """Environment variables, sealed by `deploy_ui.vault`; only names are ever shown."""
    created_at: datetime
    created_by: int = Field(foreign_key="person.id")
    changed_at: datetime
    changed_by: int = Field(foreign_key="person.id")

    wish: Wish = Wish.RUN
    generation: int = 1
    """Raised by every change of the wanted state."""
    revision: int = 1
    """Raised by every change that needs new instances."""

    phase: Phase = Phase.PENDING
    reason: Reason = Reason.NONE
    message: str = ""
    """The machine's own words; user content, so hostile."""
    phase_since: datetime
    ready_instances: int = 0
    seen_generation: int = 0
    """The generation the phase speaks of; behind `generation` means still working."""
    last_request_at: datetime | None = None


class Instance(SQLModel, table=True):
    """One running copy of an image; written by the controller only."""

    key: str = Field(primary_key=True)
    """Six letters and digits, unique over all deployments."""
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    image_id: str
    revision: int
    status: InstanceStatus = InstanceStatus.PENDING
    reason: Reason = Reason.NONE
    message: str = ""
    address: str = ""
    """`host:port` where it listens; empty until it is known."""
    node: str = ""
    created_at: datetime = Field(index=True)
    started_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    peak_memory_mb: int | None = None


class Event(SQLModel, table=True):
    """One line of a deployment's timeline, written in the transaction of the change it tells of."""

    id: int | None = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    at: datetime
    kind: EventKind
    actor: str = ""
    """The person's name as it was then; empty: the product itself."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
