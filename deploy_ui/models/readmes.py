"""READMEs of deployments and images: every version, the files they show, and the link that strangers may read."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from deploy_ui.models.columns import Moment


class Readme(SQLModel, table=True):
    """The README of one deployment or one image; there from its first version or file on."""

    id: int = Field(default=None, primary_key=True)
    deployment_id: int | None = Field(default=None, foreign_key="deployment.id", unique=True)
    image_id: str | None = Field(default=None, foreign_key="image.id", unique=True)
    version: int = 0
    """The number of the newest version; 0: none was saved yet."""
    link_hash: str | None = Field(default=None, unique=True)
    """SHA-256 of the published link's token, hexadecimal; None: not published."""
    link_sealed: str = ""
    """The token itself, sealed by `deploy_ui.vault`, for the team to copy again."""
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    published_by: int | None = Field(default=None, foreign_key="person.id")


class ReadmeVersion(SQLModel, table=True):
    """One saved text; never changed."""

    __tablename__ = "readme_version"

    readme_id: int = Field(foreign_key="readme.id", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Counts from 1 in each README."""
    text: str = Field(sa_column=Column(Text, nullable=False))
    """Markdown: user content, so hostile."""
    size: int
    """Bytes of the text as UTF-8."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")
    restored_from: int | None = None
    """The version that this one is a copy of, if somebody restored it."""


class ReadmeFile(SQLModel, table=True):
    """One picture of a README; its bytes lie in the data folder."""

    __tablename__ = "readme_file"

    readme_id: int = Field(foreign_key="readme.id", primary_key=True)
    name: str = Field(primary_key=True)
    """How the text names it behind `files/`; never used again for other bytes."""
    media_type: str
    size: int
    digest: str
    """SHA-256 of the bytes, hexadecimal; the file's name on the disk."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id")
