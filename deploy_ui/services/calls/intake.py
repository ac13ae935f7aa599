"""Accepts calls: after `accept` returns they are on the disk and will be answered, once, or end with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from deploy_ui import clock, hints, queue
from deploy_ui.db import transaction
from deploy_ui.enums import CallStatus, Phase, Wish
from deploy_ui.errors import AppError, Conflict, Gone, NotFound, TooMany, Unavailable
from deploy_ui.models import Call, Content, Deployment
from deploy_ui.services.calls.bodies import Stored
from deploy_ui.services.calls.terms import Terms
from deploy_ui.settings import settings

FULL_RETRY_AFTER_S = 10
TRIES = 5
"""How often another process may accept the same Idempotency-Key at the same moment."""


@dataclass(frozen=True)
class Request:
    """What a caller asks for, whole. The body's file is the call's from now on."""

    id: str
    """A new one, of `names.new_call_id`."""
    slug: str
    method: str
    path: str
    """Behind the slug, with the query; begins with a slash."""
    headers: Sequence[tuple[str, str]]
    key_id: str
    """Empty: the console's own key."""
    terms: Terms
    body: Stored
    retry_of: str = ""


@dataclass(frozen=True)
class Accepted:
    """A call that is accepted."""

    id: str
    slug: str
    status: CallStatus
    is_new: bool
    """False: the same was asked before under the same Idempotency-Key; nothing of this request is kept."""
    asleep: bool
    """Its deployment has no instance and wants none yet."""


def accept(requests: Sequence[Request]) -> list[Accepted | AppError]:
    """Write all that may be accepted in one transaction; return for each what came of it.

    Errors are NotFound, Gone, Unavailable (`deployment_stopped`, `deployment_failed`), Conflict
    (`idempotency_conflict`) and TooMany (`calls_queue_full`).
    """
    for _ in range(TRIES):
        try:
            with transaction() as session:
                return _accept(session, requests, clock.now())
        except IntegrityError:
            continue  # the next look sees what the other process wrote
    return [Conflict("changed_meanwhile") for _ in requests]


def announce(accepted: Iterable[Accepted]) -> None:
    """Tell whoever looks, delivers, or wakes deployments. Call it after `accept`."""
    new = [each for each in accepted if each.is_new]
    if not new:
        return
    topics = {f"calls:{each.slug}" for each in new} | {"wake" for each in new if each.asleep}
    hints.publish(*sorted(topics))
    queue.deliver()


def _accept(session: Session, requests: Sequence[Request], now: datetime) -> list[Accepted | AppError]:
    intake = _Intake(session, requests)
    results = [intake.judge(each) for each in requests]
    wanted = {each.id: each for each in requests}
    new = [wanted[each.id] for each in results if isinstance(each, Accepted) and each.is_new]
    if new:
        _write(session, new, intake.deployments, now)
    return results


class _Intake:
    """Judges the requests of one transaction, one after the other."""

    def __init__(self, session: Session, requests: Sequence[Request]) -> None:
        slugs = {each.slug for each in requests}
        found = session.exec(select(Deployment).where(col(Deployment.slug).in_(slugs)))
        self.deployments = {each.slug: each for each in found}
        self._session = session
        self._known = self._same_keys(requests)
        self._queued: dict[int, int] = {}

    def judge(self, request: Request) -> Accepted | AppError:
        """Say what becomes of a request; those before it are counted."""
        deployment = self.deployments.get(request.slug)
        if deployment is None:
            return NotFound("deployment_not_found")
        known = self._known.get((deployment.id, request.terms.idempotency_key))
        if known is not None:
            return self._again(known, request)
        if (refusal := _refusal(deployment)) is not None:
            return refusal
        if self._count(deployment.id) >= settings().max_queued_calls:
            most = settings().max_queued_calls
            return TooMany("calls_queue_full", retry_after_s=FULL_RETRY_AFTER_S, queued=most)
        self._queued[deployment.id] += 1
        asleep = deployment.instances == 0
        made = Accepted(request.id, request.slug, CallStatus.QUEUED, is_new=True, asleep=asleep)
        if request.terms.idempotency_key is not None:
            self._known[deployment.id, request.terms.idempotency_key] = _Known(
                request.id, CallStatus.QUEUED, _asked(request.method, request.path, request.body.hash)
            )
        return made

    def _again(self, known: "_Known", request: Request) -> Accepted | AppError:
        if known.asked != _asked(request.method, request.path, request.body.hash):
            return Conflict("idempotency_conflict")
        return Accepted(known.id, request.slug, known.status, is_new=False, asleep=False)

    def _same_keys(self, requests: Sequence[Request]) -> dict[tuple[int, str | None], "_Known"]:
        keys = {each.terms.idempotency_key for each in requests if each.terms.idempotency_key is not None}
        if not keys:
            return {}
        ids = [each.id for each in self.deployments.values()]
        query = select(Call).where(col(Call.deployment_id).in_(ids), col(Call.idempotency_key).in_(keys))
        return {
            (each.deployment_id, each.idempotency_key): _Known(
                each.id, each.status, _asked(each.method, each.path, each.body_hash)
            )
            for each in self._session.exec(query)
        }

    def _count(self, deployment_id: int) -> int:
        """Return how many calls wait, as far as it matters."""
        if deployment_id not in self._queued:
            queued = col(Call.status) == CallStatus.QUEUED, col(Call.deployment_id) == deployment_id
            some = select(Call.number).where(*queued).limit(settings().max_queued_calls).subquery()
            self._queued[deployment_id] = self._session.exec(select(func.count()).select_from(some)).one()
        return self._queued[deployment_id]


@dataclass(frozen=True)
class _Known:
    id: str
    status: CallStatus
    asked: tuple[str, str, str]


def _asked(method: str, path: str, body_hash: str) -> tuple[str, str, str]:
    return method, path, body_hash


def _refusal(deployment: Deployment) -> AppError | None:
    if deployment.wish == Wish.DELETE:
        return Gone("deployment_deleted")
    if deployment.wish == Wish.STOP:
        return Unavailable("deployment_stopped")
    return Unavailable("deployment_failed") if deployment.phase == Phase.FAILED else None


def _write(session: Session, new: Sequence[Request], known: Mapping[str, Deployment], now: datetime) -> None:
    connection = session.connection()
    rows = [_row(each, known[each.slug].id, now) for each in new]
    numbers = {row.id: row.number for row in connection.execute(insert(Call).returning(Call.number, Call.id), rows)}  # type: ignore[call-overload]
    short = [
        {"call_number": numbers[each.id], "answer": False, "data": each.body.data} for each in new if each.body.data
    ]
    if short:
        connection.execute(insert(Content), short)


def _row(request: Request, deployment_id: int, now: datetime) -> dict[str, Any]:
    terms = request.terms
    live = terms.live_timeout_s
    return {
        "id": request.id,
        "deployment_id": deployment_id,
        "priority": terms.priority.rank,
        "method": request.method,
        "path": request.path,
        "headers": [[name, value] for name, value in request.headers],
        "body_size": request.body.size,
        "body_hash": request.body.hash,
        "body_file": request.body.file,
        "key_id": request.key_id,
        "retry_of": request.retry_of,
        "idempotency_key": terms.idempotency_key,
        "request_timeout_s": terms.request_timeout_s,
        "health_timeout_s": terms.health_timeout_s,
        "deadline_at": None if live is None else now + timedelta(seconds=live),
        "max_attempts": terms.max_attempts,
        "created_at": now,
        "due_at": now,
        "callback_url": terms.callback_url,
        "answer_headers": [],
    }
