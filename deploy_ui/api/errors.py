"""One shape for every error: `{"error": {"code", "message", "field"?, "facts"?}}`, in the client's language."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from deploy_ui import ids
from deploy_ui.api.language import accepted
from deploy_ui.api.refusals import refusal
from deploy_ui.errors import AppError, TooMany
from deploy_ui.i18n import catalog

BY_STATUS = {400: "body_unreadable", 404: "address_unknown", 405: "method_not_allowed"}

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="One of a closed list; programs decide by it.", examples=["deployment_not_found"])
    message: str = Field(description="For people, in the language of `Accept-Language` (en, ru).")
    field: str | None = Field(default=None, description="Which value of the request is wrong.")
    facts: dict[str, Any] | None = Field(default=None, description="What the message speaks of, for programs.")


class Failure(BaseModel):
    """The body of every error."""

    error: Problem


DESCRIPTIONS = {
    401: "Nobody is signed in, or the sign-in is wrong.",
    403: "The person's role does not allow it, or the request came from another site.",
    404: "There is no such thing.",
    409: "The state of things does not allow it now.",
    410: "It was deleted.",
    413: "The body is over its limit.",
    422: "A value is wrong; `field` names it.",
    429: "Too many attempts; `Retry-After` says how long to wait.",
    503: "A part of the product does not answer.",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route for its OpenAPI description."""
    return {status: {"model": Failure, "description": DESCRIPTIONS[status]} for status in statuses}


def install(app: FastAPI) -> None:
    """Give every error of the app its shape."""
    app.add_exception_handler(AppError, _foreseen)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unforeseen)


def answer(
    request: Request,
    status: int,
    code: str,
    facts: Mapping[str, object],
    *,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an error in the language of the request."""
    message = catalog.error_text(accepted(request.headers.get("accept-language")), code, facts)
    named = {name: fact for name, fact in facts.items() if name != "field"}
    body = {"code": code, "message": message, "field": facts.get("field"), "facts": named or None}
    error = {name: value for name, value in body.items() if value is not None}
    return JSONResponse({"error": jsonable_encoder(error)}, status, headers=dict(headers or {}))


async def _foreseen(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)  # noqa: S101 - for the type checker: it is registered for nothing else
    headers = {"retry-after": str(error.retry_after_s)} if isinstance(error, TooMany) else {}
    if error.http_status == 401:  # noqa: PLR2004
        headers["www-authenticate"] = "Bearer"
    return answer(request, error.http_status, error.code, error.facts, headers=headers)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    code, facts = refusal(error.errors()[0])
    return answer(request, 422, code, facts)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    code = BY_STATUS.get(error.status_code, "request_refused")
    return answer(request, error.status_code, code, {"method": request.method}, headers=error.headers)


async def _gone(_: Request, __: Exception) -> Response:
    """Answer nobody: the client went away in the middle of its request."""
    return Response(status_code=400)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """Log what nobody foresaw under a number, and give the client that number only."""
    number = ids.new_id(8)
    log.error("unforeseen failure %s: %s %s", number, request.method, request.scope["path"], exc_info=error)
    headers = {"connection": "close"}  # as the server does behind an exception; a client must not reuse it
    return answer(request, 500, "unforeseen", {"id": number}, headers=headers)
