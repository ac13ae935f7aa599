"""What a browser says to a log's websocket. Everything that is not as agreed raises ValueError."""

import json
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from deploy_ui.api.log_feeds import Hello
from deploy_ui.services.log_reader import Span

LARGEST = 64 * 1024
MOST_TAIL = 100_000
MOST_OLDER = 10_000
DEFAULT_TAIL = 1000
DEFAULT_OLDER = 1000


def hello(words: str) -> Hello:
    """Read the first message: `{"cursors": {instance: cursor}, "tail": 1000, "around": "instance:cursor"}`."""
    said = _said(words)
    return Hello(
        cursors=_cursors(said.get("cursors")),
        tail=_number(said.get("tail", DEFAULT_TAIL), MOST_TAIL),
        around=_around(said.get("around")),
    )


def older(words: str) -> tuple[dict[str, str], int]:
    """Read a later message: `{"older": {instance: cursor of the oldest line held}, "limit": 1000}`."""
    said = _said(words)
    return _cursors(said.get("older")), max(1, _number(said.get("limit", DEFAULT_OLDER), MOST_OLDER))


def span(slug: str, query: QueryParams) -> Span:
    """Read which lines are wanted from the address."""
    return Span(slug, query.get("instance", ""), time(query.get("since", "")), time(query.get("until", "")))


def time(words: str) -> datetime | None:
    """Read a time with its zone (RFC 3339); None for an empty text."""
    if not words:
        return None
    at = datetime.fromisoformat(words)
    if at.tzinfo is None:
        raise ValueError("time_without_zone")
    return at


def _said(words: str) -> dict[str, Any]:
    if len(words) > LARGEST:
        raise ValueError("message_too_long")
    said = json.loads(words)
    if not isinstance(said, dict):
        raise ValueError("message_is_no_object")  # noqa: TRY004 all that is wrong here is one kind of error
    return said


def _cursors(said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise ValueError("cursors_missing")
    return said


def _number(said: object, most: int) -> int:
    if not isinstance(said, int) or said < 0:
        raise ValueError("number_wrong")
    return min(said, most)


def _around(said: object) -> tuple[str, str] | None:
    if said is None:
        return None
    if not isinstance(said, str):
        raise ValueError("around_wrong")  # noqa: TRY004 as above
    instance, _, cursor = said.partition(":")
    return instance, cursor
