"""The worker: runs the jobs of one queue one at a time, each in a process of its own that dies with the worker.

RQ's defaults notice a dead worker after many minutes, so ours looks more often; builds and calls are looked after from
the database anyway (`services.builds.stale`, `services.calls.waking`). Exactly one queue: only then RQ moves jobs
without a gap in which a kill could lose one.
"""

import ctypes
import logging
import os
import signal
import threading
from contextlib import suppress
from types import FrameType

import psutil
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job as QueuedJob
from rq.serializers import JSONSerializer

from deploy_ui.builds.tool import our_environment
from deploy_ui.jobs import calls, images  # noqa: F401 -- `images` is loaded once here instead of in each job's process
from deploy_ui.queue import CALLS_QUEUE, QUEUE
from deploy_ui.services import builds
from deploy_ui.settings import settings

PR_SET_PDEATHSIG = 1
TRY_AGAIN_S = 1.0
NICENESS = 10

log = logging.getLogger(__name__)


def run_builds() -> None:
    """Build images until SIGTERM or SIGINT, then finish the build at hand; see `run`."""
    builds.warm_up()
    our_environment()  # asks pip, once for all builds
    run(QUEUE)


def run_calls() -> None:
    """Deliver calls until SIGTERM or SIGINT, then let attempts end for a while; see `run`.

    Callers who wait go before: whoever delivers is as nice as instances are.
    """
    os.nice(NICENESS)
    calls.warm_up()
    run(CALLS_QUEUE)


def run(queue: str) -> None:
    """Work until SIGTERM or SIGINT; then finish the job at hand and return. Outlives any trouble with Redis.

    Call it in the main thread. A second signal ends the job at hand too.
    """
    stop = threading.Event()
    while not stop.is_set():
        for number in (signal.SIGTERM, signal.SIGINT):  # RQ sets its own while it works
            signal.signal(number, lambda *_: stop.set())
        try:
            with Redis.from_url(settings().redis, socket_connect_timeout=2) as connection:
                _worker(connection, queue, stop).work(logging_level="WARNING")
        except RedisError as error:
            log.warning("Redis does not answer: %s", error)
        stop.wait(TRY_AGAIN_S)


def _worker(connection: Redis, queue: str, stop: threading.Event) -> "StoppableWorker":
    worker = StoppableWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=20,
        job_monitoring_interval=5,
        maintenance_interval=5,
    )
    worker.stop = stop
    return worker


class StoppableWorker(Worker):
    """A worker that tells why it ended, and whose job's process cannot outlive it."""

    stop: threading.Event
    max_connection_wait_time = 2.0

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        if self.stop.is_set():  # asked while ours were still in place
            self._stop_requested = True

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Note that we were asked to end: RQ's loop ends for other reasons too. Whoever delivers calls is told as well.

        All of our children are: after trouble with Redis the one at work may be an earlier worker's.
        """
        self.stop.set()
        if self.queue_names() == [CALLS_QUEUE]:
            for horse in psutil.Process().children():
                with suppress(psutil.NoSuchProcess):
                    horse.terminate()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: QueuedJob, queue: Queue) -> None:
        """Run the job; first ask the kernel to kill us when the worker dies."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self.pid:
            os._exit(1)  # it died before we asked
        super().main_work_horse(job, queue)
