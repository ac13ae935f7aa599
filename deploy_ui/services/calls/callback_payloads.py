"""What a callback says, and how it is signed: by the Standard Webhooks specification."""

import base64
import hmac
import json
from datetime import datetime
from typing import Any, NoReturn

from deploy_ui.enums import CallStatus
from deploy_ui.models import Call
from deploy_ui.services.calls import answers, results

MOST_BODY = 256 << 10
"""Bytes of an answer that are sent along; a longer one is fetched."""


def webhook_id(call: Call) -> str:
    """Return what receivers know the event by: the same for every try."""
    return f"{call.id}-{call.status}"


def payload(call: Call, slug: str, answer: bytes | None) -> bytes:
    """Return the whole body, the same for every try. `answer` is the model's, if `sends_answer` says so."""
    response = _response(call)
    data = _data(call, slug)
    text = json.dumps({"type": f"call.{call.status}", "timestamp": data["finished_at"], "data": data})
    if response is None:
        return text.encode()
    inner = json.dumps(response)
    value = None if answer is None else _json(answer)
    if value is not None:  # the model's own text, since numbers may change when they are read and written again
        inner = f'{inner[:-1]}, "body": {value}}}'
    return f'{text[:-2]}, "response": {inner}}}}}'.encode()


def sends_answer(call: Call) -> bool:
    """Say whether the answer may go along: it is JSON as it came, and short."""
    short = 0 < call.answer_size <= MOST_BODY
    return call.status == CallStatus.COMPLETED and short and answers.is_json(call.answer_headers)


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
    told = results.told(slug, call)
    told.pop("response_status", None)  # is in `response`
    return {"request_id": told.pop("request_id"), "deployment": slug, **told}


def _response(call: Call) -> dict[str, Any] | None:
    if call.status != CallStatus.COMPLETED:
        return None
    content_type = answers.content_type(call.answer_headers)
    return {"status": call.answer_status, "content_type": content_type, "size": call.answer_size}


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
