from typing import Any

import pytest
from pydantic import BaseModel, Field

from deploy_ui.services.schema_fields import MOST_FIELDS, SchemaField, fields


class Item(BaseModel):
    price: float = Field(description="In roubles.")
    tags: list[str] = []


class Order(BaseModel):
    id: int
    kind: str = Field(default="new", json_schema_extra={"enum": ["new", "old"]})
    items: list[Item]
    first: Item | None = None
    at: str = Field(json_schema_extra={"format": "date-time"})


class Node(BaseModel):
    child: "Node | None" = None


def test_fields_are_told_with_those_within() -> None:
    assert fields(Order.model_json_schema()) == [
        SchemaField("id", "integer", required=True, description=""),
        SchemaField("kind", "string", required=False, description='"new" | "old" · = "new"'),
        SchemaField("items", "array of object", required=True, description=""),
        SchemaField("items[].price", "number", required=True, description="In roubles."),
        SchemaField("items[].tags", "array of string", required=False, description="= []"),
        SchemaField("first", "object | null", required=False, description="= null"),
        SchemaField("first.price", "number", required=True, description="In roubles."),
        SchemaField("first.tags", "array of string", required=False, description="= []"),
        SchemaField("at", "string (date-time)", required=True, description=""),
    ]


def test_a_schema_that_contains_itself_ends() -> None:
    assert [each.name for each in fields(Node.model_json_schema())][:2] == ["child", "child.child"]


def test_a_very_wide_one_is_cut() -> None:
    schema = {"properties": {f"f{number}": {"type": "string"} for number in range(10_000)}}
    assert len(fields(schema)) == MOST_FIELDS


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {},
        {"type": "string"},
        {"properties": 7},
        {"properties": {"a": 7}, "required": 3},
        {"properties": {"a": {"$ref": 5}}, "$defs": 4},
        {"properties": {"a": {"anyOf": [7]}, "b": {"enum": 1}, "c": {"allOf": [None]}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"type": ["array"], "items": [[]]},
        {"properties": {"a": {"type": {"b": 1}, "default": {"x": ["<script>"]}}}},
    ],
)
def test_whatever_it_is_it_breaks_nothing(schema: Any) -> None:
    assert isinstance(fields(schema), list)
