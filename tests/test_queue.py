import json
import zlib

import pytest
from redis import Redis

from deploy_ui import queue
from deploy_ui.queue import Job


def test_a_job_is_asked_for_by_name_and_waits_for_a_worker(redis: Redis) -> None:
    assert queue.waiting(Job.BUILD_IMAGE) == set()
    assert queue.enqueue(Job.BUILD_IMAGE, "img_1")
    assert queue.waiting(Job.BUILD_IMAGE) == {"img_1"}
    [job] = queue.queue().get_jobs()
    assert (job.func_name, list(job.args), job.timeout) == (Job.BUILD_IMAGE, ["img_1"], queue.JOB_TIMEOUT_S)
    assert redis.exists(job.key)


def test_what_lies_in_redis_is_no_code(redis: Redis) -> None:
    queue.enqueue(Job.BUILD_IMAGE, "img_1")
    [job] = queue.queue().get_jobs()
    data = redis.hget(job.key, "data")
    assert isinstance(data, bytes)
    name, _, args, kwargs = json.loads(zlib.decompress(data))
    assert (name, args, kwargs) == (Job.BUILD_IMAGE, ["img_1"], {})


@pytest.mark.usefixtures("data_dir")
def test_without_redis_nothing_is_queued_and_nothing_breaks() -> None:
    assert not queue.enqueue(Job.BUILD_IMAGE, "img_1")
    assert queue.waiting(Job.BUILD_IMAGE) is None


def test_another_deliverer_is_asked_for_once(redis: Redis) -> None:
    assert redis
    for _ in range(2):
        queue.ask_for_another()
    assert queue.queue(queue.CALLS_QUEUE).count == 1
