"""Images: a serving script with its requirements and files, built once."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from deploy_ui.enums import ImageKind, ImageStatus
from deploy_ui.models.columns import BIG, Moment, word


class Image(SQLModel, table=True):
    """Created by `services.images`; its build fields are written by `services.builds` only."""

    id: str = Field(primary_key=True)
    """`img_` and eight letters or digits."""
    name: str
    live_name: str | None = Field(default=None, unique=True)
    """The name while the image exists, so that a deleted one frees it."""
    kind: ImageKind = Field(default=ImageKind.MODEL, sa_type=word(ImageKind))
    command: str = ""
    """What kind `command` runs; `$PORT` is filled in by a shell."""
    entry: str = "serving.py"
    """The script, or for kind `asgi` the file that holds `app`."""
    ready_path: str = "/health/ready"
    requirements: str = ""
    files: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{"path", "size"}` of every file, sorted by path; once it is built with its `"sha256"`, hex."""
    env_sealed: str = ""
    """Environment variables of the image, sealed by `deploy_ui.vault`."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)

    status: ImageStatus = Field(default=ImageStatus.QUEUED, sa_type=word(ImageStatus))
    reason: str = ""
    """The code of what failed: `error.{reason}` says it in words."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The facts that the reason's text needs."""
    attempt: int = 0
    """Raised by every try to build; a try whose number is behind may not write."""
    heartbeat_at: datetime | None = Field(default=None, sa_type=Moment)
    """Renewed by the building worker; an old one means that the worker is gone."""
    cancel_requested: bool = False
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{"step", "offset_s", "duration_s", "ok"}`, in the order they ran; offsets count from the build's start."""
    digest: str = ""
    """SHA-256 over all content, hex."""
    environment: str = ""
    """Name of the folder in `environments_dir` that the image runs in."""
    lock: str = ""
    """The resolved requirements, one `name==version` a line."""
    size_bytes: int = Field(default=0, sa_type=cast(Any, BIG))
    packages_bytes: int = Field(default=0, sa_type=cast(Any, BIG))
    """The environment's part of `size_bytes`."""
    python: str = ""
    """The version of the interpreter it runs on."""
    rebuilt_from: str = ""
    """The id of the image whose files it was made of anew."""
    request_schema: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
