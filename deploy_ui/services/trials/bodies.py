"""The body of a test request, as pieces in their order: bytes, and files that come from elsewhere."""

import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from deploy_ui.enums import BodyKind
from deploy_ui.services.trials.request import Field, Trial

WHOLE = "body"
"""The part that brings the file of the kind file."""
BYTES = "application/octet-stream"
BOUNDARY = re.compile(r"""\s*;\s*boundary\s*=\s*("[^"]*"|[^;\s]*)""", re.IGNORECASE)
TYPES = mimetypes.MimeTypes()  # the module's own table, without the machine's


@dataclass(frozen=True)
class FilePiece:
    """A file's content stands here."""

    part: str
    filename: str


Piece = bytes | FilePiece


def content_type(trial: Trial, boundary: str) -> str:
    """Return what is said of the body: the person's own word if there is one. Empty: nothing."""
    own = trial.content_type
    if trial.kind == BodyKind.MULTIPART:
        return f"{BOUNDARY.sub('', own) or 'multipart/form-data'}; boundary={boundary}"
    return own or OURS[trial.kind](trial)


def pieces(trial: Trial, boundary: str) -> list[Piece]:
    """Return the body; empty for a request without one."""
    match trial.kind:
        case BodyKind.JSON | BodyKind.TEXT:
            return [trial.text.encode()] if trial.text else []
        case BodyKind.FORM:
            return [encoded(trial.fields)] if trial.fields else []
        case BodyKind.MULTIPART:
            return _multipart(trial.fields, boundary)
        case BodyKind.FILE:
            return [FilePiece(WHOLE, trial.filename)]
        case BodyKind.NONE:
            return []


def encoded(fields: list[Field]) -> bytes:
    """Return the fields as an HTML form sends them."""
    return urlencode([(each.name, each.value) for each in fields]).encode()


def part_head(field: Field) -> str:
    """Return what stands above a field's content, without the empty line."""
    head = f'Content-Disposition: form-data; name="{_in_quotes(field.name)}"'
    if not field.part:
        return head
    return f'{head}; filename="{_in_quotes(field.filename)}"\r\nContent-Type: {type_of(field)}'


def type_of(field: Field) -> str:
    """Return the media type of a file in a form."""
    return field.type or _guessed(field.filename)


def _multipart(fields: list[Field], boundary: str) -> list[Piece]:
    made: list[Piece] = []
    for each in fields:
        made.append(f"--{boundary}\r\n{part_head(each)}\r\n\r\n".encode())
        made.append(FilePiece(each.part, each.filename) if each.part else each.value.encode())
        made.append(b"\r\n")
    return [*made, f"--{boundary}--\r\n".encode()]


def _in_quotes(text: str) -> str:
    """Escape a name as browsers and curl do."""  # https://html.spec.whatwg.org/#multipart-form-data
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _guessed(filename: str) -> str:
    kind, encoding = TYPES.guess_type(filename.rpartition("/")[2], strict=True)
    return kind if kind and not encoding else BYTES


OURS: dict[BodyKind, Callable[[Trial], str]] = {
    BodyKind.NONE: lambda _: "",
    BodyKind.JSON: lambda _: "application/json",
    BodyKind.TEXT: lambda _: "text/plain; charset=utf-8",
    BodyKind.FORM: lambda _: "application/x-www-form-urlencoded",
    BodyKind.FILE: lambda trial: _guessed(trial.filename),
}
