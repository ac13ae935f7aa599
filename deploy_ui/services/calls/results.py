"""The answer to a call, and how far the call is: for its caller, and for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from deploy_ui.db import reading
from deploy_ui.enums import CallStatus, Role
from deploy_ui.errors import Conflict, Gone
from deploy_ui.models import Call, Content
from deploy_ui.services.calls import bodies, lookup
from deploy_ui.services.calls.answers import content_type
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

TOLD_APART = {"content-type", "content-length"}


@dataclass(frozen=True)
class Result:
    """The model's own answer. All of it is the model's: hostile."""

    status: int
    headers: list[tuple[str, str]]
    """Without the content type and the length."""
    content_type: str
    """Empty: the model named none."""
    size: int
    """Bytes of the body, packed as it came."""
    pieces: Iterator[bytes]
    """The body, to be walked through once."""


def result(slug: str, call_id: str) -> Result:
    """Return the answer, for whoever holds the deployment's key.

    Raises NotFound; Conflict while the call has not ended; Gone if it ended without an answer or was forgotten.
    """
    with reading() as session:
        call = lookup.call(session, slug, call_id)
        _require_answer(call)
        return Result(
            status=call.answer_status or 0,
            headers=[(name, value) for name, value in call.answer_headers if name.lower() not in TOLD_APART],
            content_type=content_type(call.answer_headers),
            size=call.answer_size,
            pieces=_pieces(session, call),
        )


def viewer_result(viewer: Viewer, slug: str, call_id: str) -> Result:
    """Return the answer to a person. Raises as `result` does."""
    viewer.require(Role.EDITOR)
    return result(slug, call_id)


def status(slug: str, call_id: str) -> dict[str, object]:
    """Return how far the call is, for whoever holds the deployment's key. Raises NotFound, or Gone if forgotten."""
    with reading() as session:
        return told(slug, lookup.call(session, slug, call_id))


def told(slug: str, call: Call) -> dict[str, object]:
    """Return what callers are told of a call: JSON values only."""
    failed = call.status in {CallStatus.ERROR, CallStatus.CANCELED}
    return {
        "request_id": call.id,
        "status": call.status.value,
        **({"reason": call.reason.value} if failed else {}),
        "attempts": call.attempts,
        "created_at": _moment(call.created_at),
        "started_at": _moment(call.started_at),
        "finished_at": _moment(call.finished_at),
        **addresses(slug, call.id),
        **({"response_status": call.answer_status} if call.status == CallStatus.COMPLETED else {}),
    }


def addresses(slug: str, call_id: str) -> dict[str, str]:
    """Return where callers ask about a call: `status_url` and `result_url`."""
    address = f"{settings().gateway}/{slug}/-/calls/{call_id}"
    return {"status_url": address, "result_url": f"{address}/result"}


def _require_answer(call: Call) -> None:
    if not call.status.ended:
        raise Conflict("call_not_finished")
    if call.status == CallStatus.CANCELED:
        raise Gone("call_was_canceled")
    if call.status == CallStatus.ERROR:
        raise Gone("call_failed", reason=call.reason)


def _pieces(session: Session, call: Call) -> Iterator[bytes]:
    if call.answer_file:
        if not bodies.path_of(call.answer_file).exists():
            raise lookup.expired()
        return bodies.pieces(call.answer_file)
    content = session.get(Content, (call.number, True))
    return iter([content.data] if content and content.data else [])


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
