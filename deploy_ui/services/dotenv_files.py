"""Reads the text of a `.env` file. Pure: nothing is kept, and `$` stands for itself."""

import io
from dataclasses import dataclass, field

from dotenv.parser import parse_stream

from deploy_ui.enums import Role
from deploy_ui.errors import Invalid
from deploy_ui.services.viewer import Viewer


@dataclass(frozen=True)
class ReadVariable:
    """One line of the file."""

    name: str
    value: str = field(repr=False)


def read(viewer: Viewer, text: str) -> list[ReadVariable]:
    """Return the variables in the order of the file; the last of equal names counts.

    Quotes, newlines in quotes, `export` and comments are as shells and Docker Compose know them. Raises Invalid with
    the number of the first line that is none.
    """
    viewer.require(Role.EDITOR)
    found: dict[str, str] = {}
    for each in parse_stream(io.StringIO(text.removeprefix("\ufeff"), newline=None)):
        if each.error or (each.key is not None and each.value is None):
            raise Invalid("env_line", field="text", line=_line(each.original.string, each.original.line))
        if each.key is not None and each.value is not None:
            found.pop(each.key, None)
            found[each.key] = each.value
    return [ReadVariable(name, value) for name, value in found.items()]


def _line(piece: str, number: int) -> int:
    """Return the line a piece begins in, past the empty ones before it."""
    return number + piece[: len(piece) - len(piece.lstrip())].count("\n")
