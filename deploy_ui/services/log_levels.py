"""Guesses how serious a log line is from its text: programs agree on no format, and stderr is no sign by itself."""

import re
from collections.abc import Iterable, Iterator

from deploy_ui.enums import LogLevel
from deploy_ui.runtimes.base import LogLine
from deploy_ui.services.log_text import plain

SCANNED = 300
"""Characters of a line that may hold its level."""
WORDS = {
    "trace": LogLevel.DEBUG,
    "debug": LogLevel.DEBUG,
    "info": LogLevel.INFO,
    "notice": LogLevel.INFO,
    "warn": LogLevel.WARNING,
    "warning": LogLevel.WARNING,
    "error": LogLevel.ERROR,
    "exception": LogLevel.ERROR,
    "critical": LogLevel.ERROR,
    "fatal": LogLevel.ERROR,
    "panic": LogLevel.ERROR,
}
GLOG = {"I": LogLevel.INFO, "W": LogLevel.WARNING, "E": LogLevel.ERROR, "F": LogLevel.ERROR}

_names = "|".join(WORDS)
_FIELD = re.compile(rf"""\b(?:level|levelname|severity|lvl)["']?\s*[:=]\s*["']?({_names})\b""", re.IGNORECASE)
_WORD = re.compile(rf"""(?:^|[\s\[(|:<])({_names.upper()})(?=[\s\])|:>,-]|$)""")
_GLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d")
_TRACEBACK = re.compile(r"\s*Traceback \(most recent call last\)|\s+File \".*\", line \d+")
_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(Error|Exception|Warning)(?::|$)")
_PYTHON_WARNING = re.compile(r"\S+:\d+: \w*Warning: ")
_PLATFORM = {
    "ended (crashed": LogLevel.ERROR,
    "ended (out of memory": LogLevel.ERROR,
    "ended (start failed": LogLevel.ERROR,
    "killed": LogLevel.ERROR,
    "ended (exited": LogLevel.WARNING,
}
"""What our own lines begin with when they are more than information."""


def level(text: str) -> LogLevel:
    """Return the level that one line of a program shows; INFO when it shows none."""
    head = plain(text[:SCANNED])
    if found := _FIELD.search(head) or _WORD.search(head):
        return WORDS[found[1].lower()]
    if found := _GLOG.match(head):
        return GLOG[found[1]]
    if _TRACEBACK.match(head):
        return LogLevel.ERROR
    if found := _EXCEPTION.match(head):
        return LogLevel.WARNING if found[1] == "Warning" else LogLevel.ERROR
    return LogLevel.WARNING if _PYTHON_WARNING.match(head) else LogLevel.INFO


class Levels:
    """Gives the lines of a log their levels, in order; the lines of a traceback are errors down to its exception.

    Remembers which instances' streams are within a traceback: one object for one reading.
    """

    def __init__(self) -> None:
        self._tracing: set[tuple[str, str]] = set()

    def of(self, line: LogLine) -> LogLevel:
        """Return the level of the next line."""
        if line.stream == "platform":
            return _platform_level(line.text)
        source = (line.instance, line.stream)
        head = plain(line.text[:SCANNED])
        if head.startswith("Traceback (most recent call last)"):
            self._tracing.add(source)
            return LogLevel.ERROR
        if source in self._tracing:
            if head[:1] not in {" ", ""}:
                self._tracing.discard(source)
            return LogLevel.ERROR
        return level(head)


def leveled(lines: Iterable[LogLine]) -> Iterator[tuple[LogLine, LogLevel]]:
    """Yield every line with its level."""
    levels = Levels()
    return ((line, levels.of(line)) for line in lines)


def _platform_level(text: str) -> LogLevel:
    found = [level for start, level in _PLATFORM.items() if text.startswith(start)]
    return found[0] if found else LogLevel.INFO
