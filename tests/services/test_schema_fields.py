from typing import Any

import pytest

from deploy_ui.services.schema_fields import MOST_FIELDS, RequestField, request_fields

POINT = {"type": "object", "properties": {"x": {"type": "number"}}}


def kinds(properties: dict[str, Any], **more: Any) -> list[str]:
    return [each.kind for each in request_fields({"type": "object", "properties": properties, **more})]


def test_every_field_says_what_it_is_and_whether_it_must_be_there() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "description": "First"}, "b": {"type": "integer"}},
        "required": ["a"],
    }
    assert request_fields(schema) == [
        RequestField("a", "string", required=True, about="First"),
        RequestField("b", "integer", required=False, about=""),
    ]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "array", "items": {"type": "number"}}, "number[]"),
        ({"type": "array"}, "[]"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": ["integer", "null"]}, "integer | null"),
        ({"$ref": "#/$defs/Point"}, "object"),
        ({"properties": {}}, "object"),
        ({}, ""),
    ],
)
def test_kinds_are_told_in_the_schemas_words(schema: dict[str, Any], kind: str) -> None:
    assert kinds({"a": schema}, **{"$defs": {"Point": POINT}}) == [kind]


def test_the_fields_of_the_objects_in_a_list_are_told() -> None:
    assert [each.name for each in request_fields({"type": "array", "items": POINT})] == ["x"]
    assert [each.name for each in request_fields({"$ref": "#/$defs/P", "$defs": {"P": POINT}})] == ["x"]


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "array", "items": {"$ref": "#/$defs/Node"}}
    assert kinds({"next": {"$ref": "#/$defs/Node"}}, **{"$defs": {"Node": node}})[0].endswith("[]")


def test_a_very_wide_one_is_cut() -> None:
    assert len(kinds({str(number): {} for number in range(1000)})) == MOST_FIELDS


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": 1},
        {"properties": {"a": 1}},
        {"properties": {}, "required": 3, "x": []},
        {"$ref": 1},
        {"$defs": 1},
    ],
)
def test_what_is_no_schema_tells_nothing(schema: dict[str, Any]) -> None:
    assert request_fields(schema) == []
