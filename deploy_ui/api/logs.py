"""Logs of deployments and of image builds: what was written so far, or a stream that goes on."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from deploy_ui import clock
from deploy_ui.api import streams
from deploy_ui.api.asking import Asking, Token
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Listing
from deploy_ui.enums import LogLevel
from deploy_ui.services import build_logs as written_by_builds
from deploy_ui.services import images, logs, sessions
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.log_wanted import Wanted
from deploy_ui.services.logs import MOST_LINES
from deploy_ui.services.paging import Page
from deploy_ui.services.viewer import Viewer

router = APIRouter(prefix="/api/v1", tags=["Logs"], responses=answers(401, 404))

ROW = TypeAdapter(LogRow)
PAGE = 1000
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {streams.MEDIA_TYPE: {}}, "description": "With `follow=true` one JSON object a line."}
}


@dataclass(frozen=True)
class Asked:
    """Which lines to return."""

    instance: Annotated[str, Query(description="Of this instance only.")] = ""
    since: Annotated[AwareDatetime | None, Query()] = None
    until: Annotated[AwareDatetime | None, Query()] = None
    search: Annotated[str, Query(description="A piece of the line, in any case.")] = ""
    regex: Annotated[bool, Query(description="`search` is a regular expression (RE2), in any case.")] = False
    level: Annotated[LogLevel | None, Query(description="This one and worse.")] = None

    @property
    def wanted(self) -> Wanted:
        """What a line must be."""
        return Wanted(self.since, self.until, self.search, self.regex, self.level)


class BuildLine(BaseModel):
    """One line of a build's log."""

    cursor: str
    at: datetime
    text: str
    stream: str


LINE = TypeAdapter(BuildLine)


@router.get("/deployments/{slug}/logs", response_model=Listing[LogRow], responses={**STREAM, **answers(422)})
def deployment_logs(
    *,
    viewer: Asking,
    token: Token,
    slug: str,
    asked: Annotated[Asked, Depends()],
    tail: Annotated[int, Query(ge=1, le=MOST_LINES, description="At most so many, the newest.")] = 500,
    follow: Annotated[bool, Query(description="Go on with new lines until the connection is closed.")] = False,
) -> Response | Listing[LogRow]:
    """Return the newest lines that fit, oldest first."""
    if not follow:
        written = logs.lines(viewer, slug, instance=asked.instance, wanted=asked.wanted)
        return Listing.whole(list(deque(written, maxlen=tail)))
    reader = Follower(viewer, slug, asked.instance, asked.wanted)
    return streams.ndjson(ROW, reader.history(tail), reader.more, lambda: sessions.viewer(token) is not None)


@router.get("/images/{image_id}/logs", response_model=Listing[BuildLine], responses={**STREAM, **answers(422)})
def build_logs(
    *,
    viewer: Asking,
    token: Token,
    image_id: str,
    cursor: Annotated[str, Query(description="Go on behind this line.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = PAGE,
    follow: Annotated[bool, Query(description="Go on until the build ends.")] = False,
) -> Response | Listing[BuildLine]:
    """Return the lines of the image's builds, oldest first."""
    lines = _build_lines(viewer, image_id, cursor, limit)
    if not follow:
        return Listing.of(Page(lines, lines[-1].cursor if len(lines) == limit else None))
    reader = BuildFollower(viewer, image_id, cursor)
    return streams.ndjson(LINE, [], reader.more, lambda: sessions.viewer(token) is not None)


class Follower:
    """Reads a deployment's log and remembers where each instance's reading stands."""

    def __init__(self, viewer: Viewer, slug: str, instance: str, wanted: Wanted) -> None:
        self._viewer, self._slug, self._instance = viewer, slug, instance
        self._until, self._fits = wanted.until, wanted.fits()
        self._cursors: dict[str, str] = {}

    def history(self, tail: int) -> list[LogRow]:
        """Return the newest lines that fit of what is there."""
        written = logs.lines(self._viewer, self._slug, instance=self._instance, wanted=Wanted())
        return list(deque(self._kept(written), maxlen=tail))

    def more(self) -> list[LogRow] | None:
        """Return what fits of the lines since the last look; None once the time that was asked for is over."""
        if self._until is not None and clock.now() > self._until:
            return None
        rows = logs.after(self._viewer, self._slug, self._cursors, instance=self._instance, limit=PAGE)
        return list(self._kept(rows))

    def _kept(self, rows: Iterable[LogRow]) -> Iterator[LogRow]:
        for row in rows:
            self._cursors[row.instance] = row.cursor
            if self._fits(row) and (self._until is None or row.at <= self._until):
                yield row


class BuildFollower:
    """Reads a build's log until the build has ended."""

    def __init__(self, viewer: Viewer, image_id: str, cursor: str) -> None:
        self._viewer, self._image_id, self._cursor = viewer, image_id, cursor

    def more(self) -> list[BuildLine] | None:
        """Return the lines since the last look; None when none will follow."""
        unfinished = images.card(self._viewer, self._image_id).status.unfinished  # before the lines: none is missed
        lines = _build_lines(self._viewer, self._image_id, self._cursor, PAGE)
        if lines:
            self._cursor = lines[-1].cursor
        return lines if lines or unfinished else None


def _build_lines(viewer: Viewer, image_id: str, cursor: str, limit: int) -> list[BuildLine]:
    found = written_by_builds.after(viewer, image_id, cursor, limit)
    return [BuildLine(cursor=line.cursor, at=line.at, text=line.text, stream=line.stream) for line in found]
