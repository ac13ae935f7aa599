"""The same work done by others: no-op tasks queued first, then drained by Celery, or by plain RQ, with two processes.

Both use a Redis of their own, of the binary and with the settings of our embedded one. A task that writes down the time
is the first one, and another the last.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from celery import Celery
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from benchmarks.calls import rq_jobs
from deploy_ui.launch.redis import server_command
from deploy_ui.settings import Settings

PROCESSES = 2
WAIT_S = 180
LOOK_S = 0.02
END_S = 10
MARKS = "marks"
SOCKET = "BENCH_REDIS"
"""Names the socket to the workers."""
NAME = "benchmarks.calls.peers"

app = Celery("peers", broker=f"redis+socket://{os.environ.get(SOCKET, '')}")
app.conf.update(task_acks_late=True, task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task(name="nothing")  # type: ignore[untyped-decorator]
def nothing() -> None:
    """Do nothing."""


@app.task(name="mark")  # type: ignore[untyped-decorator]
def mark() -> None:
    """Write down when this runs."""
    _redis(os.environ[SOCKET]).rpush(MARKS, time.time())


def celery_per_s(count: int) -> float:
    """Return how many no-op tasks a second Celery drains: prefork, acknowledged late, no results."""
    with _redis_server() as socket:
        app.conf.broker_url = f"redis+socket://{socket}"
        with app.connection_for_write() as connection:
            for task in (mark, *(nothing for _ in range(count)), mark):
                task.apply_async(connection=connection)
        worker = ("celery", "-A", NAME, "worker", "--pool", "prefork", "--loglevel", "ERROR")
        return _drained(socket, count, [(*worker, "--concurrency", str(PROCESSES))])


def rq_per_s(count: int) -> float:
    """Return how many no-op jobs a second RQ drains with workers that fork for each job."""
    with _redis_server() as socket, _redis(socket) as connection:
        queue = Queue("peers", connection=connection)
        for job in (rq_jobs.mark, *(rq_jobs.nothing for _ in range(count)), rq_jobs.mark):
            queue.enqueue(job)
        worker = ("rq.cli", "worker", "--url", f"unix://{socket}", "--quiet", "peers")
        return _drained(socket, count, [worker] * PROCESSES)


def _drained(socket: str, count: int, workers: Sequence[Sequence[str]]) -> float:
    """Run the workers until both marks are written; return how many tasks a second were between them."""
    with ExitStack() as stack, _redis(socket) as connection:
        for command in workers:
            stack.enter_context(_running([sys.executable, "-m", *command], {SOCKET: socket}))
        _until(lambda: connection.llen(MARKS) == 2)  # noqa: PLR2004 -- the first and the last
        first, last = map(float, connection.lrange(MARKS, 0, -1))
        return count / (last - first)


@contextmanager
def _redis_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="dui-peers-") as folder:
        here = Settings(data_dir=Path(folder))
        (here.data_dir / "redis").mkdir()
        here.redis_socket.parent.mkdir(parents=True, exist_ok=True)
        with _running(server_command(here), {}):
            _until(lambda: _answers(str(here.redis_socket)))
            yield str(here.redis_socket)


@contextmanager
def _running(command: Sequence[str], values: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=os.environ | values, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:  # seen once: it had done its work and did not end
            process.kill()
            process.wait()


def _answers(socket: str) -> bool:
    try:
        with _redis(socket) as connection:
            return bool(connection.ping())
    except (RedisError, OSError):
        return False


def _redis(socket: str) -> Redis:
    return Redis(unix_socket_path=socket)


def _until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {WAIT_S} s in vain for others to do their work")
        time.sleep(LOOK_S)
