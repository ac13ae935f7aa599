"""A call that is sent anew: the same request on the same terms, as a call of its own."""

from typing import Any

from sqlmodel import Session, col, func, select

from deploy_ui import clock
from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallStatus, Phase, Wish
from deploy_ui.errors import Conflict, Gone, TooMany
from deploy_ui.models import Call, Content, Deployment
from deploy_ui.services import lookup
from deploy_ui.services.calls import bodies, cards, names
from deploy_ui.services.calls import lookup as calls
from deploy_ui.services.calls.rows import CallCard
from deploy_ui.settings import settings

RETRY_AFTER_S = 5
SAME = (
    *("deployment_id", "priority", "method", "path", "headers", "body_size", "body_hash", "key_id"),
    *("request_timeout_s", "health_timeout_s", "max_attempts", "callback_url"),
)
"""What the new call has of the old one; all else begins anew."""


def repeat(slug: str, call_id: str) -> tuple[CallCard, bool]:
    """Write the new call; return its card, and whether its deployment has to be woken. Raises as `changes.retry`."""
    new_id = names.new_call_id(clock.now())
    with reading() as session:
        old_file = calls.call(session, slug, call_id).body_file
    file = _linked(old_file, f"{new_id}.request") if old_file else ""
    try:
        with transaction() as session:
            deployment = lookup.live_deployment(session, slug)
            _require_taken(session, deployment)
            new = _anew(session, calls.call(session, slug, call_id), new_id, file)
            return cards.made(session, new), deployment.instances == 0
    except BaseException:
        bodies.remove(file)
        raise


def _require_taken(session: Session, deployment: Deployment) -> None:
    if deployment.wish == Wish.STOP:
        raise Conflict("deployment_stopped")
    if deployment.phase == Phase.FAILED:
        raise Conflict("deployment_failed")
    waiting = select(func.count()).where(
        col(Call.status) == CallStatus.QUEUED, col(Call.deployment_id) == deployment.id
    )
    queued = session.exec(waiting).one()
    if queued >= settings().max_queued_calls:
        raise TooMany("calls_queue_full", retry_after_s=RETRY_AFTER_S, queued=queued)


def _anew(session: Session, old: Call, new_id: str, file: str) -> Call:
    now = clock.now()
    deadline_at = None if old.deadline_at is None else now + (old.deadline_at - old.created_at)
    times: dict[str, Any] = {"created_at": now, "due_at": now, "deadline_at": deadline_at}
    same = {name: getattr(old, name) for name in SAME}
    new = Call(**same, **times, id=new_id, body_file=file, retry_of=old.id)
    session.add(new)
    session.flush()
    if new.body_size and not file:
        _copy_content(session, old, new)
    return new


def _copy_content(session: Session, old: Call, new: Call) -> None:
    content = session.get(Content, (old.number, False))
    if content is None:
        raise Gone("call_request_gone")
    session.add(Content(call_number=new.number, answer=False, data=content.data))


def _linked(file: str, name: str) -> str:
    try:
        return bodies.link(file, name)
    except FileNotFoundError as error:
        raise Gone("call_request_gone") from error
