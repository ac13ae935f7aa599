"""An example of what a JSON Schema describes. Pure; made for the schemas that type hints give.

A schema comes from the author's own process, so it may be anything: a wrong one gives None or raises ValueError,
and none makes an example without an end.
"""

from collections.abc import Callable, Mapping
from typing import Any

DEEPEST = 8
"""A schema that contains itself ends here."""
MOST_VALUES = 500
"""So does one that is very wide."""
MOST_ITEMS = 5
LONGEST_TEXT = 200

Schema = Mapping[str, Any]

FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00",
    "duration": "PT1H",
    "email": "anna@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


def example(schema: Schema) -> Any:
    """Return a value that the schema lets through, as far as that can be told without trying."""
    try:
        return _Maker(schema.get("$defs", {})).value(schema, DEEPEST)
    except (TypeError, AttributeError, KeyError, OverflowError) as error:
        raise ValueError("this is no schema") from error


class _Maker:
    """Makes one example; counts what it makes."""

    def __init__(self, definitions: Schema) -> None:
        self.definitions = definitions
        self.left = MOST_VALUES

    def value(self, schema: Schema, depth: int) -> Any:
        self.left -= 1
        schema = self.resolved(schema)
        for key, choose in GIVEN.items():
            if key in schema:
                return choose(schema[key])
        if depth <= 0 or self.left <= 0:
            return None
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return self.value(_plainest(choices), depth - 1)
        if schema.get("allOf"):
            return self.value(self.merged(schema), depth - 1)
        return self.made(schema, depth - 1)

    def resolved(self, schema: Schema) -> Schema:
        """Return the schema with what its reference names, if it has one."""
        if "$ref" not in schema:
            return schema
        named = self.definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1], {})
        return {**named, **{key: value for key, value in schema.items() if key != "$ref"}}

    def merged(self, schema: Schema) -> Schema:
        """Return the schema with all of its parts in one."""
        whole: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
        for part in map(self.resolved, schema["allOf"]):
            properties = {**whole.get("properties", {}), **part.get("properties", {})}
            whole = {**part, **whole, **({"properties": properties} if properties else {})}
        return whole

    def made(self, schema: Schema, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), "null")
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            return self.array(schema, depth)
        return PLAIN[kind](schema) if kind in PLAIN else {}

    def object(self, schema: Schema, depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        if depth <= 0:  # a thing that contains itself: what may be left out is
            properties = {name: each for name, each in properties.items() if name in schema.get("required", ())}
        return {name: self.value(each, depth) for name, each in properties.items() if self.left > 0}

    def array(self, schema: Schema, depth: int) -> list[Any]:
        if schema.get("prefixItems"):
            return [self.value(each, depth) for each in schema["prefixItems"]]
        items = schema.get("items")
        if not isinstance(items, Mapping) or depth <= 0:
            return []
        count = min(max(schema.get("minItems", 1), 1), MOST_ITEMS)
        return [self.value(items, depth) for _ in range(count)]


def _plainest(choices: list[Schema]) -> Schema:
    """Return the first choice that is not null."""
    return next((each for each in choices if each.get("type") != "null"), choices[0])


def _text(schema: Schema) -> str:
    if "format" in schema:
        return FORMATS.get(schema["format"], "")
    return "a" * min(schema["minLength"], LONGEST_TEXT) if schema.get("minLength") else "text"


def _bounded(schema: Schema, step: float) -> Any:
    """Return a number between the bounds, 0 where they allow it."""
    low = schema.get("minimum", schema["exclusiveMinimum"] + step if "exclusiveMinimum" in schema else None)
    high = schema.get("maximum", schema["exclusiveMaximum"] - step if "exclusiveMaximum" in schema else None)
    number = 0 if low is None else max(low, 0)
    return number if high is None else min(number, high)


GIVEN: Mapping[str, Callable[[Any], Any]] = {
    "const": lambda value: value,
    "examples": lambda values: values[0] if values else None,
    "default": lambda value: value,
    "enum": lambda values: values[0] if values else None,
}
"""What an author says of a value is better than what can be guessed, in this order."""

PLAIN: Mapping[str, Callable[[Schema], Any]] = {
    "string": _text,
    "integer": lambda schema: int(_bounded(schema, 1)),
    "number": lambda schema: float(_bounded(schema, 0.5)),
    "boolean": lambda _schema: False,
    "null": lambda _schema: None,
}
