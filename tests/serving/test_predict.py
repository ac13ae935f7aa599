"""`POST /predict`: bodies in, answers out, errors between."""

from collections.abc import Iterator

import httpx
import pytest

from tests.serving.served import Served, error, start

SCRIPT = '''
import dataclasses, datetime, decimal, enum, sys, uuid

class Color(enum.Enum):
    RED = "red"

@dataclasses.dataclass
class Point:
    x: float
    at: datetime.date

class Refused(Exception):
    status_code = 409
    detail = "not now"

class Model:
    """Does what it is told."""

    def predict(self, payload):
        wish = payload.get("do") if isinstance(payload, dict) else None
        answers = {
            "point": Point(1.5, datetime.date(2024, 2, 29)),
            "set": {3, 1, 2},
            "color": [Color.RED, uuid.UUID(int=0), decimal.Decimal("1.10"), datetime.timedelta(minutes=1)],
            "nan": {"scores": [1.0, float("nan")]},
            "infinity": float("inf"),
            "object": {"a": [object()]},
            "inner-bytes": {"image": b"x"},
            "key": {(1, 2): 3},
            "type": int,
            "bytes": b"\\x00\\xff",
            "none": None,
            "text": "naïve ∑",
            "surrogate": "\\ud800",
        }
        if wish in answers:
            return answers[wish]
        if wish == "loop":
            loop = []
            loop.append(loop)
            return loop
        if wish == "raise":
            raise ValueError("first line\\nsecret second line")
        if wish == "silent":
            raise KeyError
        if wish == "refuse":
            raise Refused
        if wish == "exit":
            sys.exit(3)
        if wish == "stop":
            raise StopIteration
        return {"type": type(payload).__name__, "payload": len(payload) if isinstance(payload, bytes) else payload}
'''


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with start(tmp_path_factory.mktemp("predict"), SCRIPT) as running:
        yield running


@pytest.mark.parametrize("payload", [{"a": 1}, [1, 2.5], "text", 7, True, None, [], {}])
def test_the_payload_reaches_predict_as_it_is(served: Served, payload: object) -> None:
    assert served.post(payload=payload).json()["payload"] == payload


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.api+json"])
def test_json_comes_under_several_names(served: Served, content_type: str) -> None:
    response = served.client.post("/predict", content=b"[1]", headers={"content-type": content_type})
    assert response.json() == {"type": "list", "payload": [1]}


def test_what_curl_sends_by_default_is_read_as_json(served: Served) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert served.client.post("/predict", content=b"[1]", headers=headers).json()["payload"] == [1]


def test_a_body_of_another_type_is_given_as_bytes(served: Served) -> None:
    response = served.client.post("/predict", content=b"\x89PNG" * 100_000, headers={"content-type": "image/png"})
    assert response.json() == {"type": "bytes", "payload": 400_000}


def test_bytes_are_answered_as_they_are(served: Served) -> None:
    response = served.post(payload={"do": "bytes"})
    assert (response.content, response.headers["content-type"]) == (b"\x00\xff", "application/octet-stream")


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ("point", {"x": 1.5, "at": "2024-02-29"}),
        ("set", [1, 2, 3]),
        ("color", ["red", "00000000-0000-0000-0000-000000000000", "1.10", 60.0]),
        ("none", None),
        ("text", "naïve ∑"),
        ("surrogate", "\ud800"),
    ],
)
def test_pythons_own_types_become_json(served: Served, wish: str, answer: object) -> None:
    assert served.post(payload={"do": wish}).json() == answer


@pytest.mark.parametrize(
    ("wish", "path", "kind"),
    [
        ("nan", "answer.scores[1]", "NaN"),
        ("infinity", "answer", "Infinity"),
        ("object", "answer.a[0]", "object"),
        ("inner-bytes", "answer.image", "bytes"),
        ("key", "a key of answer", "tuple"),
        ("type", "answer", "int"),
    ],
)
def test_an_answer_that_is_no_json_names_the_part(served: Served, wish: str, path: str, kind: str) -> None:
    response = served.post(payload={"do": wish})
    assert response.status_code == 500
    assert error(response) == {
        "code": "answer_not_json",
        "message": f"{path} is {kind}, which JSON cannot hold.",
        "path": path,
        "type": kind,
    }


def test_an_answer_that_contains_itself_is_told(served: Served) -> None:
    response = served.post(payload={"do": "loop"})
    assert (response.status_code, error(response)["code"]) == (500, "answer_not_json")


def test_an_exception_gives_its_type_and_first_line_only(served: Served) -> None:
    response = served.post(payload={"do": "raise"})
    assert response.status_code == 500
    assert error(response) == {"code": "predict_failed", "message": "ValueError: first line"}


@pytest.mark.parametrize(
    ("wish", "message"), [("silent", "KeyError"), ("exit", "RuntimeError: SystemExit was raised: 3")]
)
def test_odd_exceptions_are_answered_too(served: Served, wish: str, message: str) -> None:
    assert error(served.post(payload={"do": wish})) == {"code": "predict_failed", "message": message}


def test_an_iterations_end_out_of_place_is_a_failure(served: Served) -> None:
    assert served.post(payload={"do": "stop"}).status_code == 500


def test_the_traceback_is_in_the_log_with_the_requests_id(served: Served) -> None:
    served.client.post("/predict", json={"do": "raise"}, headers={"x-request-id": "find-me"})
    log = "\n".join(served.lines())
    begin = log.index("Request find-me failed:")
    assert 'raise ValueError("first line' in log[begin:]
    assert "deploy_ui_serving" not in log[begin:]


def test_an_exception_may_choose_its_status(served: Served) -> None:
    response = served.post(payload={"do": "refuse"})
    assert (response.status_code, error(response)) == (409, {"code": "refused_by_model", "message": "not now"})


def test_every_request_leaves_one_line(served: Served) -> None:
    served.client.post("/predict?token=secret", json=1, headers={"x-request-id": "one-line"})
    method, path, status, duration, unit, request = served.line("one-line").split()
    assert (method, path, status, unit, request) == ("POST", "/predict", "200", "ms", "one-line")
    assert float(duration) > 0


def test_health_checks_leave_no_lines(served: Served) -> None:
    served.client.get("/health/ready", headers={"x-request-id": "health-check"})
    served.client.get("/nothing", headers={"x-request-id": "behind-it"})
    served.line("behind-it")
    assert not any("health-check" in line for line in served.lines("stdout"))


def test_a_health_address_that_is_asked_wrongly_leaves_a_line(served: Served) -> None:
    served.client.post("/health/ready", headers={"x-request-id": "wrong-method"})
    assert served.line("wrong-method").startswith("POST /health/ready 405 ")


def test_a_request_id_is_made_up_when_there_is_none(served: Served) -> None:
    assert len(served.post(payload=1).headers["x-request-id"]) == 16


@pytest.mark.parametrize("given", ["with space", "x" * 200, "a\tb"])
def test_a_request_id_that_could_forge_a_log_line_is_replaced(served: Served, given: str) -> None:
    response = served.client.post("/predict", json=1, headers={"x-request-id": given})
    assert response.headers["x-request-id"] != given


def test_a_path_cannot_forge_a_log_line(served: Served) -> None:
    served.client.get("/%0aPOST%20/predict%20200", headers={"x-request-id": "forged"})
    assert served.line("forged").startswith("GET /%0aPOST%20/predict%20200 404 ")


def test_every_answer_names_the_instance(served: Served) -> None:
    paths = ("/health/ready", "/health/live", "/nothing")
    assert {served.client.get(path).headers["x-instance"] for path in paths} == {"demo-1"}


def test_an_unknown_address_says_where_the_model_is(served: Served) -> None:
    response = served.client.get("/")
    assert response.status_code == 404
    assert "/predict" in error(response)["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/predict", "POST"), ("DELETE", "/predict", "POST"), ("POST", "/health/ready", "GET")],
)
def test_a_wrong_method_is_told_the_right_one(served: Served, method: str, path: str, allowed: str) -> None:
    response: httpx.Response = served.client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


def test_head_answers_without_a_body(served: Served) -> None:
    response = served.client.head("/health/ready")
    assert (response.status_code, response.content) == (200, b"")
