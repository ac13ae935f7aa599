"""Deployments, what happened to them, and their instances."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from deploy_ui.enums import EventKind, InstanceStatus, Phase, Reason, Wish
from deploy_ui.models.columns import Moment, word


class Deployment(SQLModel, table=True):
    """Wanted state is written by services, seen state only by the controller."""

    id: int = Field(default=None, primary_key=True)
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
    """How many are wanted now, between the two; a person or the autoscaler sets it. 0: asleep until somebody calls."""
    concurrency: int = 8
    """Requests one instance works on at once; more wait in the instance."""
    idle_timeout_s: int = 300
    start_timeout_s: int = 120
    request_timeout_s: int = 60
    ready_path: str = ""
    """Empty: the image's."""
    env_sealed: str = ""
    """Environment variables, sealed by `deploy_ui.vault`."""
    env_open: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Names of those whose values may be shown; of all others only names are."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")
    changed_at: datetime = Field(sa_type=Moment)
    changed_by: int = Field(foreign_key="person.id")

    wish: Wish = Field(default=Wish.RUN, sa_type=word(Wish))
    generation: int = 1
    """Raised by every change of the wanted state."""
    revision: int = 1
    """The number of the wanted `Revision`: a new one for every change that needs new instances, an older one after a
    rollback."""

    phase: Phase = Field(default=Phase.PENDING, sa_type=word(Phase))
    reason: Reason = Field(default=Reason.NONE, sa_type=word(Reason))
    message: str = ""
    """The machine's own words; user content, so hostile."""
    phase_since: datetime = Field(sa_type=Moment)
    ready_instances: int = 0
    seen_generation: int = 0
    """The generation the phase speaks of; behind `generation` means still working."""
    last_request_at: datetime | None = Field(default=None, sa_type=Moment)
    callback_secret: int = 1
    """The number of the secret that callbacks are signed with; another number, another secret."""


class Revision(SQLModel, table=True):
    """What instances are born with, as it was once wanted; the deployment's row repeats the wanted one's values.

    The configuration is written by services and never changed; what became of it by the controller only.
    """

    deployment_id: int = Field(foreign_key="deployment.id", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Counts from 1 in each deployment."""
    image_id: str = Field(foreign_key="image.id", index=True)
    cpu: float
    memory_mb: int
    gpu: int
    concurrency: int
    ready_path: str
    env_sealed: str
    env_open: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """As the deployment's."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")

    ready_at: datetime | None = Field(default=None, sa_type=Moment)
    """When all its instances were ready for the first time since a person wanted it: only such a revision is ever
    rolled back to by itself, and only one without it is ever rolled back by itself."""
    failed_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was given up and an older one taken again."""
    reason: Reason = Field(default=Reason.NONE, sa_type=word(Reason))
    message: str = ""
    """The machine's own words about the failure; user content, so hostile."""


class Instance(SQLModel, table=True):
    """One running copy of an image; written by the controller only."""

    key: str = Field(primary_key=True)
    """Six letters and digits, unique over all deployments."""
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    image_id: str
    revision: int
    status: InstanceStatus = Field(default=InstanceStatus.PENDING, sa_type=word(InstanceStatus))
    reason: Reason = Field(default=Reason.NONE, sa_type=word(Reason))
    message: str = ""
    address: str = ""
    """`host:port` where it listens; empty until it is known."""
    node: str = ""
    created_at: datetime = Field(index=True, sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    loading_at: datetime | None = Field(default=None, sa_type=Moment)
    """When our server said that it loads the model; None for programs that do not say."""
    ready_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    exit_code: int | None = None
    peak_memory_mb: int | None = None


class Event(SQLModel, table=True):
    """One line of a deployment's timeline, written in the transaction of the change it tells of."""

    id: int = Field(default=None, primary_key=True)
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    at: datetime = Field(sa_type=Moment)
    kind: EventKind = Field(sa_type=word(EventKind))
    actor: str = ""
    """The person's name as it was then; empty: the product itself."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
