"""The activator as a process: how it ends, what happens without it, whom it tells, what it is told."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis

from deploy_ui.gateway import access_log, gate, places
from deploy_ui.gateway.activator import server
from deploy_ui.gateway.activator.client import held
from deploy_ui.gateway.activator.hold import Hold
from deploy_ui.gateway.activator.waiting import Places
from deploy_ui.gateway.activator.watch import Watch
from deploy_ui.gateway.outcomes import outcome
from deploy_ui.gateway.waking import CODE_HEADER
from deploy_ui.hints import CHANNEL
from deploy_ui.settings import settings
from tests import activator
from tests.gateway.callers import calling, post
from tests.gateway.conftest import Gateway, code, secret, serving, shut, waiting
from tests.gateway.upstream import Upstream
from tests.waiting import eventually

END_S = 3


def test_without_the_activator_callers_are_asked_to_come_back(gateway: Gateway, upstream: Upstream) -> None:
    shut("a")
    gateway.serve(waiting("a", upstream.address), serving("b", upstream.address))
    response = post(gateway)
    assert (response.status_code, code(response)) == (503, "deployment_not_ready")
    assert response.headers["retry-after"] == "1"
    assert gateway.call("/b/", secret("b")).status_code == 200
    assert held() == {}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_end_sends_those_away_who_wait_and_a_new_start_holds_again(
    gateway: Gateway, upstream: Upstream, number: signal.Signals
) -> None:
    shut("a")
    gateway.serve(waiting("a", upstream.address))
    with activator.running() as process, calling(lambda: post(gateway), 5) as callers:
        began = time.monotonic()
        process.send_signal(number)
        for caller in callers:
            response = caller.result(END_S)
            assert (response.status_code, code(response)) == (503, "deployment_not_ready")
            assert int(response.headers["retry-after"]) > 0
        assert process.wait(END_S) == (0 if number == signal.SIGTERM else -number)
        assert time.monotonic() < began + END_S
    with activator.running(), calling(lambda: post(gateway)) as [caller]:
        gate.write({})
        assert caller.result(20).status_code == 200


def test_the_controller_is_called_over_redis(gateway: Gateway, redis_server: str, upstream: Upstream) -> None:
    shut("a")
    gateway.serve(waiting("a", upstream.address))
    with Redis.from_url(redis_server) as client, client.pubsub(ignore_subscribe_messages=True) as ear:
        ear.subscribe(CHANNEL + "wake")
        with activator.running(redis_server):
            gate.write({})
            assert post(gateway).status_code == 200
            assert ear.get_message(timeout=0.5) is None
            shut("a")
            with calling(lambda: post(gateway)):
                assert eventually(lambda: ear.get_message(timeout=1))
                assert eventually(lambda: ear.get_message(timeout=2))
                gate.write({})


@contextmanager
def told() -> Iterator[list[bytes]]:
    """Stand in for the activator; collect what Envoy says to it, and let everything through."""
    path = places.activator_socket(settings())
    path.unlink(missing_ok=True)
    said: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                said.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-added: 1\r\nset-cookie: a=b\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield said
        thread.join()


def test_the_activator_learns_the_slug_and_the_patience_and_nothing_else(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(waiting("a", upstream.address))
    with told() as said:
        headers = {"cookie": "private=1", "x-own": "1", "x-deploy-ui-held": "no"}
        response = post(gateway, "/a/private/path?private=2", b"private body", patience="7", **headers)
    assert response.status_code == 200
    head = said[0].decode()
    assert head.startswith("POST /hold/a HTTP/1.1\r\n")
    names = {line.split(":")[0] for line in head.splitlines()[1:] if line}
    envoys = {"x-envoy-internal", "x-forwarded-for", "x-envoy-expected-rq-timeout-ms"}
    assert names - envoys == {"host", "content-length", "x-scale-up-timeout"}
    assert "private" not in head
    [seen] = upstream.seen
    assert seen.header("x-added") == []
    assert "set-cookie" not in response.headers


@contextmanager
def small() -> Iterator[None]:
    """Run an activator with few places, in a thread."""
    ready, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        hold = Hold(Watch(), Places(most=3, most_of_one=2), lambda: None)
        async with server.serving(hold):
            running = asyncio.create_task(hold.run())
            ready.set()
            await done.wait()
            running.cancel()
            await asyncio.wait([running])

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def logged_reasons() -> set[str]:
    return {outcome(each)[1] for batch in access_log.batches() for each in batch}


def test_more_than_there_are_places_for_are_sent_away(gateway: Gateway, upstream: Upstream) -> None:
    shut("a")
    gateway.serve(waiting("a", upstream.address))
    with small(), calling(lambda: post(gateway), 2) as callers:
        response = post(gateway)
        assert (response.status_code, code(response)) == (503, "too_many_waiting")
        assert int(response.headers["retry-after"]) > 0
        assert response.headers.keys().isdisjoint({CODE_HEADER})
        gate.write({})
        assert [caller.result(20).status_code for caller in callers] == [200, 200]
    assert eventually(lambda: "too_many_waiting" in logged_reasons())
