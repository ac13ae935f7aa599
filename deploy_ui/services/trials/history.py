"""What a person has sent to a deployment: the newest stay for a while, those with a name for good.

Each person sees only their own. What was sent is sealed: headers, queries and bodies may hold secrets. Values of key
headers are not kept at all, long bodies and files neither.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from deploy_ui import clock, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import BodyKind, Role, Wish
from deploy_ui.errors import Conflict, NotFound
from deploy_ui.models import Deployment, SentTrial
from deploy_ui.services import lookup
from deploy_ui.services.names import checked_name
from deploy_ui.services.trials.request import Field, Header, Trial, size
from deploy_ui.services.viewer import Viewer

MOST_UNNAMED = 50
MOST_NAMED = 100
"""Of each person at each deployment."""
MOST_KEPT = 64 * 1024
"""Bytes of a body that are kept."""
SECRET_HEADERS = frozenset({"x-api-key", "authorization", "cookie", "proxy-authorization"})
"""Their names are kept, their values are not."""

BODY: Any = SentTrial.body_sealed


@dataclass(frozen=True)
class Outcome:
    """What became of a request."""

    status: int | None = None
    """None: there was no answer."""
    duration_ms: int = 0
    request_id: str = ""
    instance: str = ""
    call_id: str = ""
    over: bool = False
    """It came to its end."""


@dataclass(frozen=True)
class PastRow:
    """One line of the history."""

    id: int
    name: str
    sent_at: datetime
    method: str
    path: str
    kind: BodyKind
    status: int | None
    duration_ms: int
    over: bool
    """False: it was broken off, or its answer is still coming."""
    request_id: str
    instance: str
    call_id: str
    replayable: bool
    """All of it is kept but values of key headers."""


@dataclass(frozen=True)
class Past:
    """A request as it can be sent again."""

    trial: Trial
    left_out: list[str]
    """What was not kept: `text`, `fields`, `file`, `headers` (values of key headers)."""


def begun(viewer: Viewer, slug: str, trial: Trial) -> int:
    """Note a request that is about to be sent; return its number. The oldest without a name makes room."""
    viewer.require(Role.EDITOR)
    request, body = _sealed(trial)
    with transaction() as session:
        deployment = lookup.deployment(session, slug)
        sent = SentTrial(
            deployment_id=deployment.id,
            person_id=viewer.person_id,
            request_sealed=request,
            body_sealed=body,
            sent_at=clock.now(),
        )
        session.add(sent)
        session.flush()
        _forget_oldest(session, sent)
        return sent.id


def ended(past_id: int, outcome: Outcome) -> PastRow | None:
    """Note what became of a request; None if it was forgotten meanwhile. For who sent it: no person asks here."""
    values: dict[str, Any] = {name: value for name, value in asdict(outcome).items() if name != "over"}
    values["ended_at"] = clock.now() if outcome.over else None
    with transaction() as session:
        session.exec(update(SentTrial).where(col(SentTrial.id) == past_id).values(**values))
        found = session.get(SentTrial, past_id)
        return _row(found) if found is not None else None


def rows(viewer: Viewer, slug: str) -> list[PastRow]:
    """Return the person's own requests to the deployment, newest first; those with a name, too."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        own = _own(viewer, lookup.deployment(session, slug))
        query = own.options(defer(BODY)).order_by(col(SentTrial.id).desc())
        return [_row(each) for each in session.exec(query)]


def past(viewer: Viewer, slug: str, past_id: int) -> Past:
    """Return one request to look at and send again. Raises NotFound."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        found = _found(session, viewer, slug, past_id)
        return _unsealed(found)


def row(viewer: Viewer, slug: str, past_id: int) -> tuple[PastRow, datetime | None]:
    """Return one line of the history, and when its answer ended. Raises NotFound."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        found = _found(session, viewer, slug, past_id)
        return _row(found), found.ended_at


def save(viewer: Viewer, slug: str, past_id: int, name: str) -> PastRow:
    """Give a request a name, or another one: it stays until it is forgotten."""
    viewer.require(Role.EDITOR)
    clean = checked_name(name)
    with transaction() as session:
        found = _found(session, viewer, slug, past_id)
        if not found.name and _named(session, found) >= MOST_NAMED:
            raise Conflict("trials_saved_many", most=MOST_NAMED)
        found.name = clean
        return _row(found)


def forget(viewer: Viewer, slug: str, past_id: int) -> None:
    """Drop one request, named or not; twice is fine."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        own = _own_ids(viewer, lookup.deployment(session, slug))
        session.exec(delete(SentTrial).where(*own, col(SentTrial.id) == past_id))


def clear(viewer: Viewer, slug: str) -> None:
    """Drop every request of the person's own that has no name."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        own = _own_ids(viewer, lookup.deployment(session, slug))
        session.exec(delete(SentTrial).where(*own, col(SentTrial.name) == ""))


def forget_deleted() -> None:
    """Drop what was sent to deployments that are deleted. For the janitor: no person asks here."""
    deleted = select(Deployment.id).where(Deployment.wish == Wish.DELETE)
    with transaction() as session:
        session.exec(delete(SentTrial).where(col(SentTrial.deployment_id).in_(deleted)))


def _own_ids(viewer: Viewer, deployment: Deployment) -> tuple[Any, Any]:
    return SentTrial.person_id == viewer.person_id, SentTrial.deployment_id == deployment.id


def _own(viewer: Viewer, deployment: Deployment) -> Any:
    return select(SentTrial).where(*_own_ids(viewer, deployment))


def _found(session: Session, viewer: Viewer, slug: str, past_id: int) -> SentTrial:
    query = _own(viewer, lookup.deployment(session, slug)).where(SentTrial.id == past_id)
    found: SentTrial | None = session.exec(query).first()
    if found is None:
        raise NotFound("trial_not_found")
    return found


def _named(session: Session, like: SentTrial) -> int:
    query = select(func.count()).where(
        SentTrial.person_id == like.person_id, SentTrial.deployment_id == like.deployment_id, SentTrial.name != ""
    )
    return session.exec(query).one()


def _forget_oldest(session: Session, newest: SentTrial) -> None:
    kept = (
        select(SentTrial.id)
        .where(
            SentTrial.person_id == newest.person_id,
            SentTrial.deployment_id == newest.deployment_id,
            SentTrial.name == "",
        )
        .order_by(col(SentTrial.id).desc())
        .offset(MOST_UNNAMED)
    )
    old = list(session.exec(kept))
    if old:
        session.exec(delete(SentTrial).where(col(SentTrial.id).in_(old)))


def _sealed(trial: Trial) -> tuple[str, str]:
    """Return the request and its body, sealed."""
    headers = [(each.name, "" if each.name.lower() in SECRET_HEADERS else each.value) for each in trial.headers]
    body = _kept(trial)
    left_out = [*_left_out(trial, kept=bool(body)), *(["headers"] if headers != _pairs(trial.headers) else [])]
    told = {"headers": headers, "filename": trial.filename, "left_out": left_out}
    request = {"method": trial.method, "path": trial.path, "kind": trial.kind.value, "more": json.dumps(told)}
    return vault.seal(request), vault.seal(body)


def _kept(trial: Trial) -> dict[str, str]:
    if trial.kind in {BodyKind.JSON, BodyKind.TEXT} and trial.text:
        return {"text": trial.text} if size(trial.text) <= MOST_KEPT else {}
    if trial.kind in {BodyKind.FORM, BodyKind.MULTIPART}:
        fields = json.dumps([asdict(each) for each in trial.fields], ensure_ascii=False)
        return {"fields": fields} if size(fields) <= MOST_KEPT else {}
    return {}


def _left_out(trial: Trial, *, kept: bool) -> Iterable[str]:
    if trial.kind in {BodyKind.JSON, BodyKind.TEXT} and trial.text and not kept:
        yield "text"
    if trial.kind in {BodyKind.FORM, BodyKind.MULTIPART} and not kept:
        yield "fields"
    if trial.kind == BodyKind.FILE or (trial.kind == BodyKind.MULTIPART and any(each.part for each in trial.fields)):
        yield "file"


def _pairs(headers: list[Header]) -> list[tuple[str, str]]:
    return [(each.name, each.value) for each in headers]


def _opened(sealed: str) -> dict[str, str]:
    """Return what was sealed; nothing when the key it was sealed with is gone."""
    return vault.unseal_if_readable(sealed) or {}


def _row(sent: SentTrial) -> PastRow:
    request = _opened(sent.request_sealed)
    left_out = set(json.loads(request.get("more", "{}")).get("left_out", ["text"]))
    return PastRow(
        id=sent.id,
        name=sent.name,
        sent_at=sent.sent_at,
        method=request.get("method", ""),
        path=request.get("path", ""),
        kind=BodyKind(request.get("kind", BodyKind.NONE)),
        status=sent.status,
        duration_ms=sent.duration_ms,
        over=sent.ended_at is not None,
        request_id=sent.request_id,
        instance=sent.instance,
        call_id=sent.call_id,
        replayable=not left_out - {"headers"},
    )


def _unsealed(sent: SentTrial) -> Past:
    request, body = _opened(sent.request_sealed), _opened(sent.body_sealed)
    if not request:
        raise NotFound("trial_not_found")
    more = json.loads(request["more"])
    trial = Trial(
        method=request["method"],
        path=request["path"],
        headers=[Header(name, value) for name, value in more["headers"]],
        kind=BodyKind(request["kind"]),
        text=body.get("text", ""),
        fields=[Field(**each) for each in json.loads(body.get("fields", "[]"))],
        filename=more["filename"],
    )
    return Past(trial, more["left_out"])
