"""Texts of READMEs: read the newest, save another on top of it. Every saved text is a version, and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from deploy_ui import clock
from deploy_ui.db import reading, transaction
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict, Invalid, NotFound, TooLarge
from deploy_ui.models import Person, Readme, ReadmeVersion
from deploy_ui.services.readmes import owners
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.viewer import Viewer

MOST_BYTES = 1 << 20
MOST_VERSIONS = 100
"""The newest are kept; older ones are dropped when another is saved."""


@dataclass(frozen=True)
class VersionRow:
    """What is known of a version beside its text."""

    number: int
    size: int
    """Bytes of the text as UTF-8."""
    created_at: datetime
    created_by: str
    restored_from: int | None
    """The version that this one is a copy of."""


@dataclass(frozen=True)
class Text:
    """One text; version 0, empty and nobody's, where none was saved yet."""

    text: str
    version: int
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True)
class Saved:
    """What a text was saved as."""

    version: int
    changed_at: datetime
    changed_by: str


NOTHING = Text("", 0, None, "")


def read(viewer: Viewer, owner: Owner, version: int | None = None) -> Text:
    """Return the newest text, or that of a version. Raises NotFound for a version that is not kept."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        readme = owners.readme_of(session, owners.find(session, owner))
        number = version if version is not None else readme.version if readme else 0
        if version is None and number == 0:
            return NOTHING
        return text_of(session, readme, number)


def rows(viewer: Viewer, owner: Owner) -> list[VersionRow]:
    """Return the versions that are kept, newest first."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        readme = owners.readme_of(session, owners.find(session, owner))
        if readme is None:
            return []
        columns: Any = (
            *(ReadmeVersion.number, ReadmeVersion.size, ReadmeVersion.created_at, Person.name),
            ReadmeVersion.restored_from,
        )
        query = select(*columns).join(Person, col(Person.id) == ReadmeVersion.created_by)
        mine = query.where(ReadmeVersion.readme_id == readme.id).order_by(col(ReadmeVersion.number).desc())
        return [VersionRow(*found) for found in session.exec(mine)]


def save(viewer: Viewer, owner: Owner, data: bytes, *, over: set[int] | None = None) -> Saved:
    """Save a text as the newest version, and drop the oldest beyond those that are kept.

    `over` names the versions it was written on top of: Conflict if the newest is none of them. The same text as the
    newest is saved already, whatever it was written on top of: who did not hear of it may ask again.
    """
    viewer.require(Role.EDITOR)
    text = checked(data)
    with transaction() as session:
        found, readme = owners.readme_to_change(session, owner)
        newest = text_of(session, readme, readme.version) if readme.version else NOTHING
        if newest.changed_at is not None and newest.text == text:
            return Saved(newest.version, newest.changed_at, newest.changed_by)
        if over is not None and newest.version not in over:
            raise _changed(newest)
        saved = _append(session, readme, viewer, text)
    found.tell()
    return saved


def restore(viewer: Viewer, owner: Owner, version: int) -> Saved:
    """Save the text of an older version again, as the newest; what was newest stays in the history."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        found, readme = owners.readme_to_change(session, owner)
        old, newest = text_of(session, readme, version), text_of(session, readme, readme.version)
        if newest.changed_at is not None and newest.text == old.text:
            return Saved(newest.version, newest.changed_at, newest.changed_by)
        saved = _append(session, readme, viewer, old.text, restored_from=version)
    found.tell()
    return saved


def checked(data: bytes) -> str:
    """Return the text of these bytes, its lines ended as the editor ends them; raise Invalid or TooLarge."""
    if len(data) > MOST_BYTES:
        raise TooLarge("readme_too_large", limit_kb=MOST_BYTES >> 10)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Invalid("readme_not_utf8", field="body", at=error.start) from error
    if "\0" in text:
        raise Invalid("readme_nul", field="body", at=text.index("\0"))
    return text


def text_of(session: Session, readme: Readme | None, number: int) -> Text:
    """Return the text of a version, or raise NotFound."""
    query = (
        select(ReadmeVersion, Person.name)
        .join(Person, col(Person.id) == ReadmeVersion.created_by)
        .where(ReadmeVersion.readme_id == (readme.id if readme else None), ReadmeVersion.number == number)
    )
    found = session.exec(query).first() if 0 < number < 2**31 else None
    if found is None:
        raise NotFound("readme_version_not_found", version=number, most=MOST_VERSIONS)
    version, author = found
    return Text(version.text, version.number, version.created_at, author)


def _changed(newest: Text) -> Conflict:
    return Conflict("readme_changed", version=newest.version, by=newest.changed_by, at=newest.changed_at)


def _append(session: Session, readme: Readme, viewer: Viewer, text: str, *, restored_from: int | None = None) -> Saved:
    now = clock.now()
    readme.version += 1
    version = ReadmeVersion(
        readme_id=readme.id,
        number=readme.version,
        text=text,
        size=len(text.encode()),
        created_at=now,
        created_by=viewer.person_id,
        restored_from=restored_from,
    )
    session.add(version)
    mine, number = col(ReadmeVersion.readme_id) == readme.id, col(ReadmeVersion.number)
    session.exec(delete(ReadmeVersion).where(mine, number <= readme.version - MOST_VERSIONS))
    return Saved(readme.version, now, viewer.name)
