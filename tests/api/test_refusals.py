import re
from datetime import datetime
from typing import Annotated, Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from deploy_ui.api.refusals import BY_KIND, refusal
from deploy_ui.api.shapes import Body, Number, Whole
from deploy_ui.enums import Role
from deploy_ui.i18n import catalog
from tests.api.conftest import Client

JSON = {"content-type": "application/json"}


class Asked(Body):
    """A body with one value of every kind that the API takes."""

    text: str = ""
    whole: Whole = 0
    number: Number = 0.0
    yes: bool = False
    listed: list[str] = []
    thing: dict[str, str] = {}
    at: datetime | None = None
    aware: AwareDatetime | None = None
    role: Role = Role.VIEWER
    most: Annotated[int, Field(ge=1, le=5)] = 1


def refused(model: type[BaseModel], value: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(ValidationError) as raised:
        model.model_validate(value)
    found: list[Any] = [{**each, "loc": ("body", *each["loc"])} for each in raised.value.errors()]
    return refusal(RequestValidationError(found).errors()[0])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"text": 1}, "field_not_text"),
        ({"whole": "1"}, "field_not_whole"),
        ({"whole": 1.5}, "field_not_whole"),
        ({"number": "1"}, "field_not_number"),
        ({"yes": "perhaps"}, "field_not_bool"),
        ({"listed": "a"}, "field_not_list"),
        ({"thing": "a"}, "field_not_object"),
        ({"at": "tomorrow"}, "field_not_time"),
        ({"aware": "2030-01-01T00:00:00"}, "field_not_time"),
        ({"role": "king"}, "field_not_listed"),
        ({"most": 0}, "field_too_small"),
        ({"most": 6}, "field_too_large"),
        ({"unknown": 6}, "field_unknown"),
    ],
)
def test_a_wrong_value_has_a_code_that_says_what_is_right(value: dict[str, object], code: str) -> None:
    found, facts = refused(Asked, value)
    assert (found, facts["field"]) == (code, next(iter(value)))


def test_the_choices_and_the_bounds_are_named() -> None:
    assert "'admin'" in str(refused(Asked, {"role": "king"})[1]["choices"])
    assert refused(Asked, {"most": 0})[1]["least"] == "1"


@pytest.mark.parametrize("code", sorted({*BY_KIND.values(), "json_broken", "json_expected"}))
def test_every_refusal_is_told_in_both_languages_without_words_of_the_library(code: str) -> None:
    for language in catalog.LANGUAGES:
        assert "problem" not in re.findall(r"\{(\w+)\}", catalog.text(language, f"error.{code}"))


async def test_broken_json_names_the_place(editor: Client) -> None:
    answer = await editor.post("/api/v1/deployments", content=b'{"name": "a",}', headers=JSON)
    error = answer.json()["error"]
    assert (error["code"], error["field"], error["facts"]) == ("json_broken", "body", {"at": 14})


async def test_half_a_character_is_refused_wherever_it_stands(editor: Client) -> None:
    for body in (b'{"name": "\\ud800"}', b'{"env": {"\\udfff": "x"}}', b'{"env": {"a": ["\\ud800"]}}'):
        answer = await editor.post("/api/v1/deployments", content=body, headers=JSON)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "text_broken")
    whole = {"name": "\U0001f642", "image": "nothing"}
    assert (await editor.post("/api/v1/deployments", json=whole)).json()["error"]["code"] == "image_unknown"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"name": "a", "image": "b"}', "text/plain"),
        (b"name=a", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_json_object_is_told_to_be_one(editor: Client, body: bytes, content_type: str) -> None:
    answer = await editor.post("/api/v1/deployments", content=body, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "json_expected")
