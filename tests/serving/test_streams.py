"""Generators: how their items are written, and what happens when they fail or nobody listens any more."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving.served import Served, error, start
from tests.waiting import eventually

SCRIPT = """
import threading
from pathlib import Path

class Model:
    def predict(self, payload):
        try:
            for each in payload["items"]:
                if each == "raise":
                    raise ValueError("in the middle")
                if each == "object":
                    each = object()
                if each == "wait":
                    while not Path("go").exists():
                        threading.Event().wait(0.01)
                yield bytes(each, "ascii") if payload.get("bytes") else each
            while payload.get("forever"):
                yield each
        finally:
            print("closed", payload.get("name"))
"""
ASYNC = """
import asyncio

class Model:
    async def predict(self, payload):
        try:
            for each in payload["items"]:
                if each == "raise":
                    raise ValueError("in the middle")
                yield each
            while payload.get("forever"):
                await asyncio.Event().wait()
        finally:
            print("closed", payload.get("name"))
"""
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture(scope="module", params=[SCRIPT, ASYNC], ids=["plain", "async"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with start(tmp_path_factory.mktemp("streams"), request.param) as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with start(tmp_path_factory.mktemp("streams"), SCRIPT) as running:
        yield running


def test_values_come_as_one_line_of_json_each(served: Served) -> None:
    response = served.post(payload={"items": [{"a": 1}, 2, None, "text\nwith a break"]})
    assert response.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in response.text.splitlines()] == [{"a": 1}, 2, None, "text\nwith a break"]


def test_texts_come_as_plain_text(served: Served) -> None:
    response = served.post(payload={"items": ["Hel", "lo ∑", "\n"]})
    assert (response.headers["content-type"], response.text) == ("text/plain; charset=utf-8", "Hello ∑\n")


def test_events_come_to_those_who_accept_them(served: Served) -> None:
    response = served.post(payload={"items": ["two\nlines", {"a": 1}]}, headers=EVENTS)
    assert response.headers["content-type"] == "text/event-stream"
    assert response.text == 'data: two\ndata: lines\n\ndata: {"a":1}\n\n'


def test_nothing_is_an_empty_answer(served: Served) -> None:
    response = served.post(payload={"items": []})
    assert (response.status_code, response.content) == (200, b"")


def test_bytes_come_as_bytes(plain: Served) -> None:
    response = plain.post(payload={"items": ["a", "b"], "bytes": True})
    assert (response.headers["content-type"], response.content) == ("application/octet-stream", b"ab")


def test_a_failure_before_the_first_item_is_an_error_like_any_other(served: Served) -> None:
    response = served.post(payload={"items": ["raise"]})
    assert response.status_code == 500
    assert error(response) == {"code": "predict_failed", "message": "ValueError: in the middle"}


def test_a_failure_in_the_middle_is_the_last_line(served: Served) -> None:
    response = served.post(payload={"items": [1, "raise"]}, headers={"x-request-id": "broken"})
    lines: list[Any] = [json.loads(line) for line in response.text.splitlines()]
    assert lines == [1, {"error": {"code": "predict_failed", "message": "ValueError: in the middle"}}]
    assert "Request broken failed:" in served.lines()


def test_a_failure_in_the_middle_is_an_event(served: Served) -> None:
    response = served.post(payload={"items": ["a", "raise"]}, headers=EVENTS)
    first, last = response.text.strip().split("\n\n")
    assert (first, last.splitlines()[0]) == ("data: a", "event: error")
    assert json.loads(last.splitlines()[1].removeprefix("data: "))["error"]["code"] == "predict_failed"


def test_a_text_that_fails_in_the_middle_breaks_the_connection(served: Served) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        served.post(payload={"items": ["a", "raise"]})


def test_an_item_that_is_no_json_is_named(plain: Served) -> None:
    response = plain.post(payload={"items": [1, 2, "object"]})
    assert json.loads(response.text.splitlines()[-1])["error"]["path"] == "item 2"


def test_items_come_as_soon_as_they_are_there(plain: Served) -> None:
    payload = {"items": ["first", "wait"]}
    with plain.client.stream("POST", "/predict", json=payload, headers=EVENTS) as response:
        parts = response.iter_text()
        assert next(parts) == "data: first\n\n"
        (plain.folder / "go").touch()
        assert next(parts) == "data: wait\n\n"


def test_a_generator_is_closed_when_its_client_goes(served: Served) -> None:
    payload = {"items": ["x"], "forever": True, "name": "left"}
    with served.client.stream("POST", "/predict", json=payload) as response:
        next(response.iter_raw())
    eventually(lambda: "closed left" in served.lines("stdout"))


@pytest.mark.parametrize("predict", ["def", "async def"])
@pytest.mark.parametrize("postprocess", ["def", "async def"])
def test_postprocess_is_applied_to_every_item(tmp_path: Path, predict: str, postprocess: str) -> None:
    script = f"""
class Model:
    {predict} predict(self, payload):
        for each in payload:
            yield each
    {postprocess} postprocess(self, item):
        return {{"item": item}}
"""
    with start(tmp_path, script) as served:
        assert served.post(payload=[1, 2]).text == '{"item":1}\n{"item":2}\n'


def test_a_generator_stays_in_its_thread(tmp_path: Path) -> None:
    script = """
import threading
class Model:
    def predict(self, payload):
        for _ in range(200):
            yield threading.get_ident()
"""
    with start(tmp_path, script) as served:
        assert len(set(served.post(payload=1).text.split())) == 1


def test_a_large_stream_arrives_whole(tmp_path: Path) -> None:
    script = "class Model:\n    def predict(self, count: int):\n        return ({'n': each} for each in range(count))\n"
    with start(tmp_path, script) as served:
        lines = served.post(payload=20_000).text.splitlines()
    assert [json.loads(line)["n"] for line in lines] == list(range(20_000))
