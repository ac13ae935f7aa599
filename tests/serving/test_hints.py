"""Type hints: what they accept, how a wrong field is named, and the schema they become."""

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from deploy_ui.serving.hints import Hint, read_hint
from deploy_ui.serving.json_out import to_json
from deploy_ui.serving.refusals import Refusal
from tests.serving.served import check, error, start

PYDANTIC = """
from typing import Literal
from pydantic import BaseModel, Field

class Address(BaseModel):
    city: str
    tags: list[str] = []

class Person(BaseModel):
    name: str = Field(min_length=1)
    age: int = Field(ge=0, description="In years")
    kind: Literal["a", "b"] = "a"
    address: Address

class Answer(BaseModel):
    greeting: str

class Model:
    def predict(self, payload: Person) -> Answer:
        assert isinstance(payload, Person)
        return Answer(greeting=f"{payload.name} {payload.age} {payload.address.city}")
"""
GOOD = {"name": "Ann", "age": 3, "address": {"city": "Bonn"}}


def test_a_pydantic_model_is_made_of_the_payload(tmp_path: Path) -> None:
    with start(tmp_path, PYDANTIC) as served:
        assert served.post(payload=GOOD).json() == {"greeting": "Ann 3 Bonn"}


def test_every_wrong_field_is_named(tmp_path: Path) -> None:
    with start(tmp_path, PYDANTIC) as served:
        response = served.post(payload={"name": "", "age": -1, "address": {"city": "x", "tags": ["a", 1]}})
    assert response.status_code == 422
    fault = error(response)
    assert fault["code"] == "invalid_payload"
    assert [row["field"] for row in fault["fields"]] == ["name", "age", "address.tags[1]"]
    assert fault["message"] == f"name: {fault['fields'][0]['message']} (and 2 more)"


def test_a_wrong_instance_of_a_list_is_named(tmp_path: Path) -> None:
    with start(tmp_path, PYDANTIC) as served:
        response = served.post("/v1/models/demo:predict", {"instances": [GOOD, {**GOOD, "age": "old"}]})
    assert (response.status_code, [row["field"] for row in error(response)["fields"]]) == (422, ["instances[1].age"])


def test_json_is_not_guessed_from_another_content_type(tmp_path: Path) -> None:
    with start(tmp_path, PYDANTIC) as served:
        response = served.post(payload=GOOD, headers={"content-type": "image/png"})
    assert (response.status_code, error(response)["code"]) == (415, "unsupported_media_type")


HEAD = """
from __future__ import annotations
import dataclasses, datetime, typing
from typing import Any, Dict, List, Mapping, NotRequired, Optional, TypedDict, Union

@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0

class Row(TypedDict):
    name: str
    size: NotRequired[int]
"""
BODY = """
class Model:
    def predict(self, payload: {hint}):
        return [type(payload).__name__, payload]
"""


@pytest.mark.parametrize(
    ("hint", "payload", "answer"),
    [
        ("Point", {"x": 1}, ["Point", {"x": 1.0, "y": 0.0}]),
        ("Row", {"name": "a"}, ["dict", {"name": "a"}]),
        ("list[Row]", [{"name": "a", "size": 2}], ["list", [{"name": "a", "size": 2}]]),
        ("list[float]", [1, 2.5], ["list", [1.0, 2.5]]),
        ("List[List[float]]", [[1], [2]], ["list", [[1.0], [2.0]]]),
        ("Optional[int]", None, ["NoneType", None]),
        ("Union[int, str]", "a", ["str", "a"]),
        ("int | None", 4, ["int", 4]),
        ("dict", {"a": 1}, ["dict", {"a": 1}]),
        ("Dict[str, Any]", {"a": 1}, ["dict", {"a": 1}]),
        ("datetime.date", "2024-02-29", ["date", "2024-02-29"]),
        ("Any", [1], ["list", [1]]),
        ("tuple[int, str]", [1, "a"], ["tuple", [1, "a"]]),
        ("str", "text", ["str", "text"]),
    ],
)
def test_a_hint_shapes_the_payload(
    monkeypatch: pytest.MonkeyPatch, hint: str, payload: object, answer: list[object]
) -> None:
    found = hint_of(monkeypatch, hint).check(payload, "")
    assert [type(found).__name__, json.loads(to_json(found))] == answer


@pytest.mark.parametrize(
    ("hint", "payload", "fields"),
    [
        ("Point", {"y": 1}, ["x"]),
        ("Point", [], ["payload"]),
        ("Row", {"size": "x"}, ["name", "size"]),
        ("list[float]", [1, "a", 2, None], ["[1]", "[3]"]),
        ("dict[str, list[int]]", {"a": [1, "b"]}, ["a[1]"]),
        ("dict", [1], ["payload"]),
        ("Mapping[str, Any]", "x", ["payload"]),
        ("bytes", "text", ["payload"]),
    ],
)
def test_a_payload_of_another_shape_is_refused(
    monkeypatch: pytest.MonkeyPatch, hint: str, payload: object, fields: list[str]
) -> None:
    with pytest.raises(Refusal) as refused:
        hint_of(monkeypatch, hint).check(payload, "")
    assert (refused.value.status, refused.value.code) == (422, "invalid_payload")
    assert [row["field"] for row in refused.value.document["error"]["fields"]] == fields


@pytest.mark.parametrize("hint", ["Point", "Row", "list[Row]", "Optional[int]", "bytes", "dict", "Any", "str"])
def test_every_schema_is_one_of_openapi(monkeypatch: pytest.MonkeyPatch, hint: str) -> None:
    schema = hint_of(monkeypatch, hint).schema
    content = {"application/json": {"schema": schema("#/components/schemas/{model}") if schema else {}}}
    components = {"schemas": content["application/json"]["schema"].pop("$defs", {})}
    post = {"requestBody": {"content": content}, "responses": {"200": {"description": "Good"}}}
    validate(
        {
            "openapi": "3.1.0",
            "info": {"title": "x", "version": "1"},
            "paths": {"/": {"post": post}},
            "components": components,
        }
    )


def hint_of(monkeypatch: pytest.MonkeyPatch, hint: str) -> Hint:
    """Read a hint as the server does, from a script that is a module of its own."""
    module = types.ModuleType("hinted")
    monkeypatch.setitem(sys.modules, "hinted", module)
    exec(compile(HEAD + BODY.format(hint=hint), "hinted.py", "exec"), module.__dict__)  # noqa: S102
    return read_hint(module.Model, "predict")


def test_bytes_get_the_body_whatever_its_type(tmp_path: Path) -> None:
    with start(
        tmp_path, "class Model:\n    def predict(self, image: bytes) -> bytes:\n        return image[::-1]\n"
    ) as served:
        assert served.post(payload=[1]).content == b"]1["
        assert served.client.post("/predict", content=b"").content == b""


def test_text_bodies_reach_a_str(tmp_path: Path) -> None:
    with start(
        tmp_path, "class Model:\n    def predict(self, text: str) -> str:\n        return text.upper()\n"
    ) as served:
        response = served.client.post("/predict", content="é".encode(), headers={"content-type": "text/plain"})
    assert response.json() == "É"


def test_a_hint_that_cannot_be_checked_lets_everything_pass_and_says_so(tmp_path: Path) -> None:
    with start(tmp_path, HEAD + "class Odd: pass\n" + BODY.format(hint="Odd")) as served:
        assert served.post(payload=[1]).json() == ["list", [1]]
        assert any("cannot be checked" in line for line in served.lines())


def test_a_hint_that_names_nothing_lets_everything_pass_and_says_so(tmp_path: Path) -> None:
    with start(tmp_path, HEAD + BODY.format(hint="NoSuchName")) as served:
        assert served.post(payload=[1]).json() == ["list", [1]]
        assert any("NoSuchName" in line for line in served.lines())


def test_the_hint_of_preprocess_is_the_requests(tmp_path: Path) -> None:
    script = """
class Model:
    def preprocess(self, payload: int):
        return str(payload)
    def predict(self, text: str):
        return text * 2
    def postprocess(self, text):
        return {"text": text}
"""
    with start(tmp_path, script) as served:
        assert served.post(payload=12).json() == {"text": "1212"}
        assert served.post(payload="x").status_code == 422


@pytest.mark.parametrize("kind", ["staticmethod", "classmethod"])
def test_methods_may_be_static(tmp_path: Path, kind: str) -> None:
    first = "cls, " if kind == "classmethod" else ""
    script = f"class Model:\n    @{kind}\n    def predict({first}payload: int):\n        return payload\n"
    with start(tmp_path, script) as served:
        assert served.post(payload="5").json() == 5


def test_a_plain_method_may_return_an_awaitable(tmp_path: Path) -> None:
    script = """
async def later(payload):
    return payload + 1

class Model:
    predict = lambda self, payload: later(payload)
    def postprocess(self, answer):
        return answer * 10
"""
    with start(tmp_path, script) as served:
        assert served.post(payload=1).json() == 20


def test_the_openapi_document_describes_request_and_answer(tmp_path: Path) -> None:
    with start(tmp_path, PYDANTIC) as served:
        document: dict[str, Any] = served.client.get("/openapi.json").json()
    validate(document)
    post = document["paths"]["/predict"]["post"]
    request = post["requestBody"]["content"]["application/json"]["schema"]
    assert request["properties"]["age"] == {"title": "Age", "type": "integer", "minimum": 0, "description": "In years"}
    assert request["properties"]["address"] == {"$ref": "#/components/schemas/Address"}
    answer = post["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["properties"] == {"greeting": {"title": "Greeting", "type": "string"}}
    assert {"Address", "DeployUiError"} <= set(document["components"]["schemas"])


def test_the_openapi_document_names_the_address_the_caller_used(tmp_path: Path) -> None:
    with start(tmp_path, PYDANTIC) as served:
        headers = {"x-envoy-original-path": "/demo/openapi.json?x=1"}
        document = served.client.get("/openapi.json", headers=headers).json()
    assert document["servers"] == [{"url": "/demo"}]


def test_check_writes_the_schema(tmp_path: Path) -> None:
    checked = check(tmp_path, PYDANTIC)
    assert (checked.code, checked.schema["required"]) == (0, ["name", "age", "address"])
    assert checked.schema["properties"]["address"] == {"$ref": "#/$defs/Address"}
    assert "Address" in checked.schema["$defs"]


def test_check_writes_null_where_anything_goes(tmp_path: Path) -> None:
    checked = check(tmp_path, "class Model:\n    def predict(self, payload): ...\n")
    assert (checked.code, checked.schema) == (0, None)
    assert json.loads((tmp_path / "schema.json").read_text()) is None
