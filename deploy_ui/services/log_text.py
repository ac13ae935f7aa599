"""What a log line says without what only a terminal understands.

The line's text is a program's, and hostile. The viewer gets it as it is and reads the colours out of it; what is saved
as a text, searched or looked at for its level goes through `plain`, so that no `cat` of it moves a cursor, sets a
title or answers a terminal's question.
"""

import re

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?"  # colours, cursor, screen; also one that the line's end cut off
    r"|\x1b[\]P^_X][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, other strings to the terminal
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
"""All but the tab; what else some programs take for the end of a line is among them."""


def plain(text: str) -> str:
    """Return the text without escape sequences and control characters. Takes time in proportion to its length."""
    if text.isprintable():
        return text
    return _CONTROL.sub("", _SEQUENCE.sub("", text))
