"""What the author's type hint says of the payload: how to check it, its schema, and how batches reach it.

| hint                                                      | `takes` | of `{"instances": […]}` or tensors it gets |
| none, Any, dict, Mapping, a type with a field `instances` | request | everything, as one dict                    |
| list, tuple, set, Sequence, numpy.ndarray                 | batch   | the list of instances                      |
| anything else: a model, a dataclass, float, str, bytes, … | single  | one instance at a time                     |
"""

import collections.abc
import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .log import say
from .refusals import invalid
from .script import parameters

LISTS = (
    list,
    tuple,
    set,
    frozenset,
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Collection,
    collections.abc.Set,
)
OBJECTS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
REFERENCE = "#/components/schemas/{model}"


class Takes(StrEnum):
    """How a batch reaches `predict`."""

    REQUEST = "request"
    BATCH = "batch"
    SINGLE = "single"


@dataclass(frozen=True)
class Hint:
    """One payload hint, ready for use."""

    takes: Takes = Takes.REQUEST
    check: Callable[[Any, str], Any] = lambda payload, _path: payload
    """Return the payload in the hinted type, or raise `invalid_payload` with each field behind the path."""
    schema: Callable[[str], dict[str, Any]] | None = None
    """JSON Schema of the payload, given a template for references; None: anything goes."""
    binary: bool = False
    """The body itself is the payload, whatever its type."""
    text: bool = False
    """A body of type text/… is the payload."""
    free: bool = True
    """Nothing is hinted, so a body that is not JSON is given as bytes."""
    record: bool = False
    """The payload is an object of named fields."""


def read_hint(model: type, method: str) -> Hint:
    """Return the hint of a method's payload: its first parameter behind `self`."""
    [payload, *_] = parameters(model, method)
    return make_hint(annotations(getattr(model, method)).get(payload.name, Any))


def annotations(method: Callable[..., Any]) -> dict[str, Any]:
    """Return the resolved hints of a method; none where a name in them cannot be resolved."""
    try:
        return typing.get_type_hints(inspect.unwrap(method), include_extras=True)
    except Exception as error:  # noqa: BLE001  resolving runs the author's text
        say(f"The type hints of {method.__name__} cannot be read, so payloads are not checked: {error}")
        return {}


def make_hint(annotation: Any) -> Hint:
    """Choose how payloads of this hint are read."""
    if annotation is Any or annotation is object:
        return Hint()
    if annotation is bytes or annotation is bytearray:
        return Hint(takes=Takes.SINGLE, check=_bytes(annotation), schema=_binary_schema, binary=True, free=False)
    if _is_array(annotation):
        return Hint(takes=Takes.BATCH, check=_array(annotation), schema=lambda _template: {"type": "array"}, free=False)
    if _is_plain_object(annotation):
        return Hint(check=_object, schema=lambda _template: {"type": "object"}, free=False)
    return _typed(annotation)


def _typed(annotation: Any) -> Hint:
    from .typed import Unusable, typed  # noqa: PLC0415  pydantic takes long to import, and many models need none

    try:
        check, schema = typed(annotation)
    except Unusable as error:
        say(f"The hint {annotation!r} cannot be checked, so payloads come as they are: {error}")
        return Hint()
    return Hint(
        takes=_takes(annotation),
        check=check,
        schema=schema,
        text=annotation is str,
        free=False,
        record=_is_record(annotation),
    )


def _takes(annotation: Any) -> Takes:
    """Return how a batch reaches a payload of this hint; of a union, the first member that is not None decides."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _takes(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return _takes(next(each for each in typing.get_args(annotation) if each is not type(None)))
    origin = typing.get_origin(annotation) or annotation
    if origin in LISTS or _is_array(annotation):
        return Takes.BATCH
    if annotation is Any or "instances" in _fields(annotation) or (origin in OBJECTS and _holds_lists(annotation)):
        return Takes.REQUEST
    return Takes.SINGLE


def _fields(annotation: Any) -> Mapping[str, Any]:
    return annotation.__annotations__ if isinstance(annotation, type) and hasattr(annotation, "__annotations__") else {}


def _is_record(annotation: Any) -> bool:
    return bool(_fields(annotation)) or (typing.get_origin(annotation) in OBJECTS)


def _holds_lists(annotation: Any) -> bool:
    values = typing.get_args(annotation)[1:]
    return not values or values[0] is Any or (typing.get_origin(values[0]) or values[0]) in (*LISTS, object)


def _is_plain_object(annotation: Any) -> bool:
    if (typing.get_origin(annotation) or annotation) not in OBJECTS:
        return False
    return typing.get_args(annotation) in {(), (str, Any), (str, object)}


def _is_array(annotation: Any) -> bool:
    origin = typing.get_origin(annotation) or annotation
    return isinstance(origin, type) and origin.__name__ == "ndarray" and origin.__module__ == "numpy"


def _object(payload: Any, path: str) -> Any:
    if isinstance(payload, dict):
        return payload
    raise invalid((path or "payload", "Input should be an object"))


def _bytes(kind: type) -> Callable[[Any, str], Any]:
    def check(payload: Any, path: str) -> Any:
        if isinstance(payload, bytes):
            return kind(payload)
        raise invalid((path or "payload", 'Input should be bytes: {"b64": "…"} inside JSON'))

    return check


def _binary_schema(_template: str) -> dict[str, Any]:
    return {"type": "string", "format": "binary"}


def _array(annotation: Any) -> Callable[[Any, str], Any]:
    numpy = sys.modules["numpy"]
    dtypes = [part for part in typing.get_args(annotation) if typing.get_origin(part) is numpy.dtype]
    named = typing.get_args(dtypes[0])[0] if dtypes else None
    dtype = named if isinstance(named, type) and named not in _abstract(numpy) else None

    def check(payload: Any, path: str) -> Any:
        try:
            return numpy.asarray(payload, dtype=dtype)
        except (TypeError, ValueError, OverflowError) as error:
            raise invalid((path or "payload", f"Input should be an array: {error}")) from None

    return check


def _abstract(numpy: Any) -> tuple[type, ...]:
    """Return numpy's types that no array can be of."""
    return (numpy.generic, numpy.number, numpy.integer, numpy.floating, numpy.inexact, numpy.signedinteger)
