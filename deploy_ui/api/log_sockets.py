"""Logs for the browser: live over a websocket, whole as a text file. Past the state of the page, because they grow.

The browser's first message is `{"cursors": {instance: cursor}}`: what it has already, empty at first. We send
`{"lines": [[ms, instance, level, text, stream], …], "cursors": {…}}`, and `{"end": true}` behind the last line of a
build or an instance that is over.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from deploy_ui import clock
from deploy_ui.errors import AppError, SignedOut
from deploy_ui.services import builds, images, instances, logs, sessions
from deploy_ui.services.viewer import Viewer

TAIL = 1000
BATCH = 1000
SHORTEST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 1.0
HELLO_S = 10.0
LARGEST_HELLO = 64 * 1024
SIGNED_OUT, NOT_FOUND, BAD_HELLO = 4401, 4404, 4400


@dataclass
class Batch:
    """What one look found."""

    lines: list[list[Any]] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    last: bool = False
    """Nothing will follow."""


class Line(Protocol):
    """What instances' and builds' lines have in common."""

    @property
    def at(self) -> datetime:
        """When it was written."""

    @property
    def text(self) -> str:
        """What was written: hostile."""

    @property
    def stream(self) -> str:
        """`stdout`, `stderr` or `platform`."""


Look = Callable[[], Batch]


async def deployment_log(socket: WebSocket) -> None:
    """Stream what the instances of a deployment write; `?instance=` narrows it to one."""
    slug, instance = socket.path_params["slug"], socket.query_params.get("instance", "")
    await _serve(socket, lambda viewer, cursors: _deployment_look(viewer, slug, instance, cursors))


async def build_log(socket: WebSocket) -> None:
    """Stream the log of an image's builds from its beginning until the build is over."""
    image_id = socket.path_params["image_id"]
    await _serve(socket, lambda viewer, cursors: _build_look(viewer, image_id, cursors.get("", "")))


async def deployment_text(request: Request) -> Response:
    """Return the whole log of a deployment, or of one instance, as a text file."""
    slug, instance = request.path_params["slug"], request.query_params.get("instance", "")
    return await _download(request, f"{slug}.log", lambda viewer: _deployment_texts(viewer, slug, instance))


async def build_text(request: Request) -> Response:
    """Return the whole log of an image's builds as a text file."""
    image_id = request.path_params["image_id"]
    return await _download(request, f"{image_id}.log", lambda viewer: _build_texts(viewer, image_id))


ROUTES: list[BaseRoute] = [
    WebSocketRoute("/api/ws/logs/deployments/{slug}", deployment_log),
    WebSocketRoute("/api/ws/logs/images/{image_id}", build_log),
    Route("/api/logs/deployments/{slug}", deployment_text),
    Route("/api/logs/images/{image_id}", build_text),
]


async def _serve(socket: WebSocket, begin: Callable[[Viewer, dict[str, str]], Look]) -> None:
    """Check who asks, take the browser's cursors, and send until either side is done."""
    viewer = await _viewer(socket)
    if viewer is None:
        await socket.close(SIGNED_OUT)
        return
    await socket.accept()
    try:
        look = begin(viewer, await _hello(socket))
        tasks = {asyncio.create_task(_feed(socket, look)), asyncio.create_task(_gone(socket))}
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


async def _viewer(connection: HTTPConnection) -> Viewer | None:
    token = connection.cookies.get(sessions.COOKIE)
    return await asyncio.to_thread(sessions.viewer, token) if token else None


async def _hello(socket: WebSocket) -> dict[str, str]:
    async with asyncio.timeout(HELLO_S):
        words = await socket.receive_text()
    if len(words) > LARGEST_HELLO:
        raise ValueError("hello_too_long")
    hello = json.loads(words)
    cursors = hello.get("cursors") if isinstance(hello, dict) else None
    if not isinstance(cursors, dict) or not all(isinstance(each, str) for each in cursors.values()):
        raise ValueError("hello_without_cursors")
    return cursors


async def _gone(socket: WebSocket) -> None:
    """Return when the browser has left; sending to a socket that is gone does not always raise."""
    with suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()


async def _feed(socket: WebSocket, look: Look) -> None:
    pause = SHORTEST_PAUSE_S
    while True:
        batch = await asyncio.to_thread(look)
        if batch.lines or batch.cursors or batch.last:
            await socket.send_json({"lines": batch.lines, "cursors": batch.cursors, "end": batch.last})
        if batch.last:
            await socket.close()
            return
        pause = SHORTEST_PAUSE_S if batch.lines else min(pause * 1.5, LONGEST_PAUSE_S)
        if len(batch.lines) < BATCH:
            await asyncio.sleep(pause)


def _deployment_look(viewer: Viewer, slug: str, instance: str, cursors: dict[str, str]) -> Look:
    """Return a function that gives the newest lines first, if the browser has none, and then what follows."""
    known = dict(cursors)
    fresh = not cursors

    def look() -> Batch:
        nonlocal fresh
        heads: dict[str, str] = {}
        over = bool(instance) and instances.is_over(viewer, slug, instance, clock.now())  # before the lines
        if fresh:
            heads = _heads(viewer, slug, instance)
            rows = logs.tail(viewer, slug, instance=instance, limit=TAIL)
        else:
            rows = logs.after(viewer, slug, known, instance=instance, limit=BATCH)
        fresh = False
        news = heads | {row.instance: row.cursor for row in rows}
        known.update(news)
        lines = [_line(row, row.instance, row.level) for row in rows]
        return Batch(lines, news, last=over and len(rows) < min(BATCH, TAIL))

    return look


def _heads(viewer: Viewer, slug: str, instance: str) -> dict[str, str]:
    """Return where every instance's log ends now: lines older than the tail must not come as new ones later."""
    keys = [instance] if instance else [row.key for row in instances.rows(viewer, slug)]
    last = (logs.tail(viewer, slug, instance=key, limit=1) for key in keys)
    return {rows[-1].instance: rows[-1].cursor for rows in last if rows}


def _build_look(viewer: Viewer, image_id: str, cursor: str) -> Look:
    at = cursor

    def look() -> Batch:
        nonlocal at
        over = not images.card(viewer, image_id).status.unfinished  # before the lines, so that none is missed
        rows = builds.log_after(viewer, image_id, at, BATCH)
        at = rows[-1].cursor if rows else at
        lines = [_line(row, "", "") for row in rows]
        return Batch(lines, {"": at} if rows else {}, last=over and len(rows) < BATCH)

    return look


def _line(row: Line, instance: str, level: str) -> list[Any]:
    return [int(row.at.timestamp() * 1000), instance, level, row.text, row.stream]


async def _download(request: Request, name: str, read: Callable[[Viewer], Iterator[str]]) -> Response:
    viewer = await _viewer(request)
    if viewer is None:
        raise SignedOut("signed_out")
    content = await asyncio.to_thread(read, viewer)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(_bytes(content), media_type="text/plain; charset=utf-8", headers=headers)


async def _bytes(lines: Iterable[str]) -> AsyncIterator[bytes]:
    async for line in iterate_in_threadpool(lines):
        yield line.encode(errors="replace")


def _deployment_texts(viewer: Viewer, slug: str, instance: str) -> Iterator[str]:
    return (_as_text(row, row.instance) for row in logs.lines(viewer, slug, instance=instance))


def _build_texts(viewer: Viewer, image_id: str) -> Iterator[str]:
    images.card(viewer, image_id)  # the right to read is checked before the first byte
    return _every_build_text(viewer, image_id)


def _every_build_text(viewer: Viewer, image_id: str) -> Iterator[str]:
    rows = builds.log_after(viewer, image_id, "", BATCH)
    while rows:
        yield from (_as_text(row, "") for row in rows)
        rows = builds.log_after(viewer, image_id, rows[-1].cursor, BATCH)


def _as_text(row: Line, instance: str) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="milliseconds")
    return " ".join(part for part in (at, instance, row.text) if part) + "\n"
