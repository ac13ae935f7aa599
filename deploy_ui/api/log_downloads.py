"""Logs as text files, streamed as they are read."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Protocol

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from deploy_ui.api.log_sockets import asking
from deploy_ui.errors import SignedOut
from deploy_ui.services import build_logs, images, logs
from deploy_ui.services.viewer import Viewer

BATCH = 1000


class Line(Protocol):
    """What instances' and builds' lines have in common."""

    @property
    def at(self) -> datetime:
        """When it was written."""

    @property
    def text(self) -> str:
        """What was written: hostile."""


async def deployment_text(request: Request) -> Response:
    """Return the whole log of a deployment, or of one instance, as a text file."""
    slug, instance = request.path_params["slug"], request.query_params.get("instance", "")
    return await _download(request, f"{slug}.log", lambda viewer: _deployment_texts(viewer, slug, instance))


async def build_text(request: Request) -> Response:
    """Return the whole log of an image's builds as a text file."""
    image_id = request.path_params["image_id"]
    return await _download(request, f"{image_id}.log", lambda viewer: _build_texts(viewer, image_id))


ROUTES: list[BaseRoute] = [
    Route("/api/logs/deployments/{slug}", deployment_text),
    Route("/api/logs/images/{image_id}", build_text),
]


async def _download(request: Request, name: str, read: Callable[[Viewer], Iterator[str]]) -> Response:
    viewer = await asking(request)
    if viewer is None:
        raise SignedOut("signed_out")
    content = await run_in_threadpool(read, viewer)
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
    rows = build_logs.after(viewer, image_id, "", BATCH)
    while rows:
        yield from (_as_text(row, "") for row in rows)
        rows = build_logs.after(viewer, image_id, rows[-1].cursor, BATCH)


def _as_text(row: Line, instance: str) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="milliseconds")
    return " ".join(part for part in (at, instance, row.text) if part) + "\n"
