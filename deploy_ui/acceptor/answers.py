"""What callers are answered: what they were accepted for, how far it is, the model's answer, and what went wrong."""

import asyncio
import http
import json
import logging
from collections.abc import Mapping

from aiohttp import web

from deploy_ui.errors import AppError, Gone, Invalid, TooMany, Unavailable
from deploy_ui.gateway.answers import RETRY_AFTER_S
from deploy_ui.i18n import catalog
from deploy_ui.services.calls.intake import Accepted
from deploy_ui.services.calls.results import Result, addresses
from deploy_ui.settings import settings

log = logging.getLogger(__name__)

SERVER = "deploy-ui"
NO_BODY = {http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED}
NOT_STORED: Mapping[str, str] = {"cache-control": "no-store", "server": SERVER}


def accepted(call: Accepted) -> web.Response:
    """Say under which id a call was accepted, and where to ask for it."""
    where = addresses(call.slug, call.id)
    told = {"request_id": call.id, "status": call.status.value, **where}
    return _json(told, http.HTTPStatus.ACCEPTED, {"location": where["status_url"]})


def standing(told: Mapping[str, object]) -> web.Response:
    """Say how far a call is."""
    return _json(told, http.HTTPStatus.OK)


def failure(error: AppError) -> web.Response:
    """Say what went wrong, in the gateway's shape."""
    status = http.HTTPStatus.BAD_REQUEST if isinstance(error, Invalid) else error.http_status
    headers = {}
    if isinstance(error, TooMany):
        headers["retry-after"] = str(error.retry_after_s)
    if isinstance(error, Unavailable):
        headers["retry-after"] = str(RETRY_AFTER_S)
    message = catalog.error_text(catalog.DEFAULT, error.code, error.facts)
    told = {"code": error.code, "message": message}
    if reason := error.facts.get("reason"):
        told["reason"] = str(reason)
    return _json({"error": told}, status, headers)


async def result(request: web.BaseRequest, found: Result) -> web.StreamResponse:
    """Send the model's own answer: status, headers and body as they came, a long one off the disk."""
    response = _head(found)
    wanted = request.method != "HEAD" and found.status not in NO_BODY
    try:
        piece = await _next(found) if wanted else None
    except FileNotFoundError as error:
        raise Gone("call_expired", days=settings().call_days) from error
    await response.prepare(request)
    sent = 0
    try:
        while piece is not None:
            sent += len(piece)
            await response.write(piece)
            piece = await _next(found)
    except OSError as error:
        log.warning("an answer broke off: %s", error)
    if wanted and sent != found.size and request.transport is not None:
        request.transport.abort()  # the head is out: to break off is all that tells the caller
    await response.write_eof()
    return response


def _head(found: Result) -> web.StreamResponse:
    response = web.StreamResponse(status=found.status)
    if not any(name.lower() == "server" for name, _ in found.headers):
        response.headers["server"] = SERVER
    for name, value in found.headers:
        response.headers.add(name, value)
    if found.content_type:
        response.headers["content-type"] = found.content_type
    if found.status not in NO_BODY:
        response.content_length = found.size
    return response


async def _next(found: Result) -> bytes | None:
    return await asyncio.to_thread(next, found.pieces, None)


def _json(value: object, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    told = {"content-type": "application/json", **NOT_STORED, **(headers or {})}
    return web.Response(status=status, body=json.dumps(value).encode(), headers=told)
