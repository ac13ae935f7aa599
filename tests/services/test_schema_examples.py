import json
from typing import Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from deploy_ui.services.schema_examples import LONGEST_TEXT, MOST_ITEMS, MOST_VALUES, example


class Item(BaseModel):
    sku: str = Field(min_length=3)
    price: float = Field(gt=0, le=100)
    tags: list[str] = []


class Node(BaseModel):
    value: int
    children: list["Node"] = []
    parent: "Node | None" = None


class Order(BaseModel):
    items: list[Item] = Field(min_length=2)
    count: int = Field(ge=1, lt=10)
    note: str | None = None
    kind: str = Field(json_schema_extra={"enum": ["new", "old"]})
    pair: tuple[int, str]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, {}),
        ({"type": "string"}, "text"),
        ({"type": "integer"}, 0),
        ({"type": "number", "exclusiveMinimum": 0}, 0.5),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"type": ["null", "string"]}, "text"),
        ({"type": "array"}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "format": "binary"}, ""),
        ({"const": 7}, 7),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "string", "default": "EUR"}, "EUR"),
        ({"type": "string", "examples": ["best"], "default": "worse"}, "best"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 0),
        ({"properties": {"a": {"type": "integer"}}}, {"a": 0}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "integer"}}}, 0),
        ({"$ref": "#/$defs/Gone"}, {}),
        (
            {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "string"}}}]},
            {"a": 0, "b": "text"},
        ),
    ],
)
def test_an_example_of_a_schema(schema: dict[str, Any], expected: Any) -> None:
    assert example(schema) == expected


@pytest.mark.parametrize("kind", [Item, Node, Order, list[Item], dict[str, int], int | None])
def test_what_pydantic_describes_is_let_through(kind: Any) -> None:
    described = TypeAdapter(kind)
    described.validate_json(json.dumps(example(described.json_schema())), strict=True)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}},
        {"type": "array", "items": {"type": "string"}, "minItems": 10**12},
        {"type": "string", "minLength": 10**12},
        {"anyOf": [{"anyOf": [{}]}] * 10_000},
    ],
)
def test_no_schema_makes_an_example_without_an_end(schema: dict[str, Any]) -> None:
    assert len(repr(example(schema))) < MOST_ITEMS * LONGEST_TEXT


def test_a_wide_and_deep_schema_ends_somewhere() -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(8):
        schema = {"type": "object", "properties": {f"p{number}": schema for number in range(40)}}
    assert repr(example(schema)).count(":") <= MOST_VALUES


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": 7},
        {"type": "object", "properties": {"a": None}},
        {"anyOf": [3]},
        {"enum": 5},
        {"type": "string", "minLength": "x"},
        {"type": "integer", "minimum": "low"},
        {"type": {"a": 1}},
        {"$defs": [], "$ref": "#/$defs/A"},
    ],
)
def test_what_is_no_schema_is_said(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no schema"):
        example(schema)
