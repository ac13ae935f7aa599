"""Test requests from the console's own page, and their answers while they come: one JSON object a line.

`{"head": …}`, `{"data": base64}` for each piece, `{"end": …}`; or `{"error": {code, message, facts}}` at any time. An
empty object says that the line is still open. When the browser leaves, the session ends or the console does, so does
the request at the gateway.
"""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.encoders import jsonable_encoder
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deploy_ui.api import streams
from deploy_ui.api.asking import Asking, Token
from deploy_ui.api.errors import answers
from deploy_ui.api.language import accepted
from deploy_ui.api.trial_forms import TrialForm
from deploy_ui.enums import Role
from deploy_ui.errors import AppError
from deploy_ui.i18n import catalog
from deploy_ui.services import sessions
from deploy_ui.services.trials import sending
from deploy_ui.services.trials.request import Header
from deploy_ui.services.trials.sending import Broken, Data, End, Event, Head, Sending

router = APIRouter(prefix="/api/trials/{slug}", tags=["Deployments"], responses=answers(401, 404))

LOOK_EVERY_S = 0.5
"""How often it is looked at whether the console is about to end."""
BEAT_S = 15.0
"""How often the right to go on is looked at, and a silent line is shown to be open: proxies close those that rest."""
HEADERS = [
    (b"content-type", b"application/x-ndjson"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@router.post("", include_in_schema=False, response_model=None)
async def send(viewer: Asking, token: Token, slug: str, request: Request) -> Response:
    """Send a request to a deployment through the gateway, and stream the answer."""
    viewer.require(Role.EDITOR)  # before a body of any size is read
    form = TrialForm(request.headers.get("content-type"))
    try:
        async for piece in request.stream():
            await run_in_threadpool(form.feed, piece)
        trial = await run_in_threadpool(form.finish)
        begun = await sending.begin(viewer, slug, trial, form.files)
    except BaseException:
        form.close()
        raise
    language = accepted(request.headers.get("accept-language"))
    return AnswerStream(begun, form, language, lambda: _may_send(token))


def _may_send(token: str) -> bool:
    viewer = sessions.viewer(token)
    return viewer is not None and viewer.may(Role.EDITOR)


class AnswerStream(Response):
    """Sends the events of one request until it or its reader is done."""

    def __init__(self, begun: Sending, form: TrialForm, language: str, allowed: Callable[[], bool]) -> None:
        super().__init__()
        self._begun, self._form, self._language, self._allowed = begun, form, language, allowed
        self._said_at = time.monotonic()
        self._over = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it; whoever is done first ends the others."""
        del scope
        answer, left, watch = map(asyncio.create_task, (self._answer(send), self._left(receive), self._watch(send)))
        tasks = (answer, left, watch)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._form.close()
        for task in tasks:
            if not task.cancelled():
                task.result()
        if watch in done:  # the reader is still there
            await send({"type": "http.response.body", "body": b""})

    async def _answer(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async with aclosing(self._begun.events()) as events:
            async for event in events:
                await self._say(send, _shown(event, self._language))
        self._over = True
        await send({"type": "http.response.body", "body": b""})

    async def _left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _watch(self, send: Send) -> None:
        """End with the session and the console; show now and then that the line is open."""
        look_at = time.monotonic() + BEAT_S
        while not streams.ending():
            await asyncio.sleep(min(LOOK_EVERY_S, BEAT_S))
            if time.monotonic() < look_at:
                continue
            if not await run_in_threadpool(self._allowed):
                return
            look_at = time.monotonic() + BEAT_S
            if not self._over and time.monotonic() >= self._said_at + BEAT_S:
                await self._say(send, {})

    async def _say(self, send: Send, told: dict[str, Any]) -> None:
        self._said_at = time.monotonic()
        line = json.dumps(told).encode() + b"\n"  # in ASCII: readers disagree on which characters end a line
        await send({"type": "http.response.body", "body": line, "more_body": True})


def _shown(event: Event, language: str) -> dict[str, Any]:
    match event:
        case Head():
            return {"head": vars(event) | {"headers": _pairs(event.headers)}}
        case Data():
            return {"data": base64.b64encode(event.piece).decode()}
        case End():
            return {"end": jsonable_encoder(event)}
        case Broken():
            return {"error": _problem(event.error, language)}


def _problem(error: AppError, language: str) -> dict[str, Any]:
    message = catalog.error_text(language, error.code, error.facts)
    return {"code": error.code, "message": message, "facts": jsonable_encoder(error.facts)}


def _pairs(headers: list[Header]) -> list[tuple[str, str]]:
    return [(each.name, each.value) for each in headers]
