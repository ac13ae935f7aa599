"""How verbs find the call they speak of, and say that there is none, or none any more."""

from datetime import timedelta

from sqlmodel import Session, select

from deploy_ui import clock
from deploy_ui.errors import AppError, Gone, NotFound
from deploy_ui.models import Call
from deploy_ui.services import lookup
from deploy_ui.services.calls import names
from deploy_ui.settings import settings


def call(session: Session, slug: str, call_id: str) -> Call:
    """Return the call of this deployment, deleted ones' too. Raises NotFound, or Gone for one that was forgotten."""
    return _found(session, slug, call_id, lock=False)


def locked_call(session: Session, slug: str, call_id: str) -> Call:
    """Return the call to change it: nobody else changes it before this transaction ends. Raises as `call` does."""
    return _found(session, slug, call_id, lock=True)


def expired() -> Gone:
    """Return the error for a call, or an answer, that was kept and is no longer."""
    return Gone("call_expired", days=settings().call_days)


def _found(session: Session, slug: str, call_id: str, *, lock: bool) -> Call:
    deployment = lookup.deployment(session, slug)
    query = select(Call).where(Call.id == call_id, Call.deployment_id == deployment.id)
    query = query.with_for_update() if lock else query
    found = session.exec(query).first() if names.CALL_ID.fullmatch(call_id) else None
    if found is None:
        raise _missing(call_id)
    return found


def _missing(call_id: str) -> AppError:
    made_at = names.made_at(call_id)
    if made_at is not None and clock.now() - made_at > timedelta(settings().call_days):
        return expired()
    return NotFound("call_not_found")
