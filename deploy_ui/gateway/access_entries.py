"""One line of Envoy's access log as plain values. Paths, methods and ids are callers' words: hostile."""

import json
from datetime import datetime
from typing import Any, NamedTuple

LONGEST_LINE = 64 << 10
"""Envoy writes far shorter ones; a longer one is nobody's request."""
LONGEST_PATH = 512
LONGEST_WORD = 128
MOST = 2**53
"""Numbers beyond are no measurements; browsers could not hold them either."""
LATEST_MS = 253_000_000_000_000
"""In the last year that a calendar has."""
HIGHEST_STATUS = 999
UNPRINTABLE = "\ufffd"
NOTHING = "-"
"""What Envoy writes for an empty value in text."""


class Entry(NamedTuple):
    """A request that reached a deployment's route. What the line does not say is empty or 0."""

    at_ms: int
    """When it began, in milliseconds since 1970."""
    place: int
    """Where its line begins in the file; tells requests of one millisecond apart."""
    slug: str
    state: str
    """What the route did at that time."""
    method: str
    path: str
    """Without a query; as the instance saw it where it was sent to one."""
    status: int
    """0: nobody was there any more to get an answer."""
    flags: frozenset[str]
    details: str
    refused: str
    """The code of the activator's refusal."""
    bytes_in: int
    bytes_out: int
    duration_us: int
    upstream: str
    key: str
    kind: str
    """`key` or `console`; empty without a good key."""
    request_id: str
    instance: str
    revision: int
    """0: not known."""


def parse(line: bytes, place: int) -> Entry | None:
    """Return what the line says; None for what is no request to a deployment."""
    if len(line) > LONGEST_LINE:
        return None
    try:
        said = json.loads(line.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    at_ms = _moment(said.get("at")) if isinstance(said, dict) else None
    if at_ms is None or not _text(said.get("slug")):
        return None
    return _entry(said, at_ms, place)


def _entry(said: dict[str, Any], at_ms: int, place: int) -> Entry:
    return Entry(
        at_ms=at_ms,
        place=place,
        slug=_text(said.get("slug")),
        state=_text(said.get("state")),
        method=_text(said.get("method")),
        path=_text(said.get("path"), LONGEST_PATH),
        status=min(_number(said.get("status")), HIGHEST_STATUS),
        flags=frozenset(_text(said.get("flags")).split(",")) - {"", NOTHING},
        details=_text(said.get("details")),
        refused=_text(said.get("refused")),
        bytes_in=_number(said.get("bytes_in")),
        bytes_out=_number(said.get("bytes_out")),
        duration_us=_number(said.get("duration_us")) or min(_number(said.get("duration_ms")) * 1000, MOST),
        upstream=_text(said.get("upstream")),
        key=_text(said.get("key")),
        kind=_text(said.get("kind")),
        request_id=_text(said.get("request_id")),
        instance=_text(said.get("instance")),
        revision=_number(said.get("revision")),
    )


def _moment(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        at_ms = round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return at_ms if at.tzinfo is not None and 0 < at_ms < LATEST_MS else None


def _text(value: object, most: int = LONGEST_WORD) -> str:
    """Return a text that every file, page and terminal can hold: no control characters, nothing that turns others."""
    if not isinstance(value, str):
        return ""
    short = value[:most]
    return short if short.isprintable() else "".join(each if each.isprintable() else UNPRINTABLE for each in short)


def _number(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(MOST)):
        return min(int(value), MOST)
    return max(0, min(value, MOST)) if isinstance(value, int) and not isinstance(value, bool) else 0
