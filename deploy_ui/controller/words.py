"""The last words of an instance: the line of its output that best says why it ended. Pure."""

import re
from collections.abc import Sequence

from deploy_ui.runtimes.base import LogLine

LONGEST = 500
TRACEBACK = "Traceback (most recent call last):"
UNPRINTABLE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


def exception(lines: Sequence[LogLine]) -> str:
    """Return the line that names the exception of the newest traceback on stderr; empty without one."""
    texts = [each.text for each in lines if each.stream == "stderr"]
    starts = [index for index, text in enumerate(texts) if text.strip() == TRACEBACK]
    if not starts:
        return ""
    indent = _indent(texts[starts[-1]])
    return next((clip(text) for text in texts[starts[-1] + 1 :] if text.strip() and _indent(text) <= indent), "")


def last_words(lines: Sequence[LogLine]) -> str:
    """Return the newest exception, else the last line on stderr, else the last line at all."""
    own = [each for each in lines if each.stream != "platform"]
    errors = [each for each in own if each.stream == "stderr"]
    return exception(own) or _last(errors) or _last(own)


def clip(text: str) -> str:
    """Return the text without control characters and not longer than a message may be."""
    clean = UNPRINTABLE.sub("", text).strip()
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _last(lines: Sequence[LogLine]) -> str:
    return next((clip(each.text) for each in reversed(lines) if each.text.strip()), "")
