"""What the builds of an image wrote. Every role may read it."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from deploy_ui.builds import log as build_log
from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.services import images
from deploy_ui.services.viewer import Viewer


@dataclass(frozen=True)
class BuildRow:
    """One line."""

    cursor: str
    """Where it ends; places sort."""
    at: datetime
    text: str
    """What the build wrote: hostile."""
    stream: str


@dataclass(frozen=True)
class BuildEnd:
    """The end of the log of an image's builds, as far as it was read."""

    image_id: str
    cursor: str

    def grown(self) -> bool:
        """Say whether there may be something new; cheap enough to ask all the time."""
        return build_log.grown(self.image_id, self.cursor)


def after(viewer: Viewer, image_id: str, cursor: str = "", limit: int = 1000) -> list[BuildRow]:
    """Return the lines behind the cursor (empty: from the start), oldest first."""
    return [_line(line) for line in build_log.read(_found(viewer, image_id), cursor, limit=limit)]


def before(viewer: Viewer, image_id: str, cursor: str = "", limit: int = 1000) -> list[BuildRow]:
    """Return the newest lines that end before the cursor (empty: of all), oldest first.

    Reads the whole file, which builds keep small.
    """
    lines = build_log.read(_found(viewer, image_id))
    return [_line(line) for line in deque((line for line in lines if not cursor or line.cursor < cursor), limit)]


def _found(viewer: Viewer, image_id: str) -> str:
    viewer.require(Role.VIEWER)
    with reading() as session:
        return images.find(session, image_id).id


def _line(line: build_log.Line) -> BuildRow:
    return BuildRow(line.cursor, line.at, line.text, line.stream)
