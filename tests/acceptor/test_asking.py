"""What callers ask about their calls."""

from typing import Any

import httpx
import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.gateway.routes import Grant, Route, RouteState
from deploy_ui.models import Call, Content
from deploy_ui.services.calls import bodies
from deploy_ui.services.calls.bodies import MOST_IN_ROW, Body
from tests import factories
from tests.acceptor.conftest import KEY_ID, Acceptor
from tests.gateway.conftest import Gateway, code
from tests.services.calls import ended_calls

LONG_AGO = "c_aaaaaaaaaaaaaaaa"


async def made(acceptor: Acceptor, **values: Any) -> str:
    call_id = str((await acceptor.send()).json()["request_id"])
    number = ended_calls.row(call_id).number
    with transaction() as session:
        call = session.get_one(Call, number)
        for name, value in values.items():
            setattr(call, name, value)
    return call_id


async def completed(acceptor: Acceptor, answer: bytes, **values: Any) -> str:
    body = Body(f"answer-{len(answer)}")
    body.add(answer)
    stored = body.store()
    done: dict[str, Any] = {"status": CallStatus.COMPLETED, "answer_status": 200}
    kept = {"answer_size": stored.size, "answer_file": stored.file}
    call_id = await made(acceptor, **(done | kept | values))
    number = ended_calls.row(call_id).number
    if stored.data:
        with transaction() as session:
            session.add(Content(call_number=number, answer=True, data=stored.data))
    return call_id


async def test_how_far_a_call_is(acceptor: Acceptor) -> None:
    call_id = await made(acceptor, status=CallStatus.ERROR, reason=CallReason.TIMED_OUT, attempts=5)
    told = (await acceptor.ask(f"calls/{call_id}")).json()
    assert (told["request_id"], told["status"], told["reason"], told["attempts"]) == (call_id, "error", "timed_out", 5)


async def test_the_answer_is_the_models_own(acceptor: Acceptor) -> None:
    headers = [["content-type", "image/png"], ["x-own", "a"], ["x-own", "b"]]
    call_id = await completed(acceptor, b"\x89PNG", answer_status=418, answer_headers=headers)
    response = await acceptor.ask(f"calls/{call_id}/result")
    assert (response.status_code, response.content, response.headers["content-type"]) == (418, b"\x89PNG", "image/png")
    assert response.headers.get_list("x-own") == ["a", "b"]
    head = await acceptor.ask(f"calls/{call_id}/result", "HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (418, b"", "4")


async def test_a_long_answer_comes_off_the_disk(acceptor: Acceptor) -> None:
    long = bytes(range(256)) * (MOST_IN_ROW // 100)
    response = await acceptor.ask(f"calls/{await completed(acceptor, long)}/result")
    assert response.content == long


@pytest.mark.parametrize(
    ("status", "http_status", "refusal"),
    [
        (CallStatus.QUEUED, 409, "call_not_finished"),
        (CallStatus.RUNNING, 409, "call_not_finished"),
        (CallStatus.ERROR, 410, "call_failed"),
        (CallStatus.CANCELED, 410, "call_was_canceled"),
    ],
)
async def test_there_is_not_always_an_answer(
    acceptor: Acceptor, status: CallStatus, http_status: int, refusal: str
) -> None:
    response = await acceptor.ask(f"calls/{await made(acceptor, status=status)}/result")
    assert (response.status_code, code(response)) == (http_status, refusal)


async def test_calls_of_others_and_those_of_nobody_are_not_found(acceptor: Acceptor) -> None:
    foreign = factories.call(factories.deployment())
    for call_id in (foreign, foreign[:-1] + "?", "nonsense", "c_" + "z" * 500):
        response = await acceptor.ask(f"calls/{call_id}")
        assert (response.status_code, code(response)) == (404, "call_not_found"), call_id


async def test_one_that_was_forgotten_is_gone(acceptor: Acceptor) -> None:
    for path in (f"calls/{LONG_AGO}", f"calls/{LONG_AGO}/result"):
        response = await acceptor.ask(path)
        assert (response.status_code, code(response)) == (410, "call_expired")


async def test_a_caller_may_cancel(acceptor: Acceptor) -> None:
    call_id = await made(acceptor)
    assert (await acceptor.ask(f"calls/{call_id}/cancel", "POST")).json()["status"] == "canceled"
    again = await acceptor.ask(f"calls/{call_id}/cancel", "POST")
    assert (again.status_code, code(again)) == (409, "call_ended")


@pytest.mark.parametrize("path", ["", "calls", "calls/", "else", "calls/c_1/else"])
async def test_there_is_nothing_else(acceptor: Acceptor, path: str) -> None:
    response = await acceptor.ask(path)
    assert (response.status_code, code(response)) == (404, "not_found")


async def test_answers_are_there_while_the_deployment_is_stopped(acceptor: Acceptor, gateway: Gateway) -> None:
    call_id = await completed(acceptor, b"1")
    gateway.serve(Route(acceptor.card.slug, RouteState.STOPPED, grants=(Grant(KEY_ID),)))
    assert (await acceptor.ask(f"calls/{call_id}/result")).content == b"1"
    gateway.serve(Route(acceptor.card.slug, RouteState.DELETED))
    assert (await acceptor.ask(f"calls/{call_id}/result")).status_code == 410


async def test_an_answer_whose_file_is_gone_is_gone(acceptor: Acceptor) -> None:
    call_id = await completed(acceptor, b"x" * (MOST_IN_ROW + 1))
    bodies.path_of(ended_calls.row(call_id).answer_file).unlink()
    response = await acceptor.ask(f"calls/{call_id}/result")
    assert (response.status_code, code(response)) == (410, "call_expired")


async def test_an_answer_whose_file_is_too_short_breaks_off(acceptor: Acceptor) -> None:
    call_id = await completed(acceptor, b"x" * (MOST_IN_ROW + 1))
    path = bodies.path_of(ended_calls.row(call_id).answer_file)
    path.write_bytes(b"x" * 1000)
    with pytest.raises(httpx.RemoteProtocolError):
        await acceptor.ask(f"calls/{call_id}/result")
