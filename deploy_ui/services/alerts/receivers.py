"""Who is told of a deployment's alerts: webhooks and e-mail addresses."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from deploy_ui import clock, hints, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import Role
from deploy_ui.enums.alerts import NoticeEvent, ReceiverKind
from deploy_ui.errors import Conflict, Invalid, NotFound, TooMany
from deploy_ui.models import AlertNotice, AlertReceiver, Deployment, Person
from deploy_ui.services import lookup
from deploy_ui.services.alerts import outbox
from deploy_ui.services.calls import callback_addresses
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import mailbox, settings

MOST_RECEIVERS = 10
"""Of one deployment."""
MOST_TESTS = 20
"""Of one deployment within an hour: nobody is to be flooded by them."""
LONGEST_EMAIL = 254
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
"""ASCII only: nothing in it can end a header's line."""
LANGUAGES = ("en", "ru")
LARGEST_ID = 2**31


@dataclass(frozen=True)
class ReceiverRow:
    """What is known of a receiver; the address of a webhook is not."""

    id: int
    kind: ReceiverKind
    shown: str
    """A webhook's host, the whole of an e-mail address."""
    language: str
    created_at: datetime
    created_by: str
    tried_at: datetime | None
    """When it was last tried to tell them anything."""
    delivered: bool
    """Whether that was taken."""
    message: str
    """What it met with, if not: the machine's own words, or a code that has a text."""
    waiting: bool
    """Whether something is on its way to them."""


def email_possible(viewer: Viewer) -> bool:
    """Say whether e-mails can be sent: a mail server is set."""
    viewer.require(Role.VIEWER)
    return bool(settings().smtp_url)


def rows(viewer: Viewer, slug: str) -> list[ReceiverRow]:
    """Return the receivers, oldest first."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = (
            select(AlertReceiver, Person.name)
            .join(Person, col(Person.id) == AlertReceiver.created_by)
            .where(AlertReceiver.deployment_id == deployment.id)
            .order_by(col(AlertReceiver.id))
        )
        pending = set(
            session.exec(
                select(AlertNotice.receiver_id).where(
                    AlertNotice.deployment_id == deployment.id, col(AlertNotice.done_at).is_(None)
                )
            )
        )
        return [_row(each, creator, waiting=each.id in pending) for each, creator in session.exec(query)]


def create(viewer: Viewer, slug: str, kind: ReceiverKind, address: str, language: str) -> ReceiverRow:
    """Add a receiver. Where a webhook leads is judged now and at every try; it is kept sealed and never shown again.

    Waits for the resolver: not for an event loop.
    """
    viewer.require(Role.EDITOR)
    shown = _shown(kind, address.strip())
    if language not in LANGUAGES:
        raise Invalid("language_unknown", field="language")
    if kind is ReceiverKind.EMAIL and not settings().smtp_url:
        raise Conflict("smtp_missing")
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        mine = AlertReceiver.deployment_id == deployment.id
        if session.exec(select(func.count()).select_from(AlertReceiver).where(mine)).one() >= MOST_RECEIVERS:
            raise Conflict("alert_receivers_many", most=MOST_RECEIVERS)
        made = AlertReceiver(
            deployment_id=deployment.id,
            kind=kind,
            address_sealed=vault.seal({"address": address.strip()}),
            shown=shown,
            language=language,
            created_at=clock.now(),
            created_by=viewer.person_id,
        )
        session.add(made)
        session.flush()
    hints.publish(f"deployment:{slug}")
    return _row(made, viewer.name, waiting=False)


def remove(viewer: Viewer, slug: str, receiver_id: int) -> None:
    """Tell them nothing more, not even what is on its way."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        _, receiver = _found(session, slug, receiver_id)
        theirs = update(AlertNotice).where(col(AlertNotice.receiver_id) == receiver.id)
        done_at = func.coalesce(col(AlertNotice.done_at), clock.now())
        session.exec(theirs.values(receiver_id=None, done_at=done_at))  # they still count: nobody is to be flooded
        session.delete(receiver)
    hints.publish(f"deployment:{slug}")


def test(viewer: Viewer, slug: str, receiver_id: int) -> None:
    """Send them a test, once; how it went is in their row soon after.

    Raises TooMany while one is on its way, and after many of them within an hour.
    """
    viewer.require(Role.EDITOR)
    now = clock.now()
    with transaction() as session:
        deployment, receiver = _found(session, slug, receiver_id)
        tests = AlertNotice.deployment_id == deployment.id, AlertNotice.event == NoticeEvent.TEST
        waiting = AlertNotice.receiver_id == receiver.id, col(AlertNotice.done_at).is_(None)
        if session.exec(select(AlertNotice.id).where(*tests, *waiting)).first() is not None:
            raise TooMany("alert_test_waiting", retry_after_s=10)
        lately = col(AlertNotice.created_at) > now - outbox.HOUR, col(AlertNotice.created_at) <= now
        if session.exec(select(func.count()).select_from(AlertNotice).where(*tests, *lately)).one() >= MOST_TESTS:
            raise TooMany("alert_tests_many", retry_after_s=3600, most=MOST_TESTS)
        session.add(
            AlertNotice(
                deployment_id=deployment.id,
                receiver_id=receiver.id,
                event=NoticeEvent.TEST,
                created_at=now,
                due_at=now,
            )
        )
    hints.publish(f"deployment:{slug}")


def _shown(kind: ReceiverKind, address: str) -> str:
    """Return what may be shown of an address, or raise Invalid when it is none."""
    if kind is ReceiverKind.EMAIL:
        if not _is_email(address):
            raise Invalid("email_wrong", field="address")
        return address
    try:
        asyncio.run(callback_addresses.check(address))
    except Invalid as error:
        refused = error.code == "callback_refused"
        raise Invalid("alert_url_refused" if refused else "alert_url_wrong", field="address") from error
    return callback_addresses.place(address)


def _is_email(address: str) -> bool:
    """Say whether letters can be sent there, as whoever sends them sees it."""
    if len(address) > LONGEST_EMAIL or not EMAIL.fullmatch(address):
        return False
    try:
        return mailbox(address).addr_spec == address
    except ValueError:
        return False


def _found(session: Session, slug: str, receiver_id: int) -> tuple[Deployment, AlertReceiver]:
    """Return a receiver of a deployment that is not deleted, to change it."""
    deployment = lookup.live_deployment(session, slug)
    mine = AlertReceiver.id == receiver_id, AlertReceiver.deployment_id == deployment.id
    found = session.exec(select(AlertReceiver).where(*mine)).first() if 0 < receiver_id < LARGEST_ID else None
    if found is None:
        raise NotFound("alert_receiver_not_found")
    return deployment, found


def _row(receiver: AlertReceiver, creator: str, *, waiting: bool) -> ReceiverRow:
    return ReceiverRow(
        id=receiver.id,
        kind=receiver.kind,
        shown=receiver.shown,
        language=receiver.language,
        created_at=receiver.created_at,
        created_by=creator,
        tried_at=receiver.tried_at,
        delivered=receiver.delivered,
        message=receiver.message,
        waiting=waiting,
    )
