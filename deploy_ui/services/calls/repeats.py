"""A call that is sent anew: the same request on the same terms, as a call of its own."""

from sqlalchemy.exc import NoResultFound
from sqlmodel import Session

from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.enums import CallPriority
from deploy_ui.errors import AppError, Conflict, Gone, Unavailable
from deploy_ui.models import Call, Content
from deploy_ui.services import lookup
from deploy_ui.services.calls import bodies, intake, names
from deploy_ui.services.calls import lookup as calls
from deploy_ui.services.calls.bodies import Stored
from deploy_ui.services.calls.intake import Request
from deploy_ui.services.calls.terms import Terms


def repeat(slug: str, call_id: str) -> str:
    """Accept the request of a call anew; return the id of the new call. Raises as `changes.retry` does."""
    new_id = names.new_call_id(clock.now())
    with reading() as session:
        lookup.live_deployment(session, slug)
        old = calls.call(session, slug, call_id)
        body = _body(session, old, new_id)
    request = Request(
        id=new_id,
        slug=slug,
        method=old.method,
        path=old.path,
        headers=[(name, value) for name, value in old.headers],
        key_id="",  # it is a person who sends it
        terms=_terms(old),
        body=body,
        retry_of=old.id,
    )
    try:
        _accept(request)
    except AppError:
        bodies.remove(body.file)  # after anything else nobody knows whether the call is there
        raise
    return new_id


def _accept(request: Request) -> None:
    (found,) = intake.accept([request])
    if isinstance(found, Unavailable):  # the product is well: it is the deployment that is stopped, or failed
        raise Conflict(found.code, **found.facts)
    if isinstance(found, AppError):
        raise found
    intake.announce([found])


def _terms(old: Call) -> Terms:
    live_timeout_s = None if old.deadline_at is None else (old.deadline_at - old.created_at).total_seconds()
    return Terms(
        request_timeout_s=old.request_timeout_s,
        health_timeout_s=old.health_timeout_s,
        live_timeout_s=live_timeout_s,
        max_attempts=old.max_attempts,
        priority=list(CallPriority)[old.priority],
        callback_url=old.callback_url,
    )


def _body(session: Session, old: Call, new_id: str) -> Stored:
    """Return the old call's body, a long one under a second name: it stays until both calls are forgotten."""
    data, file = b"", ""
    try:
        if old.body_file:
            file = bodies.link(old.body_file, f"{new_id}.request")
        elif old.body_size:
            data = session.get_one(Content, (old.number, False)).data
    except (FileNotFoundError, NoResultFound) as error:
        raise Gone("call_request_gone") from error
    return Stored(old.body_size, old.body_hash, data, file)
