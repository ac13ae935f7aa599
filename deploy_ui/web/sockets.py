"""Ties websockets to sessions: a tab's state is its session's alone, and its socket ends with the session."""

import asyncio
import hashlib
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy_ui.services import sessions
from deploy_ui.states.changes import looks

SIGNED_OUT = 4401
EVENTS = "/_event"
CHECK_EVERY_S = 60.0
"""A session that merely expired gives no hint."""


class SessionSockets:
    """Gives every session states of its own, and closes a websocket as soon as its session is signed out or expires.

    Reflex finds a tab's state by a name that the browser makes up, no secret: whoever sent it would be shown what the
    tab was shown. So the name is mixed with the session's token; another session, or none, finds an empty state.

    A socket keeps the headers of its handshake for life. Every handler checks the session again, so an open socket
    could do nothing; closing it makes the tab come back without a session and go to the sign-in page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the socket on and watch over its session."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(sessions.COOKIE, "")
        if scope["path"].startswith(EVENTS):
            scope = {**scope, "query_string": _own_tab(scope["query_string"], token)}
        if not token:
            await self.app(scope, receive, send)
            return
        over = asyncio.create_task(_session_over(token))
        try:
            await self.app(scope, _receive_until(over, receive, send), send)
        finally:
            over.cancel()
            with suppress(asyncio.CancelledError):
                await over


def _own_tab(query: bytes, token: str) -> bytes:
    """Return the query with the tab's name mixed with the session's token."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    mixed = ((name, _mixed(value, token) if name == "token" else value) for name, value in pairs)
    return urlencode(list(mixed)).encode()


def _mixed(tab: str, token: str) -> str:
    return hashlib.sha256(f"{token}:{tab}".encode()).hexdigest()


async def _session_over(token: str) -> None:
    """Return when a session that was good is over; one that never was does not matter here."""
    was_good = False
    async for _ in looks(sessions.topic(token), every_s=CHECK_EVERY_S):
        good = await asyncio.to_thread(sessions.viewer, token) is not None
        if was_good and not good:
            return
        was_good = good


def _receive_until(over: asyncio.Task[None], receive: Receive, send: Send) -> Receive:
    async def receive_or_end() -> Message:
        message = asyncio.ensure_future(receive())
        await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
        if message.done():
            return message.result()
        message.cancel()
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return {"type": "websocket.disconnect", "code": SIGNED_OUT}

    return receive_or_end
