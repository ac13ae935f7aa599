"""What a callback says, and how it is signed: by the Standard Webhooks specification."""

import base64
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NoReturn

from deploy_ui.enums import CallStatus
from deploy_ui.models import Call
from deploy_ui.settings import settings

MOST_BODY = 256 << 10
"""Bytes of an answer that are sent along; a longer one is fetched."""


def webhook_id(call: Call) -> str:
    """Return what receivers know the event by: the same for every try."""
    return f"{call.id}-{call.status}"


def payload(call: Call, slug: str, answer: bytes | None) -> bytes:
    """Return the whole body, the same for every try. `answer` is the model's, if `sends_answer` says so."""
    response = _response(call)
    text = json.dumps(
        {"type": f"call.{call.status}", "timestamp": _moment(call.finished_at), "data": _data(call, slug)}
    )
    if response is None:
        return text.encode()
    inner = json.dumps(response)
    value = None if answer is None else _json(answer)
    if value is not None:  # the model's own text, since numbers may change when they are read and written again
        inner = f'{inner[:-1]}, "body": {value}}}'
    return f'{text[:-2]}, "response": {inner}}}}}'.encode()


def sends_answer(call: Call) -> bool:
    """Say whether the answer may go along: it is JSON as it came, and short."""
    headers = _lowered(call.answer_headers)
    kind = _media_type(headers.get("content-type", ""))
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    plain = headers.get("content-encoding", "identity").strip().lower() in {"", "identity"}
    return call.status == CallStatus.COMPLETED and is_json and plain and 0 < call.answer_size <= MOST_BODY


def headers(event_id: str, body: bytes, secret: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of one try, signed now: receivers refuse old ones."""
    stamp = str(int(now.timestamp()))
    signed = hmac.digest(secret, f"{event_id}.{stamp}.".encode() + body, "sha256")
    return {
        "content-type": "application/json",
        "user-agent": "deploy-ui",
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _data(call: Call, slug: str) -> dict[str, Any]:
    address = f"{settings().gateway}/{slug}/-/calls/{call.id}"
    return {
        "request_id": call.id,
        "deployment": slug,
        "status": call.status,
        **({"reason": call.reason} if call.reason and call.status != CallStatus.COMPLETED else {}),
        "attempts": call.attempts,
        "created_at": _moment(call.created_at),
        "started_at": _moment(call.started_at),
        "finished_at": _moment(call.finished_at),
        "status_url": address,
        "result_url": f"{address}/result",
    }


def _response(call: Call) -> dict[str, Any] | None:
    if call.status != CallStatus.COMPLETED:
        return None
    content_type = _lowered(call.answer_headers).get("content-type", "")
    return {"status": call.answer_status, "content_type": content_type, "size": call.answer_size}


def _lowered(pairs: Iterable[list[str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs}


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(answer: bytes) -> str | None:
    """Return the answer's text if it is JSON; the model may say so of anything."""
    try:
        text = answer.decode()
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's
