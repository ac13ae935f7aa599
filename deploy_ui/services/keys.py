"""Keys that let callers call one deployment. The gateway checks them; here they are made, listed and revoked."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from deploy_ui import clock, hints
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, KeyStatus, Role
from deploy_ui.errors import Conflict, Invalid, NotFound
from deploy_ui.gateway import keys as signing
from deploy_ui.ids import new_id
from deploy_ui.models import Key, Person
from deploy_ui.services import events, key_use, lookup
from deploy_ui.services.names import checked_name
from deploy_ui.services.viewer import Viewer

KEY_ID_LENGTH = 12
HINT_LENGTH = 4
MOST_ADDRESSES = 50
LONGEST_OVERLAP = timedelta(days=90)
CONSOLE_KEY_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class KeyRow:
    """What is known of a key; the secret is not."""

    id: str
    name: str
    hint: str
    """The secret's last four characters."""
    status: KeyStatus
    addresses: list[str]
    """CIDR blocks; empty: from anywhere."""
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    calls: int
    """Requests that it opened in the last 24 hours."""
    replaced: bool
    """Another one took its place; it works until it expires."""


@dataclass(frozen=True)
class NewKey:
    """A key that was just made: the only moment its secret is known."""

    row: KeyRow
    secret: str


def rows(viewer: Viewer, slug: str) -> list[KeyRow]:
    """Return the deployment's keys, newest first, revoked ones too."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = (
            select(Key, Person.name)
            .join(Person, col(Person.id) == Key.created_by)
            .where(Key.deployment_id == deployment.id)
            .order_by(col(Key.created_at).desc(), col(Key.id))
        )
        found = list(session.exec(query))
        calls = key_use.calls(session, [key.id for key, _ in found], clock.now())
        return [_row(key, creator, calls.get(key.id, 0)) for key, creator in found]


def create(
    viewer: Viewer, slug: str, *, name: str, expires_at: datetime | None = None, addresses: Sequence[str] = ()
) -> NewKey:
    """Make a key; its secret is in the answer and nowhere else."""
    viewer.require(Role.EDITOR)
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= clock.now()):
        raise Invalid("expiry_past", field="expires_at")
    clean, blocks = checked_name(name), checked_addresses(addresses)
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        key, secret = _new(slug, deployment.id, viewer, name=clean, addresses=blocks, expires_at=expires_at)
        session.add(key)
        events.record(session, deployment.id, EventKind.KEY_CREATED, viewer.name, key=clean)
    _tell(slug)
    return NewKey(_row(key, viewer.name), secret)


def rotate(viewer: Viewer, slug: str, key_id: str, *, overlap: timedelta) -> NewKey:
    """Put a new key of the same name, addresses and life in the place of an active one.

    The old one works on for `overlap`, so that callers can change over without a refused request; then it has expired.
    Raises Invalid for an overlap outside 0 to 90 days, Conflict for a key that is not active or was replaced before.
    """
    viewer.require(Role.EDITOR)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid("key_overlap", field="overlap_s", most_days=LONGEST_OVERLAP.days)
    now = clock.now()
    with transaction() as session:
        old, _ = _key(session, slug, key_id)
        if status(old.revoked_at, old.expires_at, old.disabled_at, now) is not KeyStatus.ACTIVE or old.replaced_by:
            raise Conflict("key_not_rotatable", name=old.name)
        expires_at = now + (old.expires_at - old.created_at) if old.expires_at else None
        key, secret = _new(
            slug, old.deployment_id, viewer, name=old.name, addresses=old.addresses, expires_at=expires_at
        )
        session.add(key)
        ends_at = now + overlap
        old.replaced_by, old.expires_at = key.id, min(old.expires_at or ends_at, ends_at)
        events.record(session, old.deployment_id, EventKind.KEY_ROTATED, viewer.name, key=old.name)
    _tell(slug)
    return NewKey(_row(key, viewer.name), secret)


def change(viewer: Viewer, slug: str, key_id: str, *, name: str | None = None, disabled: bool | None = None) -> KeyRow:
    """Rename a key, or switch it off and on."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        key, creator = _key(session, slug, key_id)
        if key.revoked_at is not None:
            raise Conflict("key_revoked", name=key.name)
        before = (key.name, key.disabled_at)
        if name is not None:
            key.name = checked_name(name)
        if disabled is not None:
            key.disabled_at = (key.disabled_at or clock.now()) if disabled else None
        if before != (key.name, key.disabled_at):
            facts = {"key": key.name, "disabled": key.disabled_at is not None}
            events.record(session, key.deployment_id, EventKind.KEY_CHANGED, viewer.name, **facts)
        row = _counted(session, key, creator)
    _tell(slug)
    return row


def revoke(viewer: Viewer, slug: str, key_id: str) -> KeyRow:
    """Close the key for ever; the gateway refuses it within two seconds."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        key, creator = _key(session, slug, key_id)
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            events.record(session, key.deployment_id, EventKind.KEY_REVOKED, viewer.name, key=key.name)
        row = _counted(session, key, creator)
    _tell(slug)
    return row


def revoke_all(session: Session, deployment_id: int, actor: str) -> None:
    """Close every key of a deployment in the caller's transaction; the timeline tells of each."""
    live = select(Key).where(Key.deployment_id == deployment_id, col(Key.revoked_at).is_(None))
    for key in session.exec(live.order_by(col(Key.created_at), col(Key.id)).with_for_update()):
        key.revoked_at = clock.now()
        events.record(session, deployment_id, EventKind.KEY_REVOKED, actor, key=key.name)


def console_key(viewer: Viewer, slug: str) -> str:
    """Return a key for the console's own test request: it lives five minutes and leaves no row."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        lookup.live_deployment(session, slug)
    now = clock.now()
    return signing.sign(
        key_id=new_id(KEY_ID_LENGTH), slug=slug, now=now, expires_at=now + CONSOLE_KEY_LIFE, kind="console"
    )


def checked_addresses(addresses: Sequence[str]) -> list[str]:
    """Return the addresses as CIDR blocks, each once and in their order, or raise Invalid."""
    if len(addresses) > MOST_ADDRESSES:
        raise Invalid("addresses_too_many", field="addresses", most=MOST_ADDRESSES)
    return list(dict.fromkeys(_block(each) for each in addresses if each.strip()))


def _new(
    slug: str, deployment_id: int, viewer: Viewer, *, name: str, addresses: list[str], expires_at: datetime | None
) -> tuple[Key, str]:
    """Return a key that is not stored yet, and its secret."""
    key_id, now = new_id(KEY_ID_LENGTH), clock.now()
    secret = signing.sign(key_id=key_id, slug=slug, now=now, expires_at=expires_at)
    key = Key(
        id=key_id,
        deployment_id=deployment_id,
        name=name,
        hint=secret[-HINT_LENGTH:],
        addresses=list(addresses),
        created_at=now,
        created_by=viewer.person_id,
        expires_at=expires_at,
    )
    return key, secret


def _block(address: str) -> str:
    try:
        return str(ipaddress.ip_network(address.strip(), strict=False))
    except ValueError as error:
        raise Invalid("address_wrong", field="addresses", address=address[:60]) from error


def _key(session: Session, slug: str, key_id: str) -> tuple[Key, str]:
    """Return a key of a live deployment for a change, and who made it."""
    deployment = lookup.live_deployment(session, slug)
    query = (
        select(Key, Person.name)
        .join(Person, col(Person.id) == Key.created_by)
        .where(Key.id == key_id, Key.deployment_id == deployment.id)
        .with_for_update(of=Key)
    )
    found = session.exec(query).first() if key_id.isalnum() else None
    if found is None:
        raise NotFound("key_not_found")
    return found


def _counted(session: Session, key: Key, creator: str) -> KeyRow:
    return _row(key, creator, key_use.calls(session, [key.id], clock.now()).get(key.id, 0))


def _row(key: Key, creator: str, calls: int = 0) -> KeyRow:
    return KeyRow(
        id=key.id,
        name=key.name,
        hint=key.hint,
        status=status(key.revoked_at, key.expires_at, key.disabled_at, clock.now()),
        addresses=list(key.addresses),
        created_at=key.created_at,
        created_by=creator,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        calls=calls,
        replaced=bool(key.replaced_by),
    )


def status(
    revoked_at: datetime | None, expires_at: datetime | None, disabled_at: datetime | None, now: datetime
) -> KeyStatus:
    """Return the strongest reason why a key does not open its deployment, or ACTIVE."""
    if revoked_at is not None:
        return KeyStatus.REVOKED
    if expires_at is not None and expires_at <= now:
        return KeyStatus.EXPIRED
    return KeyStatus.ACTIVE if disabled_at is None else KeyStatus.DISABLED


def _tell(slug: str) -> None:
    hints.publish(f"deployment:{slug}", "wanted")
