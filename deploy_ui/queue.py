"""Background jobs: what there is to run, and how to ask for it. Nothing else in the web app imports RQ.

JSON instead of RQ's default pickle: whoever could write to Redis could otherwise run code in a worker.
"""

import logging
from enum import StrEnum

from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from deploy_ui.hints import redis

QUEUE = "deploy-ui"
"""One queue a worker: RQ moves jobs without a gap only for a worker of exactly one queue."""
CALLS_QUEUE = "deploy-ui-calls"
"""Apart from the other one, so that no call waits for a build."""
DUE = "deploy-ui:due"
"""The channel on which a deliverer hears that calls or callbacks are due, or that one was canceled."""
JOB_TIMEOUT_S = 3600

log = logging.getLogger(__name__)


class Job(StrEnum):
    """Every job, by the address of its function. A job takes ids and may run twice."""

    BUILD_IMAGE = "deploy_ui.jobs.images.build"
    DELIVER_CALLS = "deploy_ui.jobs.calls.deliver"


def queue(name: str = QUEUE) -> Queue:
    """Return one of the product's queues."""
    return Queue(name, connection=redis(), serializer=JSONSerializer)


def deliver() -> None:
    """Let whoever delivers calls look at once; ask for one who does where nobody listens. Call it after the commit.

    What gets lost here is made up for by the controller, which looks for due calls every few seconds.
    """
    try:
        heard = redis().publish(DUE, b"")
    except RedisError as error:
        log.warning("nobody who delivers was told: %s", error)
        return
    if not heard:
        ask_for_another()


def ask_for_another() -> None:
    """Ask for one more deliverer, unless one is asked for already. It begins as soon as a worker is free.

    Its job has no time limit: it ends when nothing was due for a while.
    """
    calls = queue(CALLS_QUEUE)
    try:
        if not calls.count:
            calls.enqueue(Job.DELIVER_CALLS.value, job_timeout=-1, result_ttl=0, failure_ttl=600)
    except RedisError as error:
        log.warning("no deliverer asked for: %s", error)


def enqueue(job: Job, *ids: str | int) -> bool:
    """Ask for a job, after the commit that makes it needed; say whether Redis took it.

    A job that Redis did not take or has lost is asked for again from the database by the controller.
    """
    try:
        queue().enqueue(job.value, *ids, job_timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=86_400)
    except RedisError as error:
        log.warning("%s not queued: %s", job, error)
        return False
    return True


def waiting(job: Job) -> set[str] | None:
    """Return the first id of every such job that no worker has taken yet; None if Redis does not answer."""
    try:
        return {str(each.args[0]) for each in queue().get_jobs() if each.func_name == job.value and each.args}
    except RedisError as error:
        log.warning("queue not read: %s", error)
        return None
