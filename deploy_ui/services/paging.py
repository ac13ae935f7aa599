"""Pages of long lists, walked by an opaque cursor that survives rows coming and going."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, false, func, or_

from deploy_ui.errors import Invalid

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LONGEST_SEARCH = 200

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None
    """The cursor of the following page; None on the last one."""


def checked_limit(limit: int) -> int:
    """Return the limit, or raise Invalid."""
    if not 1 <= limit <= LARGEST_LIMIT:
        raise Invalid("out_of_range", field="limit", low=1, high=LARGEST_LIMIT)
    return limit


def encode_cursor(values: Sequence[str | int]) -> str:
    """Turn the sort values of a page's last row into a cursor."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """Return the sort values of a cursor, of exactly these types; raise Invalid for one we did not make."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Invalid("cursor_wrong", field="cursor") from error
    if not isinstance(values, list) or [type(value) for value in values] != list(kinds):
        raise Invalid("cursor_wrong", field="cursor")
    return [plain(value) if isinstance(value, str) else _fitting(value) for value in values]


def after(columns: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Select the rows behind these sort values, all columns ascending."""
    condition: ColumnElement[bool] = false()
    for position in reversed(range(len(columns))):
        same_so_far = [columns[earlier] == values[earlier] for earlier in range(position)]
        condition = or_(and_(*same_so_far, columns[position] > values[position]), condition)
    return condition


def matches(search: str, *columns: Any) -> ColumnElement[bool]:
    """Select rows where one of the columns holds the words people typed, in any case."""
    wanted = plain(search)[:LONGEST_SEARCH].strip().lower()
    return or_(*(func.lower(column).contains(wanted, autoescape=True) for column in columns))


def plain(text: str) -> str:
    """Drop what no database stores: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _fitting(value: int) -> int:
    if abs(value) >= 2**63:
        raise Invalid("cursor_wrong", field="cursor")
    return value
