"""The Open Inference Protocol: tensors in, tensors out, and what describes the model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving.served import Served, error, start

URL = "/v2/models/demo/infer"
ECHO = """
class Model:
    def predict(self, payload):
        return payload
"""


def tensor(name: str, shape: list[int], datatype: str, data: list[Any]) -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with start(tmp_path_factory.mktemp("infer"), ECHO) as running:
        yield running


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        (tensor("x", [2, 2], "FP64", [1.5, 2, 3, 4]), tensor("x", [2, 2], "FP64", [1.5, 2.0, 3.0, 4.0])),
        (tensor("x", [2, 2], "FP32", [[1, 2], [3, 4]]), tensor("x", [2, 2], "FP64", [1.0, 2.0, 3.0, 4.0])),
        (tensor("x", [3], "INT8", [-128, 0, 127]), tensor("x", [3], "INT64", [-128, 0, 127])),
        (tensor("x", [1], "UINT64", [2**63 - 1]), tensor("x", [1], "INT64", [2**63 - 1])),
        (tensor("x", [2], "BOOL", [True, False]), tensor("x", [2], "BOOL", [True, False])),
        (tensor("x", [2], "BYTES", ["a", "é"]), tensor("x", [2], "BYTES", ["a", "é"])),
        (tensor("x", [2, 1, 2], "INT32", [1, 2, 3, 4]), tensor("x", [2, 1, 2], "INT64", [1, 2, 3, 4])),
        (tensor("x", [0], "FP64", []), tensor("x", [0], "FP64", [])),
        (tensor("x", [], "FP64", [1]), tensor("x", [1], "FP64", [1.0])),
    ],
)
def test_tensors_come_back_in_shape(echo: Served, given: dict[str, Any], answered: dict[str, Any]) -> None:
    response = echo.post(URL, {"id": "7", "inputs": [given]})
    assert response.json() == {"model_name": "demo", "model_version": "1", "id": "7", "outputs": [answered]}


def test_only_the_outputs_asked_for_are_given(echo: Served) -> None:
    inputs = [tensor(name, [1], "INT32", [1]) for name in "abc"]
    response = echo.post(URL, {"inputs": inputs, "outputs": [{"name": "c"}, {"name": "a"}]})
    assert [each["name"] for each in response.json()["outputs"]] == ["c", "a"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [1]}, "inputs[0]"),
        ({"inputs": [{**tensor("x", [1], "FP32", [1]), "name": ""}]}, "inputs[0].name"),
        ({"inputs": [tensor("x", [1], "FP32", [1])] * 2}, "inputs[1].name"),
        ({"inputs": [tensor("x", [-1], "FP32", [1])]}, "inputs[0].shape"),
        ({"inputs": [tensor("x", [True], "FP32", [1])]}, "inputs[0].shape"),
        ({"inputs": [tensor("x", [1] * 40, "FP32", [1])]}, "inputs[0].shape"),
        ({"inputs": [tensor("x", [10**9, 0], "FP32", [])]}, "inputs[0].shape"),
        ({"inputs": [tensor("x", [1], "FLOAT", [1])]}, "inputs[0].datatype"),
        ({"inputs": [tensor("x", [3], "FP32", [1, 2])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [10**9, 10**9], "FP32", [1])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "INT8", [128])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "UINT8", [-1])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "INT32", [1.5])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "INT32", [True])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "FP32", ["a"])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "BOOL", [1])]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "BYTES", [None])]}, "inputs[0].data"),
        ({"inputs": [{"name": "x", "shape": [1], "datatype": "FP32"}]}, "inputs[0].data"),
        ({"inputs": [tensor("x", [1], "FP32", [1])], "outputs": [{"name": "y"}]}, "outputs[0].name"),
    ],
)
def test_a_wrong_request_names_the_field(echo: Served, request_: dict[str, Any], field: str) -> None:
    response = echo.post(URL, request_)
    assert (response.status_code, error(response)["fields"][0]["field"]) == (422, field)


def test_deeply_nested_data_is_refused(echo: Served) -> None:
    data: list[Any] = [1]
    for _ in range(300):
        data = [data]
    response = echo.post(URL, {"inputs": [tensor("x", [1], "FP32", data)]})
    assert (response.status_code, error(response)["fields"][0]["field"]) == (422, "inputs[0].data")


def test_binary_tensors_are_refused_in_words(echo: Served) -> None:
    response = echo.post(URL, {"inputs": []}, headers={"inference-header-content-length": "10"})
    assert (response.status_code, "Binary" in error(response)["message"]) == (400, True)


def test_a_batch_hint_gets_the_nested_values(tmp_path: Path) -> None:
    script = (
        "class Model:\n    def predict(self, rows: list[list[float]]):\n        return [sum(row) for row in rows]\n"
    )
    with start(tmp_path, script) as served:
        request = {"inputs": [tensor("x", [2, 2], "FP32", [1, 2, 3, 4])]}
        assert served.post(URL, request).json()["outputs"] == [tensor("output-0", [2], "FP64", [3.0, 7.0])]
        two = {"inputs": [tensor(name, [1], "FP32", [1]) for name in "ab"]}
        assert error(served.post(URL, two))["fields"][0]["field"] == "inputs"


def test_a_record_hint_gets_a_row_of_every_input(tmp_path: Path) -> None:
    script = """
from pydantic import BaseModel
class Row(BaseModel):
    x: float
    name: str
class Model:
    def predict(self, row: Row):
        return {"double": row.x * 2, "greeting": "hi " + row.name, "more": {"x": row.x}}
"""
    with start(tmp_path, script) as served:
        inputs = [tensor("x", [2, 1], "FP32", [1, 2]), tensor("name", [2], "BYTES", ["a", "b"])]
        assert served.post(URL, {"inputs": inputs}).json()["outputs"] == [
            tensor("double", [2], "FP64", [2.0, 4.0]),
            tensor("greeting", [2], "BYTES", ["hi a", "hi b"]),
            tensor("more", [2], "BYTES", ['{"x":1.0}', '{"x":2.0}']),
        ]
        uneven = [inputs[0], tensor("name", [3], "BYTES", ["a", "b", "c"])]
        assert error(served.post(URL, {"inputs": uneven}))["fields"][0]["field"] == "inputs[1].shape"
        wrong = [inputs[0], tensor("name", [2], "FP32", [1, 2])]
        assert error(served.post(URL, {"inputs": wrong}))["fields"][0]["field"] == "row 0.name"


def test_an_author_may_answer_tensors(tmp_path: Path) -> None:
    script = """
class Model:
    def predict(self, payload: dict):
        return {"outputs": [{"name": "y", "shape": [1], "datatype": "INT8", "data": [len(payload)]}]}
"""
    with start(tmp_path, script) as served:
        answer = served.post(URL, {"inputs": [tensor("x", [1], "FP32", [1])]}).json()
    assert answer == {"model_name": "demo", "model_version": "1", "outputs": [tensor("y", [1], "INT8", [1])]}


def test_metadata_and_health_answer(echo: Served) -> None:
    assert echo.client.get("/v2").json() == {"name": "deploy-ui", "version": "2", "extensions": []}
    assert echo.client.get("/v2/models/demo").json()["name"] == "demo"
    for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/demo/ready"):
        assert echo.client.get(path).status_code == 200
    assert echo.client.get("/v2/models/other").status_code == 404
