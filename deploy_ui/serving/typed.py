"""Checks payloads against type hints with pydantic. Imported only when a hint needs it."""

import functools
import operator
import types
import typing
from collections.abc import Callable
from typing import Any, Literal

import typing_extensions
from pydantic import TypeAdapter, ValidationError
from pydantic.errors import (
    PydanticInvalidForJsonSchema,
    PydanticSchemaGenerationError,
    PydanticUndefinedAnnotation,
    PydanticUserError,
)

from .refusals import Refusal, invalid

MOST_ERRORS = 100


class Unusable(Exception):
    """pydantic knows no schema for the hint."""


def typed(annotation: Any) -> tuple[Callable[[Any, str], Any], Callable[[str], dict[str, Any]]]:
    """Return a check and a schema for the hint, or raise Unusable."""
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(_current(annotation))
    except (PydanticSchemaGenerationError, PydanticUserError, PydanticUndefinedAnnotation) as error:
        raise Unusable(str(error).splitlines()[0]) from error

    def check(payload: Any, path: str) -> Any:
        try:
            return adapter.validate_python(payload)
        except ValidationError as error:
            raise told(error, path) from None

    return check, lambda template: _schema(adapter, template, "validation")


def answer_schema(annotation: Any, template: str) -> dict[str, Any] | None:
    """Return the schema of what is answered, or None where the hint has none."""
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(_current(annotation))
    except (PydanticUserError, PydanticUndefinedAnnotation):
        return None
    return _schema(adapter, template, "serialization")


def _schema(adapter: TypeAdapter[Any], template: str, mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """Return the JSON Schema; of a type that has none, the schema of anything."""
    try:
        return adapter.json_schema(ref_template=template, mode=mode)
    except PydanticInvalidForJsonSchema:
        return {}


def told(error: ValidationError, path: str) -> Refusal:
    """Name every field that is wrong, as a caller would write it: `a.b[2]`."""
    rows = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    return invalid(*((_field(path, row["loc"]), row["msg"]) for row in rows))


def _field(path: str, parts: tuple[int | str, ...]) -> str:
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".") or "payload"


def _current(annotation: Any) -> Any:
    """Rebuild `typing.TypedDict`, which pydantic refuses before Python 3.12, as that of typing_extensions."""
    if typing.is_typeddict(annotation) and type(annotation).__module__ == "typing":
        hints = typing.get_type_hints(annotation, include_extras=True)
        fields = {
            name: _wrapped(_current(hint), required=name in annotation.__required_keys__)
            for name, hint in hints.items()
        }
        return typing_extensions.TypedDict(annotation.__name__, fields)  # type: ignore[operator]
    arguments = typing.get_args(annotation)
    if not arguments or typing.get_origin(annotation) in {typing.Literal, typing.Annotated}:
        return annotation
    current = tuple(_current(each) for each in arguments)
    return annotation if current == arguments else _again(annotation, current)


def _wrapped(hint: Any, *, required: bool) -> Any:
    mark = typing.get_origin(hint)
    if mark is typing.Required or mark is typing.NotRequired:  # the class itself misses marks in postponed hints
        hint, required = typing.get_args(hint)[0], mark is typing.Required
    return typing_extensions.Required[hint] if required else typing_extensions.NotRequired[hint]


def _again(annotation: Any, arguments: tuple[Any, ...]) -> Any:
    """Make the same generic type of other arguments."""
    if hasattr(annotation, "copy_with"):
        return annotation.copy_with(arguments)
    origin: Any = typing.get_origin(annotation)
    return functools.reduce(operator.or_, arguments) if origin is types.UnionType else origin[arguments]
