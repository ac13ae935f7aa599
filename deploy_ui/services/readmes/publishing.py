"""The link under which strangers read a README: unguessable, kept as its hash only, dead as soon as it is revoked."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from deploy_ui import clock, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict, NotFound
from deploy_ui.models import Person, Readme
from deploy_ui.services.readmes import owners, pictures, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import Picture
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Link:
    """How a README is published."""

    url: str
    """Who has it may read the README. Empty when only its hash is left: the sealing key is gone."""
    published_at: datetime
    published_by: str


@dataclass(frozen=True)
class Published:
    """All that a stranger is told."""

    title: str
    text: str
    changed_at: datetime


def link(viewer: Viewer, owner: Owner) -> Link | None:
    """Return how the README is published, None if it is not; for those who may revoke it."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        readme = owners.readme_of(session, owners.find(session, owner))
        if readme is None or readme.published_at is None or readme.published_by is None:
            return None
        token = _token(readme)
        by = session.get_one(Person, readme.published_by).name
        return Link(_url(token) if token else "", readme.published_at, by)


def publish(viewer: Viewer, owner: Owner) -> str:
    """Let whoever has the link read the README, and return it; published already, it stays the same."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        found, readme = owners.readme_to_change(session, owner)
        if readme.version == 0:
            raise Conflict("readme_none")
        token = _token(readme)
        if token is None:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            readme.link_hash, readme.link_sealed = _hash(token), vault.seal({"token": token})
            readme.published_at, readme.published_by = clock.now(), viewer.person_id
    found.tell()
    return _url(token)


def revoke(viewer: Viewer, owner: Owner) -> None:
    """Let nobody read the README by its link any more; twice is fine, and so is one that was deleted."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        found = owners.find(session, owner, locked=True)
        readme = owners.readme_of(session, found)
        if readme is not None:
            readme.link_hash, readme.link_sealed = None, ""
            readme.published_at, readme.published_by = None, None
    found.tell()


def published(token: str) -> Published:
    """Return the README of a link, as it is now; raise NotFound for a link that is none, or none any more."""
    with reading() as session:
        readme = _readme(session, token)
        newest = texts.text_of(session, readme, readme.version)
        changed_at = newest.changed_at or clock.now()
        return Published(owners.owner_of(session, readme).name, newest.text, changed_at)


def published_picture(token: str, name: str) -> Picture:
    """Return a picture that the README of a link shows now, or raise NotFound."""
    with reading() as session:
        readme = _readme(session, token)
        if name not in pictures.named_in(texts.text_of(session, readme, readme.version).text):
            raise NotFound("picture_not_found")
        return pictures.picture(session, readme, name)


def _readme(session: Session, token: str) -> Readme:
    """Find it by the hash, so that how long it takes says nothing of tokens that are near."""
    wanted = _hash(token) if TOKEN.fullmatch(token) else None
    found = session.exec(select(Readme).where(Readme.link_hash == wanted)).first() if wanted else None
    if found is None:
        raise NotFound("readme_not_published")
    return found


def _token(readme: Readme) -> str | None:
    values = vault.unseal_if_readable(readme.link_sealed) if readme.link_hash else None
    return values.get("token") if values else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _url(token: str) -> str:
    return f"{settings().console}/readme/{token}"
