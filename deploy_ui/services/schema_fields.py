"""The fields of a request that a JSON Schema describes, for people to read. Pure.

A schema comes from the author's own process, so it may be anything: of a wrong one no fields are told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_FIELDS = 50
DEEPEST = 8
LONGEST = 200

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class RequestField:
    """One field of a request."""

    name: str
    kind: str
    """In the words of JSON Schema: `string`, `integer[]`, `number | null`; empty if the schema does not say."""
    required: bool
    about: str
    """What the author says of it; user content."""


def request_fields(schema: Schema) -> list[RequestField]:
    """Return the fields of an object, or of the objects in a list; none for anything else."""
    try:
        return _fields(_resolved(schema, schema.get("$defs", {})), schema.get("$defs", {}))
    except (TypeError, AttributeError, KeyError, ValueError):
        return []


def _fields(schema: Schema, definitions: Schema) -> list[RequestField]:
    if schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
        schema = _resolved(schema["items"], definitions)
    required = schema.get("required", ())
    found = list(schema.get("properties", {}).items())[:MOST_FIELDS]
    return [
        RequestField(
            name=str(name)[:LONGEST],
            kind=_kind(each, definitions, DEEPEST)[:LONGEST],
            required=name in required,
            about=str(_resolved(each, definitions).get("description", ""))[:LONGEST],
        )
        for name, each in found
    ]


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    """Return the schema with what its reference names, if it has one."""
    if "$ref" not in schema:
        return schema
    return {**definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1], {}), **schema}


def _kind(schema: Schema, definitions: Schema, depth: int) -> str:
    schema = _resolved(schema, definitions)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if depth <= 0:
        return ""
    if choices:
        return " | ".join(dict.fromkeys(_kind(each, definitions, depth - 1) for each in choices[:DEEPEST]))
    kind = schema.get("type", "")
    if isinstance(kind, list):
        return " | ".join(map(str, kind))
    if kind == "array":
        return f"{_kind(schema.get('items', {}), definitions, depth - 1)}[]"
    return str(kind or ("object" if "properties" in schema else ""))
