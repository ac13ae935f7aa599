"""The fields that a JSON Schema describes, as rows of a table. Pure; made for the schemas that type hints give.

A schema comes from the author's own process, so it may be anything: whatever is no schema has no fields, and none has
fields without an end.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEEPEST = 5
MOST_FIELDS = 200
LONGEST_WORDS = 500
MOST_VALUES = 8

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class SchemaField:
    """One field."""

    name: str
    """With the fields that it lies in: `items[].price`."""
    type: str
    """As the schema calls it; with a format, a list's items, or what it may be besides."""
    required: bool
    description: str
    """The author's words, what is allowed, and what counts if it is left out; user content."""


def fields(schema: Schema | None) -> list[SchemaField]:
    """Return the fields, outer before inner, at most a page of them."""
    found = []
    for each in _fields(schema or {}, (schema or {}).get("$defs", {}), "", DEEPEST):
        found.append(each)
        if len(found) == MOST_FIELDS:
            break
    return found


def _fields(schema: Any, definitions: Any, above: str, depth: int) -> Iterator[SchemaField]:
    schema = _inner(schema, definitions)
    properties, required = schema.get("properties"), schema.get("required")
    if depth <= 0 or not isinstance(properties, Mapping):
        return
    for name, each in properties.items():
        field = _resolved(each, definitions)
        path = f"{above}{name}"
        needed = isinstance(required, list) and name in required
        yield SchemaField(path[:LONGEST_WORDS], _type(field, definitions, DEEPEST), needed, _words(field))
        yield from _fields(field, definitions, f"{path}[]." if _is_list(field) else f"{path}.", depth - 1)


def _inner(schema: Any, definitions: Any) -> Schema:
    """Return the object that a schema is, holds a list of, or may be beside null."""
    schema = _resolved(schema, definitions)
    if _is_list(schema):
        return _inner_or_nothing(schema.get("items"), definitions)
    choices = _choices(schema)
    return _inner_or_nothing(choices[0], definitions) if len(choices) == 1 else schema


def _inner_or_nothing(schema: Any, definitions: Any) -> Schema:
    found = _resolved(schema, definitions)
    return found if isinstance(found.get("properties"), Mapping) else {}


def _resolved(found: Any, definitions: Any) -> Schema:
    """Return the schema with what its reference names, if it has one."""
    schema = _mapping(found)
    parts = schema.get("allOf")
    if isinstance(parts, list) and len(parts) == 1:  # how a reference with words of its own was once written
        schema = {**_mapping(parts[0]), **schema}
    if "$ref" not in schema or not isinstance(definitions, Mapping):
        return schema
    named = _mapping(definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1]))
    return {**named, **{key: value for key, value in schema.items() if key != "$ref"}}


def _mapping(value: Any) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _is_list(schema: Schema) -> bool:
    return schema.get("type") == "array"


def _choices(schema: Schema) -> list[Any]:
    """Return what it may be besides null; nothing where it is one thing."""
    found = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(found, list):
        return []
    return [each for each in found if not (isinstance(each, Mapping) and each.get("type") == "null")]


def _type(schema: Schema, definitions: Any, depth: int) -> str:
    if depth <= 0:
        return "…"
    found = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(found, list):
        choices = [_type(_resolved(each, definitions), definitions, depth - 1) for each in found[:MOST_VALUES]]
        return " | ".join(dict.fromkeys(choices))[:LONGEST_WORDS]
    kind = schema.get("type", "object" if "properties" in schema else "any")
    words = " | ".join(map(str, kind)) if isinstance(kind, list) else str(kind)
    if _is_list(schema):
        words = f"array of {_type(_resolved(schema.get('items'), definitions), definitions, depth - 1)}"
    if isinstance(schema.get("format"), str):
        words += f" ({schema['format']})"
    return words[:LONGEST_WORDS]


def _words(schema: Schema) -> str:
    """Return the description, the values it is one of, and its default."""
    parts = [schema["description"]] if isinstance(schema.get("description"), str) else []
    if isinstance(schema.get("enum"), list):
        values = [_value(each) for each in schema["enum"][:MOST_VALUES]]
        parts.append(" | ".join([*values, *(["…"] if len(schema["enum"]) > MOST_VALUES else [])]))
    if "default" in schema:
        parts.append(f"= {_value(schema['default'])}")
    return " · ".join(parts)[:LONGEST_WORDS]


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:LONGEST_WORDS]
