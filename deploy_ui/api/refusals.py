"""What pydantic found wrong with a request, as one of our codes with facts: its own words are English only. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

BY_KIND: Mapping[str, str] = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    **dict.fromkeys(("string_type", "string_unicode"), "field_not_text"),
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing", "int_parsing_size"), "field_not_whole"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "field_not_number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "field_not_bool"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type"), "field_not_list"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "field_not_object"),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), "field_not_time"),
    **dict.fromkeys(("timezone_aware", "datetime_object_invalid"), "field_not_time"),
    "enum": "field_not_listed",
    "greater_than_equal": "field_too_small",
    "less_than_equal": "field_too_large",
}
"""What pydantic calls it, and what we do. Anything else is `field_wrong`."""
CONTEXT: Mapping[str, str] = {"expected": "choices", "ge": "least", "le": "most"}
"""What pydantic tells beside the kind, and the fact that it becomes."""
OUTER = {"body", "query", "path", "header"}
KINDS = {"str", "VariableBody"}
"""What pydantic adds to the place of a value that may be of several kinds (`deployments.VariableBody`)."""
WHOLE_BODY = ("body",)
LONGEST_FIELD = 100


def refusal(error: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """Return the code and the facts of one error of a `RequestValidationError`."""
    place, kind = tuple(error["loc"]), error["type"]
    context: Mapping[str, object] = error.get("ctx") or {}
    if kind == "json_invalid":
        return "json_broken", {"field": "body", "at": place[-1] + 1 if isinstance(place[-1], int) else 1}
    if kind == "surrogate":
        return "text_broken", {"field": "body"}
    if place == WHOLE_BODY:
        return "json_expected", {"field": "body"}
    facts = {fact: str(context[name]) for name, fact in CONTEXT.items() if name in context}
    code = BY_KIND.get(kind, "field_wrong")
    problem = {"problem": str(error["msg"])} if code == "field_wrong" else {}
    return code, {"field": _field(place), **facts, **problem}


def _field(place: Sequence[str | int]) -> str:
    """Return the path of a value in the request, for example `env.NAME`."""
    inner = place[1:] if place and place[0] in OUTER else place
    return ".".join(str(part) for part in inner if part not in KINDS)[:LONGEST_FIELD] or "body"
