"""Turns what `predict` returns into bytes. What JSON cannot hold is named by its path and type."""

import dataclasses
import datetime as dt
import decimal
import enum
import json
import math
import os
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from .refusals import Refusal, not_json

JSON = "application/json"
BYTES = "application/octet-stream"
DEEPEST = 200
"""Further down an answer is taken for one that contains itself."""
BINARY = (bytes, bytearray, memoryview)


def encode(answer: object, path: str = "answer") -> tuple[bytes, str]:
    """Return the body and its content type: bytes as they are, everything else as JSON."""
    if isinstance(answer, BINARY):
        return bytes(answer), BYTES
    return to_json(answer, path), JSON


def to_json(answer: object, path: str = "answer") -> bytes:
    """Return the answer as JSON, or raise `answer_not_json`. Arrays, tensors and series count as lists."""
    try:
        text = _FAST.encode(answer)
    except (TypeError, ValueError, RecursionError, AttributeError, Refusal):
        text = _FAST.encode(plain(answer, path))
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
        return json.dumps(json.loads(text)).encode()


def plain(value: object, path: str = "answer", depth: int = 0) -> Any:
    """Return the value in JSON's own types, or raise `answer_not_json` with the path of the part that does not fit."""
    if depth > DEEPEST:
        raise not_json(path[:200], "nested too deeply, or contains itself")
    if isinstance(value, float):
        return _finite(value, path)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {_key(key, path): plain(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    return plain(_simpler(value, path), path, depth + 1)


def _finite(value: float, path: str) -> float:
    if math.isfinite(value):
        return value
    raise not_json(path, "NaN" if math.isnan(value) else "Infinity")


def _key(key: object, path: str) -> str | int | float | bool | None:
    if isinstance(key, float):
        return _finite(key, f"a key of {path}")
    if key is None or isinstance(key, (str, int)):
        return key
    if isinstance(key, (dt.date, uuid.UUID)) or hasattr(key, "tolist"):
        return str(key)
    raise not_json(f"a key of {path}", _name(key))


def _simpler(value: Any, path: str = "answer") -> object:
    """Return one step towards JSON's own types."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat() if value == value else math.nan  # noqa: PLR0124  pandas' NaT is no date
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, (uuid.UUID, decimal.Decimal, os.PathLike)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return _in_order(value)
    return _by_its_own_word(value, path)


def _by_its_own_word(value: Any, path: str) -> object:
    """Ask the object itself: dataclasses, pydantic models, arrays, tensors, series, frames, mappings."""
    if isinstance(value, (type, *BINARY)):
        raise not_json(path, _name(value))
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if callable(dump := getattr(value, "model_dump", None)):
        return dump()
    if callable(items := getattr(value, "tolist", None)):
        return items()
    if type(value).__name__ == "DataFrame" and hasattr(value, "to_dict"):
        return value.to_dict(orient="records")
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "_asdict") or isinstance(value, (type({}.keys()), type({}.values()), range)):
        return list(value)
    raise not_json(path, _name(value))


def _in_order(values: Iterable[Any]) -> list[Any]:
    """Return a set as a list, the same each time where its items can be compared."""
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def _name(value: object) -> str:
    kind = value if isinstance(value, type) else type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


_FAST = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_simpler)
