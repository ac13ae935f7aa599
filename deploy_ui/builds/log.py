"""The log of an image's builds: one file an image, one line a line, each attempt below the one before.

A line is `2030-01-02T03:04:05.678901+00:00 stderr text`. A cursor is the offset behind a line, padded so that it
sorts.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy_ui import clock
from deploy_ui.builds.redact import redact
from deploy_ui.settings import settings

LARGEST_ATTEMPT = 8 * 1024 * 1024
"""What one attempt may write; its last words, which are ours, always fit in."""
LONGEST_TEXT = 8 * 1024
LONGEST_RAW = LONGEST_TEXT * 4 + 128
LEFT_OUT = "The log is full; what follows is left out."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One line of a build's log."""

    cursor: str
    at: datetime
    stream: str
    text: str


def path_of(image: str) -> Path:
    """Return where the log of an image's builds lies."""
    return settings().build_logs_dir / f"{image}.log"


class LogWriter:
    """Appends one attempt to the log of an image's builds."""

    def __init__(self, image: str) -> None:
        path = path_of(image)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._room = LARGEST_ATTEMPT

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def say(self, text: str, stream: str = "platform") -> None:
        """Append the text, line by line, without credentials."""
        for line in redact(text).replace("\0", "").splitlines() or [""]:
            self._append(line[:LONGEST_TEXT], stream)

    def _append(self, line: str, stream: str) -> None:
        if stream != "platform" and self._room <= 0:
            return
        data = f"{clock.now().isoformat(timespec='microseconds')} {stream} {line}\n".encode(errors="replace")
        self._room -= len(data)
        try:
            self._file.write(data)
        except OSError as error:  # a full disk must not keep a build from ending in words
            log.warning("line of a build's log not written: %s", error)
        if stream != "platform" and self._room <= 0:
            self._append(LEFT_OUT, "platform")


def read(image: str, cursor: str = "", *, limit: int | None = None) -> Iterator[Line]:
    """Yield the whole lines behind the cursor (empty: from the start); no log yet gives none."""
    try:
        file = path_of(image).open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(int(cursor) if cursor.isascii() and cursor.isdigit() else 0)
        while limit is None or limit > 0:
            raw = file.readline(LONGEST_RAW)
            if not raw.endswith(b"\n"):
                return
            if line := _parsed(raw, file.tell()):
                yield line
                limit = None if limit is None else limit - 1


def grown(image: str, cursor: str) -> bool:
    """Say whether there may be a line behind the cursor; cheap."""
    try:
        return path_of(image).stat().st_size > (int(cursor) if cursor.isascii() and cursor.isdigit() else 0)
    except FileNotFoundError:
        return False


def _parsed(raw: bytes, behind: int) -> Line | None:
    at, _, rest = raw.decode(errors="replace").rstrip("\n").partition(" ")
    stream, _, text = rest.partition(" ")
    try:
        return Line(cursor=f"{behind:015d}", at=datetime.fromisoformat(at), stream=stream, text=text)
    except ValueError:
        return None
