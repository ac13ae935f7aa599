import json
from typing import Any

import pytest

from deploy_ui.enums import BodyKind, ImageKind
from deploy_ui.services import examples, samples
from deploy_ui.services.trials.request import Header, Trial
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
JSON = Header("Content-Type", "application/json")


def sample(**image: Any) -> Trial:
    """Return the sample of a deployment whose image has these values."""
    by = factories.viewer()
    return samples.sample(by, factories.deployment(by, image_id=factories.image(by, **image).id).slug)


def files_of(example: str) -> list[dict[str, Any]]:
    return [{"path": each.path, "size": each.source.stat().st_size} for each in examples.files(example)]


@pytest.mark.parametrize("example", examples.rows(), ids=lambda example: example.id)
def test_an_image_made_from_an_example_begins_with_its_request(example: examples.Example) -> None:
    made = sample(kind=example.kind, entry=example.entry, command=example.command, files=files_of(example.id))
    assert (made.method, made.path) == (example.request_method, example.request_path)
    assert json.loads(made.text) == json.loads(example.request_body)


def test_an_example_with_another_file_is_somebodys_own() -> None:
    [iris] = [each for each in examples.rows() if each.kind == ImageKind.MODEL]
    files = [*files_of(iris.id), {"path": "more.csv", "size": 1}]
    assert json.loads(sample(kind=iris.kind, entry=iris.entry, files=files).text) == {}


def test_a_schema_gives_a_body_that_it_lets_through() -> None:
    schema = {"type": "object", "properties": {"amount": {"type": "number"}, "currency": {"default": "EUR"}}}
    made = sample(request_schema=schema)
    assert (made.method, made.path, made.headers) == ("POST", "/predict", [JSON])
    assert json.loads(made.text) == {"amount": 0.0, "currency": "EUR"}


def test_a_model_without_hints_gets_an_empty_object() -> None:
    assert sample(request_schema=None) == Trial(headers=[JSON], kind=BodyKind.JSON, text="{}")


def test_a_model_of_bytes_gets_no_json() -> None:
    made = sample(request_schema={"type": "string", "format": "binary"})
    assert (made.kind, made.headers[0].value) == (BodyKind.FILE, "application/octet-stream")


@pytest.mark.parametrize("kind", [ImageKind.ASGI, ImageKind.COMMAND])
def test_what_is_no_model_is_only_looked_at(kind: ImageKind) -> None:
    assert sample(kind=kind) == Trial(method="GET", path="/")


@pytest.mark.parametrize("schema", [{"properties": 7}, {"enum": ["x" * 100_000]}])
def test_a_schema_that_is_no_help_gives_an_empty_object(schema: dict[str, Any]) -> None:
    assert sample(request_schema=schema).text == "{}"
