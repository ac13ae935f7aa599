import asyncio
import socket
from typing import Any

import httpx
import pytest

from deploy_ui.errors import Unavailable
from deploy_ui.metrics.prometheus import Prometheus, Series, Span
from tests import prometheus
from tests.ports import free_port

SPAN = Span(0, 60, 15)


def ranges(asked: Prometheus, questions: list[str]) -> list[list[Series]]:
    return asked.ask(lambda each: each.ranges(questions, SPAN))


def answering(status: int, body: object) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, json=body))


def failure(asked: Prometheus, question: str = "up") -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        ranges(asked, [question] * 3)
    assert "secret" not in str(caught.value.facts)
    return caught.value


def test_nobody_at_the_address() -> None:
    port = free_port()
    error = failure(Prometheus(f"http://me:secret@127.0.0.1:{port}/"))
    assert (error.code, error.facts["address"]) == ("prometheus_unreachable", f"http://127.0.0.1:{port}")


def test_one_that_takes_too_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = Prometheus(f"http://127.0.0.1:{silent.getsockname()[1]}", patience_s=0.2)
        assert failure(asked).code == "prometheus_slow"


def test_one_that_answers_drop_by_drop_is_not_waited_for() -> None:
    async def drop(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    asked = Prometheus("http://slow.test", transport=httpx.MockTransport(drop), patience_s=0.2)
    assert failure(asked).code == "prometheus_slow"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (422, {"status": "error", "error": "too many\nsamples"}, "422: too many samples"),
        (401, "who are you?", "401 Unauthorized"),
        (200, {"hello": "world"}, "200 OK"),
        (200, {"data": {"result": [{"metric": {}, "values": [[1]]}]}}, "200 OK"),
        (200, {"data": {"result": [{"metric": {}, "values": [[1, "much"]]}]}}, "200 OK"),
        (200, {"data": {"result": [{"metric": "x", "values": []}]}}, "200 OK"),
        (302, {}, "302 Found"),
    ],
)
def test_one_that_answers_something_else(status: int, body: object, reason: str) -> None:
    error = failure(Prometheus("http://other.test", transport=answering(status, body)))
    assert (error.code, error.facts["reason"]) == ("prometheus_refused", reason)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"content": b"[" * 200_000}, id="deeper than can be read"),
        pytest.param({"content": b"no gzip", "headers": {"content-encoding": "gzip"}}, id="packed wrongly"),
    ],
)
def test_one_that_answers_what_cannot_be_read(answer: dict[str, Any]) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(answer["content"]), headers=answer.get("headers"))

    assert failure(Prometheus("http://broken.test", transport=httpx.MockTransport(broken))).code == "prometheus_refused"


def test_name_and_password_are_sent_and_not_shown() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"data": {"result": []}})

    asked = Prometheus("https://me:pass%40word@host.test/prometheus/", transport=httpx.MockTransport(answer))
    assert ranges(asked, ["up"]) == [[]]
    assert str(seen[0].url) == "https://host.test/prometheus/api/v1/query_range"
    assert seen[0].headers["authorization"] == httpx.BasicAuth("me", "pass@word")._auth_header
    assert asked.address == "https://host.test/prometheus"


def test_a_real_one_refuses_what_is_no_question(tmp_path_factory: pytest.TempPathFactory) -> None:
    with prometheus.running(tmp_path_factory.mktemp("refuses")) as running:
        error = failure(Prometheus(running.url), "sum(")
    assert error.code == "prometheus_refused"
    assert "parse error" in str(error.facts["reason"])


def test_what_is_no_number_is_a_gap() -> None:
    pairs = [[15, "NaN"], [30, "+Inf"], [45, "1.5"]]
    body = {"data": {"result": [{"metric": {"code": "200"}, "values": pairs}]}}
    (found,) = ranges(Prometheus("http://one.test", transport=answering(200, body)), ["up"])
    assert found[0].values == {15: None, 30: None, 45: 1.5}


@pytest.mark.parametrize(("rest_s", "times"), [(30, 1), (0, 2)])
def test_one_that_was_silent_is_left_alone_for_a_while(rest_s: float, times: int) -> None:
    asked: list[httpx.URL] = []

    def silent(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        raise httpx.ConnectError("refused")

    one = Prometheus("http://silent.test", transport=httpx.MockTransport(silent), rest_s=rest_s)
    assert failure(one).code == "prometheus_unreachable"
    at_once = len(asked)
    assert failure(one).code == "prometheus_unreachable"
    assert len(asked) == times * at_once


def test_one_that_refused_a_question_may_answer_the_next() -> None:
    answers = iter(
        [httpx.Response(422, json={"error": "no"})] * 3 + [httpx.Response(200, json={"data": {"result": []}})]
    )
    one = Prometheus("http://strict.test", transport=httpx.MockTransport(lambda _: next(answers)))
    assert failure(one).code == "prometheus_refused"
    assert ranges(one, ["up"]) == [[]]
