import threading
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from deploy_ui import hints
from deploy_ui.controller.wake import Asked, Wake, listen
from tests.waiting import eventually

CHANNEL = hints.CHANNEL + "wanted"


@pytest.fixture
def wake(redis: Redis) -> Iterator[Wake]:
    """An alarm that already listens, and has rung for what may have been missed before."""
    alarm, stop = Wake(), threading.Event()
    thread = threading.Thread(target=listen, args=(alarm, stop))
    thread.start()
    eventually(lambda: _listeners(redis) == 1)
    assert alarm.wait(5).wanted
    yield alarm
    stop.set()
    thread.join()


def test_a_hint_asks_for_a_look_at_what_is_wanted(wake: Wake) -> None:
    hints.publish("wanted")
    assert wake.wait(5).wanted


def test_a_hint_that_somebody_waits_asks_for_whom_and_for_nothing_else(wake: Wake) -> None:
    hints.publish("wake")
    assert wake.wait(5) == Asked(held=True)
    assert wake.wait(0) == Asked()


def test_a_hint_of_something_else_does_not(wake: Wake) -> None:
    hints.publish("deployments", "deployment:cats")
    hints.publish("wanted")
    assert wake.wait(5).wanted
    assert not wake.wait(0).wanted


def test_a_lost_connection_is_made_anew_and_nothing_is_missed(wake: Wake, redis: Redis) -> None:
    redis.client_kill_filter(_type="pubsub")
    assert wake.wait(10).wanted
    eventually(lambda: _listeners(redis) == 1)
    hints.publish("wanted")
    assert wake.wait(5).wanted


def test_a_probe_asks_for_a_look_at_the_instances_only() -> None:
    alarm = Wake()
    alarm.ring()
    assert alarm.wait(5) == Asked()


def test_without_redis_it_listens_in_vain_until_it_is_told_to_stop(data_dir: object) -> None:  # noqa: ARG001
    stop = threading.Event()
    thread = threading.Thread(target=listen, args=(Wake(), stop))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def _listeners(redis: Redis) -> int:
    found: Any = redis.pubsub_numsub(CHANNEL)
    return int(found[0][1])
