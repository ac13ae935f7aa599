"""Signing in and out. A wrong password, an unknown and a disabled person look the same, in words and in time."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from deploy_ui import clock, hints
from deploy_ui.db import reading, transaction
from deploy_ui.errors import SignedOut, TooMany
from deploy_ui.models import Person, SignIn, SignInFailure
from deploy_ui.services import passwords, people
from deploy_ui.services.paging import plain
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import SESSION_COOKIE, settings

COOKIE = SESSION_COOKIE
WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 5
MOST_PER_ADDRESS = 20
LONGEST_ACCOUNT = 254


@dataclass(frozen=True)
class NewSession:
    """A session that was just begun: the only moment its token is known."""

    token: str = field(repr=False)
    expires_at: datetime
    viewer: Viewer


def sign_in(email: str, password: str, *, address: str) -> NewSession:
    """Begin a session. Raises SignedOut with the attempts that are left, or TooMany."""
    account = plain(email).strip().lower()[:LONGEST_ACCOUNT]
    attempt = _begin_attempt(account, plain(address)[:LONGEST_ACCOUNT])
    person = _person(account)
    fits = passwords.verify(password, person.password_hash if person else None)
    if person is None or not fits or person.disabled_at is not None:
        raise SignedOut("wrong_password", attempts_left=MOST_PER_ACCOUNT - attempt)
    return _begin(person)


def viewer(token: str) -> Viewer | None:
    """Return who holds this token, as they are now; None when it is unknown, ended or expired."""
    query = (
        select(Person)
        .join(SignIn, col(SignIn.person_id) == Person.id)
        .where(SignIn.token_hash == people.token_hash(token), SignIn.expires_at > clock.now())
        .where(col(Person.disabled_at).is_(None))
    )
    with reading() as session:
        person = session.exec(query).first()
    return people.viewer_of(person) if person else None


def sign_out(token: str) -> None:
    """End the session, its open sockets too; an unknown one is fine."""
    with transaction() as session:
        session.exec(delete(SignIn).where(col(SignIn.token_hash) == people.token_hash(token)))
    hints.publish(topic(token))


def topic(token: str) -> str:
    """Name the hints that a session may be over."""
    return people.session_topic(people.token_hash(token))


def _begin_attempt(account: str, address: str) -> int:
    """Count this attempt as a failure before the password is looked at, so that no crowd of them gets past the limit.

    Returns how many the account has had now. A refused attempt does not count: it would lengthen the wait for ever.
    """
    now = clock.now()
    with transaction() as session:
        session.exec(delete(SignInFailure).where(col(SignInFailure.at) <= now - WINDOW))
        failure = SignInFailure(account=account, address=address, at=now)
        session.add(failure)
    with reading() as session:
        by_account = _moments(session, SignInFailure.account == account)
        by_address = _moments(session, SignInFailure.address == address)
    free_at = max(_free_at(by_account, MOST_PER_ACCOUNT, now), _free_at(by_address, MOST_PER_ADDRESS, now))
    if free_at > now:
        with transaction() as session:
            session.exec(delete(SignInFailure).where(col(SignInFailure.id) == failure.id))
        raise TooMany("too_many_attempts", retry_after_s=int((free_at - now).total_seconds()) + 1)
    return len(by_account)


def _moments(session: Session, which: bool) -> list[datetime]:  # noqa: FBT001 -- a comparison of columns, typed as bool
    return list(session.exec(select(SignInFailure.at).where(which).order_by(col(SignInFailure.at).desc())))


def _free_at(moments: list[datetime], most: int, now: datetime) -> datetime:
    """Return when this attempt would have been allowed: once fewer than `most` earlier ones are in the window."""
    return moments[most] + WINDOW if len(moments) > most else now


def _person(account: str) -> Person | None:
    with reading() as session:
        return session.exec(select(Person).where(Person.email == account)).first()


def _begin(person: Person) -> NewSession:
    token = secrets.token_urlsafe(people.TOKEN_BYTES)
    now = clock.now()
    expires_at = now + timedelta(days=settings().session_days)
    with transaction() as session:
        same = select(Person).where(Person.id == person.id, Person.password_hash == person.password_hash)
        if session.exec(same.where(col(Person.disabled_at).is_(None)).with_for_update()).first() is None:
            raise SignedOut("signed_out")  # the password changed while it was being checked
        session.exec(delete(SignInFailure).where(col(SignInFailure.account) == person.email))
        session.exec(delete(SignIn).where(col(SignIn.expires_at) <= now))
        session.add(
            SignIn(token_hash=people.token_hash(token), person_id=person.id, created_at=now, expires_at=expires_at)
        )
    return NewSession(token=token, expires_at=expires_at, viewer=people.viewer_of(person))
