"""Live logs for the browser, over a websocket: past the state of the page, because they grow.

The browser's first message is `{"cursors": {instance: cursor}, "tail": 10000, "around": "instance:cursor"}`: what it
has already (empty at first), and otherwise how many of the newest lines it wants, or a line to begin a bit before. We
send `{"lines": […], "cursors": {…}, "end": false}` in order; `"missing": true` in the first when the line of `around`
is gone; `"end": true` behind the last line that will ever come. At any time the browser may send
`{"older": {instance: cursor of the oldest line held}, "limit": 5000}`, which is answered by
`{"older": […], "more": true}`. What a line consists of is said in log_feeds.py.
"""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from deploy_ui.api import log_hello
from deploy_ui.api.log_feeds import Batch, BuildFeed, DeploymentFeed, Feed
from deploy_ui.api.log_watch import watch
from deploy_ui.errors import AppError
from deploy_ui.services import sessions
from deploy_ui.services.viewer import Viewer

REFRESH_S = 1.0
HELLO_S = 10.0
WAITING_REQUESTS = 4
SIGNED_OUT, NOT_FOUND, BAD_HELLO = 4401, 4404, 4400


async def deployment_log(socket: WebSocket) -> None:
    """Stream what the instances of a deployment write; `?instance=&since=&until=` narrow it."""
    viewer = await _accepted(socket)
    if viewer is None:
        return
    try:
        span = log_hello.span(socket.path_params["slug"], socket.query_params)
    except ValueError:
        await socket.close(BAD_HELLO)
        return
    await _serve(socket, DeploymentFeed(viewer, span))


async def build_log(socket: WebSocket) -> None:
    """Stream the log of an image's builds until the build is over."""
    if viewer := await _accepted(socket):
        await _serve(socket, BuildFeed(viewer, socket.path_params["image_id"]))


ROUTES: list[BaseRoute] = [
    WebSocketRoute("/api/ws/logs/deployments/{slug}", deployment_log),
    WebSocketRoute("/api/ws/logs/images/{image_id}", build_log),
]


async def asking(connection: HTTPConnection) -> Viewer | None:
    """Return who asks; None without a session that is good."""
    token = connection.cookies.get(sessions.COOKIE)
    return await asyncio.to_thread(sessions.viewer, token) if token else None


async def _accepted(socket: WebSocket) -> Viewer | None:
    viewer = await asking(socket)
    if viewer is None:
        await socket.close(SIGNED_OUT)
    else:
        await socket.accept()
    return viewer


async def _serve(socket: WebSocket, feed: Feed) -> None:
    """Send until either side is done."""
    served = _Serving(socket, feed)
    try:
        await served.begin()
        tasks = {asyncio.create_task(served.send()), asyncio.create_task(served.receive())}
        done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for task in done:
            task.result()
    except AppError:
        await socket.close(NOT_FOUND)
    except (ValueError, TimeoutError):
        await socket.close(BAD_HELLO)
    except WebSocketDisconnect:
        return


class _Serving:
    """One websocket and the feed that it gets. Only `send` sends, so what it sends has an order.

    It reads the next lines when the last ones are on their way: a slow browser costs one message of memory.
    """

    def __init__(self, socket: WebSocket, feed: Feed) -> None:
        self._socket, self._feed = socket, feed
        self._asked: asyncio.Queue[tuple[dict[str, str], int]] = asyncio.Queue(WAITING_REQUESTS)
        self._wake = asyncio.Event()
        self._refresh_at = 0.0
        self._first: dict[str, Any] | None = {}

    async def begin(self) -> None:
        """Take the browser's first message."""
        async with asyncio.timeout(HELLO_S):
            words = await self._socket.receive_text()
        if not await asyncio.to_thread(self._feed.begin, log_hello.hello(words)):
            self._first = {"missing": True}
        self._refresh_at = time.monotonic() + REFRESH_S

    async def receive(self) -> None:
        """Take what the browser asks for; returns when it has left, which sending does not always tell."""
        with suppress(WebSocketDisconnect):
            while True:
                await self._asked.put(log_hello.older(await self._socket.receive_text()))
                self._wake.set()

    async def send(self) -> None:
        """Send lines as they come, and older ones as they are asked for, until there will be no more."""
        while True:
            while not self._asked.empty():
                await self._socket.send_text(await asyncio.to_thread(self._older, *self._asked.get_nowait()))
            batch, message = await asyncio.to_thread(self._more)
            if message:
                await self._socket.send_text(message)
            if batch.over:
                await self._socket.close()
                return
            if not batch.behind:
                await self._wait()

    def _more(self) -> tuple[Batch, str]:
        if time.monotonic() >= self._refresh_at:
            self._feed.refresh()
            self._refresh_at = time.monotonic() + REFRESH_S
        batch = self._feed.more()
        if not (batch.lines or batch.cursors or batch.over) and self._first is None:
            return batch, ""
        first, self._first = self._first or {}, None
        return batch, _json({"lines": batch.lines, "cursors": batch.cursors, "end": batch.over, **first})

    def _older(self, held: dict[str, str], limit: int) -> str:
        lines, more = self._feed.older(held, limit)
        return _json({"older": lines, "more": more})

    async def _wait(self) -> None:
        """Wait for new lines, a request, or the next time to look around."""
        watch().wake(self._wake, self._feed.probes())
        if self._asked.empty():
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._refresh_at - time.monotonic())):
                    await self._wake.wait()
        watch().forget(self._wake)
        self._wake.clear()


def _json(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
