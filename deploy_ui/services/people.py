"""The people who may sign in, and how the first of them comes in."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from deploy_ui import clock, hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict, Invalid, NotFound
from deploy_ui.models import Person, SetupLink, SignIn
from deploy_ui.services import passwords
from deploy_ui.services.names import checked_name
from deploy_ui.services.viewer import Viewer

EMAIL = re.compile(r"[^@\s\x00-\x20\x7f<>()\[\],;:\\\"]{1,64}@[\w.-]{1,180}")
LONGEST_PERSON_NAME = 100
TOKEN_BYTES = 32


@dataclass(frozen=True)
class PersonRow:
    """What admins see of a person."""

    id: int
    email: str
    name: str
    role: Role
    disabled: bool
    created_at: datetime


def setup_needed() -> bool:
    """Say whether nobody is there yet."""
    with reading() as session:
        return session.exec(select(Person.id).limit(1)).first() is None


def new_setup_link() -> str | None:
    """Return the token of a new one-time link and void the older ones; None when somebody is there already."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction() as session:
        if session.exec(select(Person.id).limit(1)).first() is not None:
            return None
        session.exec(delete(SetupLink).where(col(SetupLink.used_at).is_(None)))
        session.add(SetupLink(token_hash=token_hash(token), created_at=clock.now()))
    return token


def set_up(token: str, *, email: str, name: str, password: str) -> Viewer:
    """Make the first admin with a one-time link, which is used up by it."""
    with reading() as session:
        _require_link(session, token)
    person = _person(email=email, name=name, role=Role.ADMIN, password=password)
    with transaction() as session:
        _require_link(session, token)
        unused = col(SetupLink.token_hash) == token_hash(token), col(SetupLink.used_at).is_(None)
        if session.exec(update(SetupLink).where(*unused).values(used_at=clock.now())).rowcount != 1:
            raise NotFound("setup_link_void")
        session.add(person)
    return viewer_of(person)


def ensure_admin(email: str, password: str) -> None:
    """Make this admin unless the person exists; an existing person stays as they are."""
    address = checked_email(email)
    with reading() as session:
        if session.exec(select(Person.id).where(Person.email == address)).first() is not None:
            return
    person = _person(email=address, name=address.split("@")[0], role=Role.ADMIN, password=password)
    try:
        with transaction() as session:
            session.add(person)
    except IntegrityError:
        return  # another part of the product was faster


def create(viewer: Viewer, *, email: str, name: str, role: Role, password: str) -> PersonRow:
    """Let somebody in."""
    viewer.require(Role.ADMIN)
    person = _person(email=email, name=name, role=role, password=password)
    try:
        with transaction() as session:
            session.add(person)
    except IntegrityError as error:
        raise Conflict("email_taken", email=person.email) from error
    return _row(person)


def rows(viewer: Viewer) -> list[PersonRow]:
    """Return everybody, by email."""
    viewer.require(Role.ADMIN)
    with reading() as session:
        return [_row(person) for person in session.exec(select(Person).order_by(Person.email))]


def change(
    viewer: Viewer,
    person_id: int,
    *,
    role: Role | None = None,
    disabled: bool | None = None,
    password: str | None = None,
) -> PersonRow:
    """Change a person. A new password or being disabled ends all their sessions. One admin always stays."""
    viewer.require(Role.ADMIN)
    new_hash = passwords.hashed(password) if password is not None else None
    with transaction() as session:
        admins = select(Person).where(Person.role == Role.ADMIN, col(Person.disabled_at).is_(None))
        active_admins = session.exec(admins.order_by(col(Person.id)).with_for_update()).all()
        person = session.exec(select(Person).where(Person.id == person_id).with_for_update()).first()
        if person is None:
            raise NotFound("person_not_found")
        person.role = role or person.role
        if disabled is not None:
            person.disabled_at = (person.disabled_at or clock.now()) if disabled else None
        person.password_hash = new_hash or person.password_hash
        if active_admins == [person] and (person.role != Role.ADMIN or person.disabled_at is not None):
            raise Conflict("last_admin")
        ended = _end_sessions(session, person) if new_hash or person.disabled_at is not None else []
    hints.publish(*map(session_topic, ended))
    return _row(person)


def token_hash(token: str) -> str:
    """Return what is stored of a token; its 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def session_topic(token_hash: str) -> str:
    """Name the hints that the session of this token may be over."""
    return f"session:{token_hash}"


def checked_email(email: str) -> str:
    """Return the address in lower case, or raise Invalid."""
    clean = email.strip().lower()
    if not EMAIL.fullmatch(clean):
        raise Invalid("email_wrong", field="email")
    return clean


def viewer_of(person: Person) -> Viewer:
    """Return the person as the one who asks."""
    return Viewer(person_id=person.id, email=person.email, name=person.name, role=person.role)


def _person(*, email: str, name: str, role: Role, password: str) -> Person:
    return Person(
        email=checked_email(email),
        name=checked_name(name, longest=LONGEST_PERSON_NAME),
        role=role,
        password_hash=passwords.hashed(password),
        created_at=clock.now(),
    )


def _require_link(session: Session, token: str) -> None:
    """Raise unless this link still opens: nobody is there, and it is the newest one and not used."""
    unused = select(SetupLink.id).where(SetupLink.token_hash == token_hash(token), col(SetupLink.used_at).is_(None))
    somebody = session.exec(select(Person.id).limit(1)).first()
    if somebody is not None or session.exec(unused).first() is None:
        raise NotFound("setup_link_void")


def _end_sessions(session: Session, person: Person) -> list[str]:
    ended = list(session.exec(select(SignIn.token_hash).where(SignIn.person_id == person.id)))
    session.exec(delete(SignIn).where(col(SignIn.person_id) == person.id))
    return ended


def _row(person: Person) -> PersonRow:
    return PersonRow(
        id=person.id,
        email=person.email,
        name=person.name,
        role=person.role,
        disabled=person.disabled_at is not None,
        created_at=person.created_at,
    )
