"""Keys that open one deployment to a caller. The secret itself is never stored."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from deploy_ui.models.columns import Moment


class Key(SQLModel, table=True):
    """A signed key known by its id; see `deploy_ui.gateway.keys`."""

    id: str = Field(primary_key=True)
    """The key's `jti`: twelve letters and digits."""
    deployment_id: int = Field(foreign_key="deployment.id", index=True)
    name: str
    hint: str
    """The last four characters of the secret, to recognise it by."""
    addresses: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """CIDR blocks it may be used from; empty: anywhere."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    disabled_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    last_used_at: datetime | None = Field(default=None, sa_type=Moment)
    replaced_by: str = ""
    """The id of the key that a rotation put in its place; from then on `expires_at` says when the overlap ends."""


class KeyHour(SQLModel, table=True):
    """How many requests a key opened in one hour; hours without any have no row. Kept for two days."""

    __tablename__ = "key_hour"

    key_id: str = Field(foreign_key="key.id", primary_key=True)
    hour: datetime = Field(primary_key=True, index=True, sa_type=Moment)
    """When it began."""
    calls: int
