"""Bodies that are not JSON, or try to hurt whoever reads them."""

from collections.abc import Iterator

import pytest

from tests.serving.served import Served, error, start

SCRIPT = """
class Model:
    def predict(self, payload):
        return payload
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with start(tmp_path_factory.mktemp("json"), SCRIPT) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        pytest.param(b'{"a": 1,\n "b": }', 2, 7, id="a missing value"),
        pytest.param(b"", 1, 1, id="nothing"),
        pytest.param(b" \n ", 1, 1, id="only space"),
        pytest.param(b'{"a": 1} x', 1, 10, id="something behind the end"),
        pytest.param(b'["NaN",\n NaN]', 2, 2, id="NaN"),
        pytest.param(b'{"a": -Infinity}', 1, 7, id="infinity"),
        pytest.param(b'["1e400",\n 1e400]', 2, 2, id="a number no float holds"),
        pytest.param(b"[" + b"1" * 400 + b".5]", 1, 2, id="a long number no float holds"),
        pytest.param(b'["9",\n' + b"9" * 5000 + b"]", 2, 1, id="an integer of thousands of digits"),
        pytest.param(b'{"a":\n "\xff"}', 2, 3, id="not UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), 1, 1, id="UTF-16"),
        pytest.param(b'{"a": "b\nc"}', 1, 9, id="a raw line break in a string"),
    ],
)
def test_the_place_of_the_fault_is_told(served: Served, body: bytes, line: int, column: int) -> None:
    response = served.client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    fault = error(response)
    assert (fault["code"], fault["line"], fault["column"]) == ("bad_json", line, column)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("path", ["/predict", "/v1/models/demo:predict", "/v2/models/demo/infer"])
def test_deep_nesting_is_refused(served: Served, opening: bytes, path: str) -> None:
    response = served.client.post(path, content=opening * 200_000, headers={"content-type": "application/json"})
    assert (response.status_code, error(response)["code"]) == (400, "bad_json")


def test_nesting_of_a_few_hundred_comes_back(served: Served) -> None:
    body = b"[" * 500 + b"]" * 500
    response = served.client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert response.content == body


@pytest.mark.parametrize(
    "number", ["1e308", "-1e308", "1e-400", "123456789012345678901234567890", "1.5E+10", "1" * 4000]
)
def test_numbers_that_python_holds_come_back(served: Served, number: str) -> None:
    response = served.client.post(
        "/predict", content=f"[{number}]".encode(), headers={"content-type": "application/json"}
    )
    assert response.status_code == 200
    if "e" not in number.lower():
        assert response.text == f"[{number}]"


def test_of_a_name_given_twice_the_last_counts(served: Served) -> None:
    response = served.client.post("/predict", content=b'{"a": 1, "a": 2}', headers={"content-type": "application/json"})
    assert response.json() == {"a": 2}


def test_a_byte_order_mark_is_overlooked(served: Served) -> None:
    response = served.client.post("/predict", content=b"\xef\xbb\xbf[1]", headers={"content-type": "application/json"})
    assert response.json() == [1]


def test_escapes_and_large_texts_come_back(served: Served) -> None:
    text = '\u0000 \\ " 😀 \n' * 50_000
    assert served.client.post("/predict", json=text).json() == text
