"""Which asynchronous call an answer speaks of."""

import json
from http import HTTPStatus

from deploy_ui.services.calls.names import CALL_ID


def call_id(status: int | None, body: bytes) -> str:
    """Return the id of the call that was accepted, which the gateway answers and no model."""
    try:
        told = json.loads(body) if status == HTTPStatus.ACCEPTED else {}
    except (ValueError, RecursionError):
        return ""
    found = str(told.get("request_id", "")) if isinstance(told, dict) else ""
    return found if CALL_ID.fullmatch(found) else ""
