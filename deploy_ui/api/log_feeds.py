"""What a log's websocket sends: the lines of a deployment or of an image's builds, each as a list for the browser.

`[milliseconds, instance, level, text, stream, cursor]`, and a seventh element when the text was cut: the bytes that
are left out. A reading goes on behind the cursors that the browser says it has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from deploy_ui import clock
from deploy_ui.api.log_watch import Probe
from deploy_ui.services import build_logs, images
from deploy_ui.services.build_logs import BuildEnd, BuildRow
from deploy_ui.services.log_reader import LogReader, Span
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.viewer import Viewer

BATCH = 2000
LONGEST = 64 * 1024
"""Characters of a line that are sent; the rest is in the download."""

Wire = list[list[Any]]


@dataclass(frozen=True)
class Hello:
    """What the browser says first."""

    cursors: Mapping[str, str]
    """What it has already, by instance; empty at first."""
    tail: int = 1000
    around: tuple[str, str] | None = None
    """The instance and the cursor of a line that it wants to see."""


@dataclass(frozen=True)
class Batch:
    """What one look found."""

    lines: Wire = field(default_factory=list)
    cursors: Mapping[str, str] = field(default_factory=dict)
    behind: bool = False
    """There is more at once."""
    over: bool = False
    """Nothing will follow."""


class Feed(Protocol):
    """One reading of a log. Its methods may block; they are called one at a time."""

    def begin(self, hello: Hello) -> bool:
        """Go to where the reading begins; False when the line of `around` is gone. Raises what the services do."""

    def refresh(self) -> None:
        """See what has changed besides the lines; called about once a second."""

    def more(self) -> Batch:
        """Return the next lines."""

    def older(self, held: Mapping[str, str], limit: int) -> tuple[Wire, bool]:
        """Return the lines before the oldest that are held, and whether there are more before them."""

    def probes(self) -> Iterable[Probe]:
        """Return what to look at for news."""


class DeploymentFeed:
    """The lines of a deployment's instances."""

    def __init__(self, viewer: Viewer, span: Span) -> None:
        self._reader = LogReader(viewer, span)
        self._fresh = True

    def begin(self, hello: Hello) -> bool:
        """Go to where the reading begins."""
        return self._reader.begin(hello.cursors, tail=hello.tail, around=hello.around, now=clock.now())

    def refresh(self) -> None:
        """See which instances there are."""
        self._reader.refresh(clock.now())

    def more(self) -> Batch:
        """Return the next lines, at first with a cursor for every instance that wrote something."""
        cursors = self._reader.cursors if self._fresh else {}
        self._fresh = False
        over = self._reader.over(clock.now())
        rows = self._reader.more(BATCH)
        behind = self._reader.behind
        news = cursors | {row.instance: row.cursor for row in rows}
        return Batch([_row(row) for row in rows], news, behind=behind, over=over and not behind)

    def older(self, held: Mapping[str, str], limit: int) -> tuple[Wire, bool]:
        """Return the lines before the oldest that are held."""
        rows, more = self._reader.older(held, limit)
        return [_row(row) for row in rows], more

    def probes(self) -> Iterable[Probe]:
        """Return the ends of the live instances' logs."""
        return self._reader.probes()


class BuildFeed:
    """The lines of an image's builds, under the name of no instance."""

    def __init__(self, viewer: Viewer, image_id: str) -> None:
        self._viewer, self._image_id = viewer, image_id
        self._at = ""
        self._over = False

    def begin(self, hello: Hello) -> bool:
        """Go to where the reading begins: all is read from the start if it is not too much."""
        self.refresh()
        self._at = hello.cursors.get("", "")
        if not self._at and (oldest := build_logs.before(self._viewer, self._image_id, limit=hello.tail + 1)):
            self._at = oldest[0].cursor if len(oldest) > hello.tail else ""
        return True

    def refresh(self) -> None:
        """See whether the build goes on."""
        self._over = not images.card(self._viewer, self._image_id).status.unfinished

    def more(self) -> Batch:
        """Return the next lines; `refresh` looked at the build before, so that none is missed."""
        lines = build_logs.after(self._viewer, self._image_id, self._at, BATCH)
        self._at = lines[-1].cursor if lines else self._at
        behind = len(lines) == BATCH
        cursors = {"": self._at} if lines else {}
        return Batch([_line(line) for line in lines], cursors, behind=behind, over=self._over and not behind)

    def older(self, held: Mapping[str, str], limit: int) -> tuple[Wire, bool]:
        """Return the lines before the oldest that is held."""
        lines = build_logs.before(self._viewer, self._image_id, held.get("", ""), limit + 1)
        return [_line(line) for line in lines[-limit:]], len(lines) > limit

    def probes(self) -> Iterable[Probe]:
        """Return the end of the builds' log."""
        return [BuildEnd(self._image_id, self._at)]


def _row(row: LogRow) -> list[Any]:
    return _cut([_milliseconds(row.at), row.instance, row.level, row.text, row.stream, row.cursor])


def _line(line: BuildRow) -> list[Any]:
    return _cut([_milliseconds(line.at), "", "", line.text, line.stream, line.cursor])


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _cut(line: list[Any]) -> list[Any]:
    text = line[3]
    if len(text) > LONGEST:
        line[3] = text[:LONGEST]
        line.append(len(text[LONGEST:].encode()))
    return line
