"""People, their sessions and their failed sign-ins."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from deploy_ui.enums import Role
from deploy_ui.models.columns import Moment, word


class Person(SQLModel, table=True):
    """Somebody who may sign in."""

    id: int = Field(default=None, primary_key=True)
    email: str = Field(unique=True, index=True)
    """Lower case."""
    name: str
    role: Role = Field(default=Role.VIEWER, sa_type=word(Role))
    password_hash: str
    """argon2id, in the PHC string format."""
    created_at: datetime = Field(sa_type=Moment)
    disabled_at: datetime | None = Field(default=None, sa_type=Moment)


class SignIn(SQLModel, table=True):
    """One signed-in browser or program. The token itself is never stored."""

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, index=True)
    """SHA-256 of the token, hex."""
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class SignInFailure(SQLModel, table=True):
    """A wrong password, kept as long as it counts against the limit."""

    id: int = Field(default=None, primary_key=True)
    account: str = Field(index=True)
    address: str = Field(index=True)
    at: datetime = Field(index=True, sa_type=Moment)


class SetupLink(SQLModel, table=True):
    """The one-time link that makes the first admin."""

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
