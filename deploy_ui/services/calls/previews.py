"""How the bodies of a call begin, for people to look at. All of it is callers' and models' data: hostile."""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import LargeBinary, func
from sqlmodel import Session, col, select

from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.models import Call, Content
from deploy_ui.services.calls import bodies, lookup
from deploy_ui.services.calls.answers import content_type, encoding, media_type
from deploy_ui.services.viewer import Viewer

SHOWN_BYTES = 2048
TEXTS = ("json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "csv")
"""Ends of the media types that are text, beside `text/*`."""


@dataclass(frozen=True)
class Preview:
    """How one body begins."""

    size: int
    """Bytes of the whole; 0: there is none."""
    text: str
    """Its first bytes; empty if they are no text."""
    more: bool
    """Whether the text goes on."""


@dataclass(frozen=True)
class Previews:
    """How both bodies begin."""

    request: Preview
    answer: Preview


def preview(viewer: Viewer, slug: str, call_id: str) -> Previews:
    """Return how request and answer begin. Raises NotFound, or Gone for a call that was forgotten."""
    viewer.require(Role.EDITOR)
    with reading() as session:
        call = lookup.call(session, slug, call_id)
        asked = _first(session, call, call.body_file, answer=False)
        answered = _first(session, call, call.answer_file, answer=True)
        return Previews(
            request=_made(asked, call.body_size, call.headers),
            answer=_made(answered, call.answer_size, call.answer_headers),
        )


def _first(session: Session, call: Call, file: str, *, answer: bool) -> bytes:
    if file:
        try:
            with bodies.path_of(file).open("rb") as opened:
                return opened.read(SHOWN_BYTES)
        except FileNotFoundError:
            return b""
    part = func.substr(col(Content.data), 1, SHOWN_BYTES, type_=LargeBinary)
    query = select(part).where(col(Content.call_number) == call.number, col(Content.answer) == answer)
    return bytes(session.exec(query).first() or b"")


def _made(first: bytes, size: int, headers: Iterable[list[str]]) -> Preview:
    headers = list(headers)
    text = "" if encoding(headers) else _text(first, media_type(content_type(headers)))
    return Preview(size=size, text=text, more=bool(text) and size > len(first))


def _text(first: bytes, kind: str) -> str:
    """Return the bytes as text; empty if they are none. A letter that the cut went through is left out."""
    if b"\0" in first:
        return ""
    named = kind.startswith("text/") or kind.endswith(TEXTS)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace" if named else "strict")
    try:
        return decoder.decode(first)
    except UnicodeDecodeError:
        return ""
