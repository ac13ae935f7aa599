"""Logs as text files, streamed as they are read: whole, or the lines that the reader has before them.

One line a line, with its time in UTC and its instance; the text without escape sequences and control characters.
"""

import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from deploy_ui import clock
from deploy_ui.api import log_hello
from deploy_ui.api.log_sockets import asking
from deploy_ui.enums import LogLevel
from deploy_ui.errors import Invalid, SignedOut
from deploy_ui.services import build_logs, images, logs
from deploy_ui.services.log_text import plain
from deploy_ui.services.log_wanted import Wanted
from deploy_ui.services.viewer import Viewer

BATCH = 1000
CHUNK = 64 * 1024
LONGEST_SEARCHING_S = 0.2
"""How long we look for lines before we see whether the browser still waits for them."""
GZIP = 31
"""What zlib calls the format of gzip files."""
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Line(Protocol):
    """What instances' and builds' lines have in common."""

    @property
    def at(self) -> datetime:
        """When it was written."""

    @property
    def text(self) -> str:
        """What was written: hostile."""


@dataclass(frozen=True)
class Text:
    """A log to be saved: the parts of its file's name, and its lines."""

    name: tuple[str, ...]
    lines: Iterator[str]
    """An empty one stands for a line that is not wanted."""


async def deployment_text(request: Request) -> Response:
    """Return the log of a deployment or of one instance; see `_wanted` for what narrows it; `gzip` packs it."""
    slug, instance = request.path_params["slug"], request.query_params.get("instance", "")
    return await _download(request, lambda viewer: _deployment_text(viewer, slug, instance, _wanted(request)))


async def build_text(request: Request) -> Response:
    """Return the log of an image's builds; `gzip` packs it."""
    image_id = request.path_params["image_id"]
    return await _download(request, lambda viewer: _build_text(viewer, image_id))


ROUTES: list[BaseRoute] = [
    Route("/api/logs/deployments/{slug}", deployment_text),
    Route("/api/logs/images/{image_id}", build_text),
]


async def _download(request: Request, read: Callable[[Viewer], Text]) -> Response:
    viewer = await asking(request)
    if viewer is None:
        raise SignedOut("signed_out")
    text = await run_in_threadpool(read, viewer)
    packed = bool(request.query_params.get("gzip"))
    chunks = _chunks(text.lines)
    return StreamingResponse(
        iterate_in_threadpool(_packed(chunks) if packed else chunks),
        media_type="application/gzip" if packed else "text/plain; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{_file_name(text.name, packed=packed)}"',
            "cache-control": "no-store",
        },
    )


def _wanted(request: Request) -> Wanted:
    query = request.query_params
    return Wanted(
        since=_time(query.get("since", ""), "since"),
        until=_time(query.get("until", ""), "until"),
        search=query.get("search", ""),
        regex=bool(query.get("regex")),
        level=_level(query.get("level", "")),
    )


def _time(words: str, field: str) -> datetime | None:
    try:
        return log_hello.time(words)
    except ValueError as error:
        raise Invalid("log_time_invalid", field=field) from error


def _level(word: str) -> LogLevel | None:
    try:
        return LogLevel(word) if word else None
    except ValueError as error:
        raise Invalid("log_level_invalid", field="level", levels=", ".join(LogLevel)) from error


def _deployment_text(viewer: Viewer, slug: str, instance: str, wanted: Wanted) -> Text:
    fits = wanted.fits()
    rows = logs.lines(viewer, slug, instance=instance, wanted=Wanted(since=wanted.since, until=wanted.until))
    return Text((slug, instance), (_as_text(row, row.instance) if fits(row) else "" for row in rows))


def _build_text(viewer: Viewer, image_id: str) -> Text:
    image = images.card(viewer, image_id)  # the right to read is checked before the first byte
    return Text((image.name, image.id), _every_build_text(viewer, image.id))


def _every_build_text(viewer: Viewer, image_id: str) -> Iterator[str]:
    rows = build_logs.after(viewer, image_id, "", BATCH)
    while rows:
        yield from (_as_text(row, "") for row in rows)
        rows = build_logs.after(viewer, image_id, rows[-1].cursor, BATCH)


def _as_text(row: Line, instance: str) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="milliseconds")
    return " ".join(part for part in (at, instance, plain(row.text)) if part) + "\n"


def _file_name(parts: Iterable[str], *, packed: bool) -> str:
    """Return a name that every file system takes: what it is of, and when it was saved."""
    now = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    words = (UNSAFE.sub("-", part).strip("-.") for part in (*parts, now))
    return "-".join(word for word in words if word) + (".log.gz" if packed else ".log")


def _chunks(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines in pieces worth sending; an empty one now and then while there is nothing to send."""
    waiting: list[str] = []
    size, since = 0, time.monotonic()
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= CHUNK or time.monotonic() - since > LONGEST_SEARCHING_S:
            yield "".join(waiting).encode(errors="replace")
            waiting, size, since = [], 0, time.monotonic()
    yield "".join(waiting).encode(errors="replace")


def _packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()
