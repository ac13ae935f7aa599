import asyncio
import base64
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from deploy_ui.enums import CallbackStatus
from deploy_ui.jobs.delivery import callbacks as sending
from deploy_ui.services import posting
from deploy_ui.services.calls import callback_secrets, callbacks
from deploy_ui.settings import settings
from tests.jobs.delivery.receiver import Receiver, contexts
from tests.jobs.delivery.sender import Names, Sender, becomes
from tests.ports import free_port
from tests.services.calls.ended_calls import row
from tests.waiting import eventually_async

NAME = "receiver.example"


@pytest.fixture(autouse=True)
def _loopback_is_allowed(database: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- it is read
    monkeypatch.setenv("DEPLOY_UI_CALLBACK_NETWORKS", "127.0.0.0/8,::1")
    settings.cache_clear()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    made = Sender()
    yield made
    await made.stop()


async def test_the_receiver_gets_the_outcome_once_signed_and_under_its_own_name(
    sender: Sender, receiver: Receiver
) -> None:
    call = sender.call(f"http://{NAME}:{receiver.port}/hook?a=%20b#part")
    sender.start(lookup=Names(["127.0.0.1"]))
    await becomes(call, CallbackStatus.DELIVERED)
    [got] = receiver.got
    assert (got.path, got.headers["host"]) == ("/hook?a=%20b", f"{NAME}:{receiver.port}")
    assert (got.headers["content-type"], got.headers["webhook-id"]) == ("application/json", f"{call}-completed")
    told = json.loads(got.body)
    assert (told["type"], told["data"]["request_id"]) == ("call.completed", call)
    stamp = got.headers["webhook-timestamp"]
    secret = callback_secrets.signing_secret(told["data"]["deployment"], 1)
    signed = hmac.digest(secret, f"{call}-completed.{stamp}.".encode() + got.body, "sha256")
    assert got.headers["webhook-signature"] == f"v1,{base64.b64encode(signed).decode()}"


def told(call: str) -> tuple[int, str]:
    return row(call).callback_attempts, row(call).callback_message


async def test_a_receiver_that_fails_is_told_again_with_the_same_id_and_body_and_a_new_stamp(
    sender: Sender, receiver: Receiver
) -> None:
    receiver.statuses = [500, 429]
    call = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.start()
    await eventually_async(lambda: told(call) == (1, "HTTP 500"))
    sender.clock.ahead(seconds=1)
    await eventually_async(lambda: told(call) == (2, "HTTP 429"))
    sender.clock.ahead(seconds=2)
    await becomes(call, CallbackStatus.DELIVERED, 3)
    assert len(receiver.got) == 3
    assert len({(got.headers["webhook-id"], got.body) for got in receiver.got}) == 1
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 3
    assert not any("cookie" in got.headers for got in receiver.got)


async def test_a_redirect_is_not_followed_but_a_failure(sender: Sender, receiver: Receiver) -> None:
    receiver.statuses = [302]
    call = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.start()
    assert (await becomes(call, CallbackStatus.PENDING)).callback_message == "HTTP 302"
    assert [got.path for got in receiver.got] == ["/"]


async def test_an_hour_after_the_call_nobody_is_told_any_more(sender: Sender, receiver: Receiver) -> None:
    receiver.statuses = [500]
    call = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.clock.ahead(hours=1)
    sender.start()
    assert (await becomes(call, CallbackStatus.FAILED)).callback_message == "HTTP 500"


async def test_a_name_that_leads_elsewhere_by_now_is_refused_for_ever(sender: Sender, receiver: Receiver) -> None:
    receiver.statuses = [500]
    names = Names(["127.0.0.1"], ["10.0.0.1", "fe80::1"])
    call = sender.call(f"http://{NAME}:{receiver.port}/")
    sender.start(lookup=names)
    await becomes(call, CallbackStatus.PENDING)
    sender.clock.ahead(seconds=1)
    assert (await becomes(call, CallbackStatus.REFUSED, 2)).callback_message == "callback_refused"
    assert len(receiver.got) == 1


async def test_the_address_that_was_judged_is_the_one_that_is_called(sender: Sender, receiver: Receiver) -> None:
    # The machine's own resolver does not know the name, and asked once more this one would lead elsewhere.
    names = Names(["127.0.0.1"], ["127.0.0.99"])
    call = sender.call(f"http://no-such-name.invalid:{receiver.port}/")
    sender.start(lookup=names)
    await becomes(call, CallbackStatus.DELIVERED)
    assert names.asked == ["no-such-name.invalid"]


async def test_loopback_is_refused_unless_it_is_allowed(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEPLOY_UI_CALLBACK_NETWORKS")
    settings.cache_clear()
    urls = [f"http://{host}:{receiver.port}/" for host in ("127.0.0.1", "2130706433", "localhost", "[::ffff:7f00:1]")]
    calls = [sender.call(url) for url in urls]
    sender.start()
    for call in calls:
        await becomes(call, CallbackStatus.REFUSED)
    assert receiver.got == []


async def test_a_name_that_is_not_resolved_is_a_try_that_failed(sender: Sender, receiver: Receiver) -> None:
    call = sender.call(f"http://{NAME}:{receiver.port}/")
    sender.start(lookup=Names([], ["127.0.0.1"]))
    assert "not resolved" in (await becomes(call, CallbackStatus.PENDING)).callback_message
    sender.clock.ahead(seconds=1)
    await becomes(call, CallbackStatus.DELIVERED, 2)


async def test_the_next_address_is_called_when_nobody_takes_the_connection(sender: Sender, receiver: Receiver) -> None:
    call = sender.call(f"http://{NAME}:{receiver.port}/")
    sender.start(lookup=Names(["::1", "127.0.0.1"]))
    await becomes(call, CallbackStatus.DELIVERED)
    assert len(receiver.got) == 1


async def test_nobody_listening_is_a_try_that_failed(sender: Sender) -> None:
    call = sender.call(f"http://127.0.0.1:{free_port()}/")
    sender.start()
    assert "ConnectError" in (await becomes(call, CallbackStatus.PENDING)).callback_message


async def test_a_receiver_that_hangs_is_given_up_and_holds_up_nobody_else(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TRY_S", 0.5)

    async def hang(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    hanging = Receiver(answer=hang)
    await hanging.start()
    stuck = sender.call(f"http://127.0.0.1:{hanging.port}/")
    quick = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.start()
    await becomes(quick, CallbackStatus.DELIVERED)
    assert "no answer within" in (await becomes(stuck, CallbackStatus.PENDING)).callback_message
    assert len(hanging.got) == 1
    await hanging.stop()


async def test_an_endless_answer_is_not_read(sender: Sender, receiver: Receiver) -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with suppress(ConnectionError):
            while True:
                await answer.write(b"x" * 65536)
        return answer

    receiver.answer = pour
    call = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.start()
    await becomes(call, CallbackStatus.DELIVERED)


async def test_at_most_fifty_are_in_flight_and_all_arrive(sender: Sender, receiver: Receiver) -> None:
    now, most = 0, 0

    async def slowly(_request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await eventually_async(lambda: len(receiver.got) >= sending.MOST_IN_FLIGHT)
        now -= 1
        return web.Response()

    receiver.answer = slowly
    calls = [sender.call(f"http://127.0.0.1:{receiver.port}/") for _ in range(60)]
    sender.start()
    for call in calls:
        await becomes(call, CallbackStatus.DELIVERED)
    assert (most, len(receiver.got)) == (sending.MOST_IN_FLIGHT, 60)


async def test_two_senders_do_not_send_one_callback_twice(sender: Sender, receiver: Receiver) -> None:
    calls = [sender.call(f"http://127.0.0.1:{receiver.port}/") for _ in range(30)]
    sender.start()
    sender.start()
    for call in calls:
        await becomes(call, CallbackStatus.DELIVERED)
    assert len(receiver.got) == 30


async def test_it_is_busy_while_it_sends_and_looks_when_it_is_told(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOOK_S", 3600)
    may_end = asyncio.Event()

    async def wait(_request: web.Request) -> web.StreamResponse:
        await may_end.wait()
        return web.Response()

    receiver.answer = wait
    first = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.start()
    await eventually_async(lambda: receiver.got)
    second = sender.call(f"http://127.0.0.1:{receiver.port}/")
    assert sender.callbacks.busy()
    sender.callbacks.look()
    await eventually_async(lambda: len(receiver.got) == 2)
    may_end.set()
    for call in (first, second):
        await becomes(call, CallbackStatus.DELIVERED)
    await eventually_async(lambda: not sender.callbacks.busy())


async def test_a_database_that_fails_for_a_moment_only_delays(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sending, "REST_S", 0)
    due, failures = callbacks.due, [OSError("disk"), OSError("disk")]

    def sometimes(now: datetime, limit: int) -> Any:
        if failures:
            raise failures.pop()
        return due(now, limit)

    monkeypatch.setattr(callbacks, "due", sometimes)
    call = sender.call(f"http://127.0.0.1:{receiver.port}/")
    sender.start()
    await becomes(call, CallbackStatus.DELIVERED)
    assert "no callbacks read" in caplog.text


@pytest.mark.parametrize(
    ("host", "status", "words"),
    [(NAME, CallbackStatus.DELIVERED, ""), ("other.example", CallbackStatus.PENDING, "not valid for 'other.example'")],
)
async def test_over_tls_the_certificate_must_be_that_of_the_name(
    sender: Sender, tmp_path: Path, host: str, status: CallbackStatus, words: str
) -> None:
    serves, trusts = contexts(tmp_path, NAME)
    receiver = Receiver()
    await receiver.start(serves)
    asked: list[str] = []
    serves.sni_callback = _keep(asked)
    call = sender.call(f"https://{host}.:{receiver.port}/")
    sender.start(lookup=Names(["127.0.0.1"]), transport=lambda: httpx.AsyncHTTPTransport(verify=trusts))
    found = await becomes(call, status)
    assert words in found.callback_message
    assert asked == [host]
    await receiver.stop()


def _keep(asked: list[str]) -> Callable[[ssl.SSLObject, str, ssl.SSLContext], None]:
    def keep(_socket: ssl.SSLObject, name: str, _context: ssl.SSLContext) -> None:
        asked.append(name)

    return keep
