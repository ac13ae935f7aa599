"""What becomes of attempts: the deliverer in the test's loop, and real instances on loopback."""

import asyncio
import errno
from datetime import timedelta

import pytest
from aiohttp import web

from deploy_ui import clock
from deploy_ui.enums import CallReason, CallStatus
from deploy_ui.services.calls import bodies
from tests.jobs.delivery.delivering import Delivering, becomes
from tests.jobs.delivery.upstream import Talk, Upstream, talking
from tests.ports import free_port
from tests.services.calls import queued
from tests.services.calls.ended_calls import row
from tests.waiting import eventually_async

LONG = bytes(range(256)) * 1024
BUSY = '{"error": {"code": "instance_busy", "message": "The instance already holds 8 requests."}}'
MARK = {"X-Instance-Busy": "1"}


def reasons(call_id: str) -> list[tuple[CallReason, int | None]]:
    return [(each.reason, each.status) for each in queued.attempts(call_id)]


def says(data: bytes) -> Talk:
    """An instance that answers with these bytes and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await writer.drain()

    return talk


async def test_an_answer_is_kept_with_its_status_and_headers(delivering: Delivering, upstream: Upstream) -> None:
    async def answer(_request: web.Request) -> web.Response:
        headers = {"X-Own": "yes", "Set-Cookie": "a=b", "Content-Encoding": "gzip", "Connection": "X-Hop", "X-Hop": "1"}
        return web.Response(status=422, body=b"not really gzip", headers=headers, content_type="text/plain")

    upstream.answer = answer
    headers = [["Content-Type", "application/json"], ["X-Twice", "1"], ["X-Twice", "2"]]
    call_id = queued.call(queued.serving(upstream.address), body=b"{}", path="/predict?a=%20b", headers=headers)
    delivering.start()
    ended = await becomes(call_id, CallStatus.COMPLETED)
    kept = {name.lower(): value for name, value in ended.answer_headers}
    assert (ended.answer_status, queued.answer(call_id), ended.attempts) == (422, b"not really gzip", 1)
    assert (kept["x-own"], kept["content-type"], kept["content-encoding"]) == ("yes", "text/plain", "gzip")
    assert kept.keys().isdisjoint({"set-cookie", "connection", "x-hop", "content-length"})
    [got] = upstream.got
    assert (got.method, got.path, got.body) == ("POST", "/predict?a=%20b", b"{}")
    assert (got.headers["x-request-id"], got.headers["x-async-call-id"], got.headers["x-async-attempt"]) == (
        call_id,
        call_id,
        "1",
    )
    assert reasons(call_id) == [(CallReason.NONE, 422)]


async def test_long_bodies_go_through_files(delivering: Delivering, upstream: Upstream) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=(await request.read())[::-1])

    upstream.answer = answer
    body = bodies.Body("c_long.request")
    body.add(LONG)
    stored = body.store()
    call_id = queued.call(queued.serving(upstream.address), body_file=stored.file, body_size=stored.size)
    delivering.start()
    ended = await becomes(call_id, CallStatus.COMPLETED)
    assert b"".join(bodies.pieces(ended.answer_file)) == LONG[::-1]
    assert (ended.answer_size, upstream.got[0].headers["content-length"]) == (len(LONG), str(len(LONG)))


@pytest.mark.parametrize("size", [len(LONG) - 1, len(LONG) + 1])
async def test_a_request_whose_file_has_another_size_is_lost(
    delivering: Delivering, upstream: Upstream, size: int
) -> None:
    body = bodies.Body("c_long.request")
    body.add(LONG)
    call_id = queued.call(queued.serving(upstream.address), body_file=body.store().file, body_size=size)
    delivering.start()
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.REQUEST_LOST
    assert upstream.got == []


async def test_a_server_error_is_tried_again_until_attempts_are_used_up(
    delivering: Delivering, upstream: Upstream
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=503, text="still loading")

    upstream.answer = answer
    call_id = queued.call(queued.serving(upstream.address), max_attempts=3)
    delivering.start()
    ended = await becomes(call_id, CallStatus.ERROR)
    assert (ended.reason, ended.attempts) == (CallReason.ANSWERED_5XX, 3)
    assert reasons(call_id) == [(CallReason.ANSWERED_5XX, 503)] * 3
    assert {each.message for each in queued.attempts(call_id)} == {"still loading"}
    assert [each.headers["x-async-attempt"] for each in upstream.got] == ["1", "2", "3"]


async def test_a_server_error_may_be_followed_by_an_answer(delivering: Delivering, upstream: Upstream) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=500 if len(upstream.got) == 1 else 200)

    upstream.answer = answer
    call_id = queued.call(queued.serving(upstream.address))
    delivering.start()
    await becomes(call_id, CallStatus.COMPLETED, attempts=2)
    assert reasons(call_id) == [(CallReason.ANSWERED_5XX, 500), (CallReason.NONE, 200)]


async def test_a_full_instance_costs_no_attempt(delivering: Delivering, upstream: Upstream) -> None:
    async def answer(_request: web.Request) -> web.Response:
        full = len(upstream.got) < 3
        return web.Response(status=503, text=BUSY, headers=MARK) if full else web.Response()

    upstream.answer = answer
    call_id = queued.call(queued.serving(upstream.address), max_attempts=1)
    delivering.start(avoid_s=0.02)
    await becomes(call_id, CallStatus.COMPLETED, attempts=1)
    assert (len(upstream.got), reasons(call_id)) == (3, [(CallReason.NONE, 200)])


async def test_a_model_that_always_says_it_is_full_is_not_asked_for_ever(
    delivering: Delivering, upstream: Upstream
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=503, text=BUSY, headers=MARK)

    upstream.answer = answer
    call_id = queued.call(queued.serving(upstream.address), max_attempts=1, health_timeout_s=0.2)
    delivering.start(avoid_s=0.02)
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.ANSWERED_5XX
    assert reasons(call_id) == [(CallReason.ANSWERED_5XX, 503)]
    assert {each.message for each in queued.attempts(call_id)} == {BUSY}


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (500, MARK),
        (503, {}),
    ],
)
async def test_only_our_servers_word_for_full_is_taken_for_it(
    delivering: Delivering, upstream: Upstream, status: int, headers: dict[str, str]
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=BUSY, headers=headers)

    upstream.answer = answer
    call_id = queued.call(queued.serving(upstream.address), max_attempts=1)
    delivering.start()
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.ANSWERED_5XX


@pytest.mark.parametrize(
    ("answer", "reason", "status"),
    [
        pytest.param(b"", CallReason.BROKE_OFF, None, id="nothing"),
        pytest.param(b"HTTP/1.1 20", CallReason.BROKE_OFF, None, id="half a head"),
        pytest.param(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
            CallReason.ANSWER_BROKEN,
            101,
            id="another protocol",
        ),
        pytest.param(b"nonsense\r\n\r\n", CallReason.BROKE_OFF, None, id="no HTTP"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", CallReason.ANSWER_BROKEN, 200, id="half a body"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100_000,
            CallReason.ANSWER_BROKEN,
            200,
            id="half a long body",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            CallReason.ANSWER_BROKEN,
            200,
            id="chunks without an end",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n",
            CallReason.BROKE_OFF,
            None,
            id="chunks of no size",
        ),
    ],
)
async def test_an_answer_that_is_none_is_tried_again_and_leaves_nothing(
    delivering: Delivering, answer: bytes, reason: CallReason, status: int | None
) -> None:
    async with talking(says(answer)) as address:
        call_id = queued.call(queued.serving(address), max_attempts=2)
        delivering.start()
        ended = await becomes(call_id, CallStatus.ERROR)
    assert (ended.reason, reasons(call_id)) == (reason, [(reason, status)] * 2)
    folder = bodies.path_of("")
    assert [each for each in folder.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("size", [200, len(LONG)])
async def test_an_answer_that_our_disk_does_not_take_is_no_fault_of_the_instance(
    delivering: Delivering, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=LONG[:size])

    def store(_body: bodies.Body) -> bodies.Stored:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bodies.Body, "store", store)
    upstream.answer = answer
    call_id = queued.call(queued.serving(upstream.address), max_attempts=2)
    delivering.start()
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.NOT_STORED
    assert reasons(call_id) == [(CallReason.NOT_STORED, 200)] * 2
    assert "No space left" in queued.attempts(call_id)[0].message


async def test_an_instance_that_nobody_reaches(delivering: Delivering) -> None:
    call_id = queued.call(queued.serving(f"127.0.0.1:{free_port()}"), max_attempts=2)
    delivering.start(avoid_s=0.02)
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.UNREACHABLE
    assert reasons(call_id) == [(CallReason.UNREACHABLE, None)] * 2


async def test_an_instance_that_nobody_reaches_does_not_draw_the_calls_of_others(
    delivering: Delivering, upstream: Upstream
) -> None:
    card = queued.serving(f"127.0.0.1:{free_port()}", upstream.address, concurrency=1)
    ids = [queued.call(card) for _ in range(20)]
    delivering.start(avoid_s=60)
    for each in ids:
        await becomes(each, CallStatus.COMPLETED)
    assert sum(row(each).attempts for each in ids) == 21


async def test_an_attempt_has_its_own_time(delivering: Delivering, upstream: Upstream) -> None:
    upstream.answer = upstream.hold
    call_id = queued.call(queued.serving(upstream.address), request_timeout_s=0.1, max_attempts=2)
    delivering.start()
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.TIMED_OUT
    assert reasons(call_id) == [(CallReason.TIMED_OUT, None)] * 2
    await eventually_async(lambda: upstream.now == 0)


async def test_a_deadline_ends_the_call_in_the_middle_of_an_attempt(delivering: Delivering, upstream: Upstream) -> None:
    upstream.answer = upstream.hold
    call_id = queued.call(queued.serving(upstream.address), deadline_at=clock.now() + timedelta(seconds=0.3))
    delivering.start()
    assert (await becomes(call_id, CallStatus.ERROR)).reason == CallReason.LIVE_TIMEOUT
    assert len(upstream.got) == 1
