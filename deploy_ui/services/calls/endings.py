"""Writes how attempts ended, and with that how calls do. An attempt that is nobody's any more writes nothing."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, insert, null, update
from sqlmodel import Session, col, select

from deploy_ui.enums import CallReason, CallStatus, Wish
from deploy_ui.models import Attempt, Call, Content, Deployment
from deploy_ui.models.columns import Moment
from deploy_ui.services.calls import callback_start, holding
from deploy_ui.services.calls.attempts import Answer, Failure, Next, Outcome, Refused, Rest, after, pause_s
from deploy_ui.services.messages import storable

ANSWER = ("answer_status", "answer_headers", "answer_size", "answer_file")


@dataclass(frozen=True)
class Present:
    """An attempt as the database knows it."""

    number: int
    """The call's."""
    slug: str
    attempt_at: datetime
    instance: str
    rest: Rest


def present(session: Session, where: Iterable[Any]) -> dict[int, Present]:
    """Return the attempts that run now and fit, by the number of their call, and hold them until the end."""
    columns = (Call.number, Call.attempt_at, Call.instance, Call.attempts, Call.max_attempts, Call.deadline_at)
    query = (
        select(*columns, Deployment.slug, Deployment.wish)  # type: ignore[call-overload]
        .join(Deployment, col(Deployment.id) == Call.deployment_id)
        .where(col(Call.status) == CallStatus.RUNNING, *where)
        .order_by(holding.ORDER)
        .with_for_update(of=Call)
    )
    return {
        number: Present(number, slug, at, instance, Rest(attempts, most, deadline_at, deleted=wish == Wish.DELETE))
        for number, at, instance, attempts, most, deadline_at, slug, wish in session.exec(query)
    }


def write(session: Session, deliverer: str, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes that are still this deliverer's to write. Of two of one attempt the first counts."""
    numbers = [each.claim.number for each in outcomes]
    mine = present(session, (col(Call.number).in_(numbers), col(Call.deliverer) == deliverer))
    counted = {
        each.claim.number: each
        for each in reversed(outcomes)
        if (known := mine.get(each.claim.number)) and known.rest.attempts == each.claim.attempt
    }.values()
    answered = [(each, each.result) for each in counted if isinstance(each.result, Answer)]
    if answered:
        _complete(session, answered)
    refused = {each.claim.number: (each.result, each.ended_at) for each in counted if isinstance(each.result, Refused)}
    believed = _believed(session, {number: at for number, (_, at) in refused.items()})
    failed = {each.claim.number: (each.result, each.ended_at) for each in counted if isinstance(each.result, Failure)}
    fail(
        session, mine, failed | {each: (it.counted(), at) for each, (it, at) in refused.items() if each not in believed}
    )
    due = {each: at + timedelta(seconds=pause_s(1, _jitter())) for each, (_, at) in refused.items() if each in believed}
    give_back(session, mine, due, refused=True)


def fail(session: Session, known: Mapping[int, Present], failed: Mapping[int, tuple[Failure, datetime]]) -> None:
    """Write attempts that brought no answer, by the number of their call; each call ends or waits for its next one."""
    if not failed:
        return
    records: list[dict[str, Any]] = []
    ended: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    for number, (failure, at) in failed.items():
        attempt = known[number]
        follows = after(failure.reason, attempt.rest, at, _jitter())
        records.append(record(attempt, failure.reason, at, failure.status, failure.message))
        (ended if follows.status is CallStatus.ERROR else again).append(_values(number, follows, at))
    session.connection().execute(insert(Attempt), records)
    end(session, ended)
    last = [{"of": each["of"], "new_answer_status": failed[each["of"]][0].status} for each in ended]
    if last:
        session.connection().execute(_update(_bound("answer_status")), last)
    if again:
        values = {"status": CallStatus.QUEUED, "deliverer": "", "attempt_at": None, **_bound("reason", "due_at")}
        session.connection().execute(_update(values), [_without(each, "finished_at") for each in again])


def _believed(session: Session, refused: Mapping[int, datetime]) -> set[int]:
    """Return the calls that were refused, and may be again: not for longer than they wait for an instance.

    That counts from when they were sent first, or from their last attempt.
    """
    if not refused:
        return set()
    since = func.coalesce(func.max(Attempt.ended_at), col(Call.started_at), type_=Moment)
    query = (
        select(Call.number, since, Call.health_timeout_s)
        .join(Attempt, col(Attempt.call_number) == Call.number, isouter=True)
        .where(col(Call.number).in_(refused))
        .group_by(col(Call.number), col(Call.started_at), col(Call.health_timeout_s))
    )
    return {
        number
        for number, since_at, patience_s in session.exec(query)
        if refused[number] - since_at <= timedelta(seconds=patience_s)
    }


def give_back(
    session: Session, known: Mapping[int, Present], due: Mapping[int, datetime], *, refused: bool = False
) -> None:
    """Let calls wait as if the present attempt had never begun: it did no work. `due` says until when.

    Those that an instance refused keep the moment when they were sent first.
    """
    gone = [
        _ended(number, CallReason.DEPLOYMENT_DELETED, at) for number, at in due.items() if known[number].rest.deleted
    ]
    end(session, gone)
    rows = [{"of": number, "new_due_at": at} for number, at in due.items() if not known[number].rest.deleted]
    if not rows:
        return
    values = {
        "status": CallStatus.QUEUED,
        "deliverer": "",
        "instance": "",
        "attempt_at": None,
        "attempts": col(Call.attempts) - 1,
        **_bound("due_at"),
    }
    if not refused:
        values["started_at"] = case((col(Call.attempts) == 1, null()), else_=col(Call.started_at))
    session.connection().execute(_update(values), rows)


def end(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """End calls in an error. Each row has the keys `of` (the call's number), `new_reason` and `new_finished_at`."""
    now = rows[0]["new_finished_at"] if rows else None
    if now is None:
        return
    values = {"status": CallStatus.ERROR, "deliverer": "", "attempt_at": None, **_bound("reason", "finished_at")}
    statement = _update(values | callback_start.begin(now))
    session.connection().execute(statement, [_without(each, "due_at") for each in rows])


def record(
    attempt: Present, reason: CallReason, at: datetime, status: int | None = None, message: str = ""
) -> dict[str, Any]:
    """Return the row of an attempt that is over."""
    return {
        "call_number": attempt.number,
        "number": attempt.rest.attempts,
        "started_at": attempt.attempt_at,
        "ended_at": at,
        "instance": attempt.instance,
        "status": status,
        "reason": reason,
        "message": storable(message),
    }


def needless_files(session: Session, outcomes: Iterable[Outcome]) -> set[str]:
    """Return the files of answers that no call names: one that a call names may be here again.

    That is so when the connection broke in the middle of a commit.
    """
    files = {each.result.body.file: each.claim.number for each in outcomes if isinstance(each.result, Answer)}
    files.pop("", None)
    if not files:
        return set()
    named = session.exec(select(Call.answer_file).where(col(Call.number).in_(files.values()))).all()
    return set(files).difference(named)


def _complete(session: Session, answered: Sequence[tuple[Outcome, Answer]]) -> None:
    connection = session.connection()
    records = [
        {
            "call_number": outcome.claim.number,
            "number": outcome.claim.attempt,
            "started_at": outcome.claim.begun_at,
            "ended_at": outcome.ended_at,
            "instance": outcome.claim.instance,
            "status": answer.status,
            "reason": CallReason.NONE,
            "message": "",
        }
        for outcome, answer in answered
    ]
    connection.execute(insert(Attempt), records)
    short = [
        {"call_number": outcome.claim.number, "answer": True, "data": answer.body.data}
        for outcome, answer in answered
        if answer.body.data
    ]
    if short:
        connection.execute(insert(Content), short)
    rows = [
        {
            "of": outcome.claim.number,
            "new_finished_at": outcome.ended_at,
            "new_answer_status": answer.status,
            "new_answer_headers": answer.headers,
            "new_answer_size": answer.body.size,
            "new_answer_file": answer.body.file,
        }
        for outcome, answer in answered
    ]
    done = {"status": CallStatus.COMPLETED, "reason": CallReason.NONE, "deliverer": "", "attempt_at": None}
    values = done | _bound("finished_at", *ANSWER) | callback_start.begin(answered[0][0].ended_at)
    connection.execute(_update(values), rows)


def _ended(number: int, reason: CallReason, at: datetime) -> dict[str, Any]:
    return {"of": number, "new_reason": reason, "new_finished_at": at}


def _jitter() -> float:
    return random.random()  # noqa: S311 -- spreads retries, no secret


def _values(number: int, follows: Next, at: datetime) -> dict[str, Any]:
    return {"of": number, "new_reason": follows.reason, "new_due_at": follows.due_at, "new_finished_at": at}


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != f"new_{name}"}


def _update(values: dict[str, Any]) -> Any:
    return update(Call).where(col(Call.number) == bindparam("of")).values(values)


def _bound(*names: str) -> dict[str, Any]:
    """Let columns be set from `new_{name}` of each row."""
    return {name: bindparam(f"new_{name}", type_=getattr(Call, name).type) for name in names}
