"""Answers while they come: long ones, endless ones, bombs, and everybody who may leave before the end."""

import asyncio
import base64
import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from sqlmodel import delete

from deploy_ui.api import streams, trial_streams
from deploy_ui.api.trial_forms import MOST_REQUEST
from deploy_ui.db import transaction
from deploy_ui.gateway import process, writer
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.models import SignIn
from deploy_ui.services.trials import sending
from tests.api.exchanges import MAX_BODY_MB, Bench
from tests.api.trial_model import MB
from tests.waiting import eventually, eventually_async

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.mark.parametrize("megabytes", [5, MAX_BODY_MB])
async def test_a_body_up_to_the_gateways_limit_arrives(bench: Bench, megabytes: int) -> None:
    data = b"\xf0" * (megabytes * MB)
    got = await bench.send(kind="file", filename="a.bin", files={"body": data})
    assert (got.told["size"], got.told["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


async def test_a_typed_body_of_five_megabytes_arrives(bench: Bench) -> None:
    text = "\u0436" * (5 * MB // 2)
    assert (await bench.send(kind="text", text=text)).told["sha256"] == hashlib.sha256(text.encode()).hexdigest()


async def test_a_body_over_the_gateways_limit_is_refused(bench: Bench) -> None:
    data = b"x" * (MAX_BODY_MB * MB + 1)
    status, error = await bench.refused(kind="file", filename="a.bin", files={"body": data})
    assert (status, error["code"], error["facts"]) == (413, "body_too_large", {"limit_mb": MAX_BODY_MB})
    assert bench.rows == []


@pytest.mark.parametrize("megabytes", [1, MAX_BODY_MB])
async def test_who_answers_before_the_body_is_over_is_heard(bench: Bench, megabytes: int) -> None:
    writer.write([Route(bench.slug, RouteState.STOPPED)])
    await asyncio.to_thread(eventually, process.applied)
    got = await bench.send(kind="file", filename="a.bin", files={"body": b"x" * (megabytes * MB)})
    assert (got.head["status"], json.loads(got.body)["error"]["code"]) == (503, "deployment_stopped")


async def test_who_answers_while_the_body_comes_gets_all_of_it(bench: Bench) -> None:
    data = b"".join(b"%08d" % number for number in range(MAX_BODY_MB * MB // 8))
    got = await bench.send(path="/mirror", kind="file", filename="a.bin", files={"body": data})
    assert got.body == data


async def test_a_body_far_over_every_limit_is_not_read(bench: Bench) -> None:
    status, error = await bench.refused(files={"body": b"x" * (MAX_BODY_MB * MB + MOST_REQUEST + 1)})
    assert (status, error["code"]) == (413, "body_too_large")
    assert bench.model.asked == []


async def test_an_answer_appears_while_it_comes_and_leaving_ends_it(bench: Bench) -> None:
    async with bench.sending(method="GET", path="/drip") as lines:
        assert (await anext(lines))["head"]["status"] == 200
        for number in range(3):
            assert base64.b64decode((await anext(lines))["data"]) == f"drop {number}\n".encode()
            bench.model.gate.release()
        assert not bench.model.closed.is_set()
    assert await asyncio.to_thread(bench.model.closed.wait, 10)
    await eventually_async(lambda: bench.rows[0].request_id)
    assert not bench.rows[0].over


async def test_an_endless_answer_is_cut_and_its_sender_stopped(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_ANSWER", 3 * MB)
    got = await bench.send(method="GET", path="/endless")
    assert (len(got.body), got.end["size"], got.end["truncated"]) == (3 * MB, 3 * MB, True)
    assert await asyncio.to_thread(bench.model.closed.wait, 10)


async def test_of_an_answer_of_a_hundred_megabytes_comes_what_can_be_shown(bench: Bench) -> None:
    got = await bench.send(method="GET", path="/large")
    assert (len(got.body), got.end["truncated"]) == (32 * MB, True)
    assert await asyncio.to_thread(bench.model.closed.wait, 10)


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(bytes(64 * MB)),
    "deflate": lambda: zlib.compress(bytes(64 * MB)),
    "br": lambda: brotli.compress(bytes(64 * MB), quality=3),
    "zstd": lambda: zstd.compress(bytes(64 * MB)),
    "gzip, gzip": lambda: gzip.compress(gzip.compress(bytes(64 * MB))),
}


@pytest.mark.parametrize("coding", BOMBS)
async def test_a_bomb_is_cut_like_any_long_answer(bench: Bench, coding: str) -> None:
    bench.model.answers["/bomb"] = [(b"content-encoding", coding.encode())], BOMBS[coding]()
    got = await bench.send(method="GET", path="/bomb")
    assert (len(got.body), got.end["truncated"]) == (32 * MB, True)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
async def test_what_is_compressed_wrongly_is_said(bench: Bench, coding: str) -> None:
    bench.model.answers["/odd"] = [(b"content-encoding", coding.encode())], b"<html>no</html>"
    got = await bench.send(method="GET", path="/odd")
    assert (got.head["status"], got.error["code"]) == (200, "answer_undecodable")
    assert got.error["message"]


async def test_a_session_that_ends_ends_the_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_streams, "BEAT_S", 0.05)
    async with bench.sending(method="GET", path="/drip") as lines:
        assert "head" in await anext(lines)
        assert "data" in await anext(lines)
        assert await anext(lines) == {}  # the line is open
        with transaction() as session:
            session.exec(delete(SignIn))
        async for line in lines:
            assert line == {}
    assert await asyncio.to_thread(bench.model.closed.wait, 10)
    assert [each.over for each in bench.rows] == [False]


async def test_the_end_of_the_console_ends_the_answer(bench: Bench) -> None:
    async with bench.sending(method="GET", path="/drip") as lines:
        assert "head" in await anext(lines)
        streams.end()
        assert not [line async for line in lines if "end" in line]
    assert await asyncio.to_thread(bench.model.closed.wait, 10)
