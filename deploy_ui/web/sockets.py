"""Ends the websockets of a session that is over."""

import asyncio
import hashlib
from contextlib import suppress

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy_ui.services import sessions
from deploy_ui.states.changes import looks

SIGNED_OUT = 4401
CHECK_EVERY_S = 60.0
"""A session that merely expired gives no hint."""


class SessionSockets:
    """Closes a websocket as soon as the session of its cookie is signed out or expires.

    A socket keeps the headers of its handshake for life. Every handler checks the session again, so an open socket
    could do nothing; closing it makes the tab come back without a session and go to the sign-in page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the socket on and watch over its session."""
        token = HTTPConnection(scope).cookies.get(sessions.COOKIE) if scope["type"] == "websocket" else None
        if token is None:
            await self.app(scope, receive, send)
            return
        over = asyncio.create_task(_session_over(token))
        try:
            await self.app(scope, _receive_until(over, receive, send), send)
        finally:
            over.cancel()
            with suppress(asyncio.CancelledError):
                await over


async def _session_over(token: str) -> None:
    """Return when a session that was good is over; one that never was does not matter here."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    was_good = False
    async for _ in looks(f"session:{digest}", every_s=CHECK_EVERY_S):
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
