import logging
import time

import pytest
from redis import Redis

from deploy_ui import hints
from tests.waiting import eventually


def test_a_hint_reaches_those_who_listen_and_carries_nothing(redis: Redis) -> None:
    with redis.pubsub() as heard:  # type: ignore[no-untyped-call]
        heard.subscribe(hints.CHANNEL + "image:img_1")
        eventually(heard.get_message)
        hints.publish("images", "image:img_1")
        message = eventually(heard.get_message)
    assert (message["channel"].decode(), message["data"]) == (hints.CHANNEL + "image:img_1", b"")


@pytest.mark.usefixtures("data_dir")
def test_without_redis_a_hint_is_logged_and_costs_no_time(caplog: pytest.LogCaptureFixture) -> None:
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        hints.publish("deployments", "wanted")
    assert time.monotonic() - began < 2
    assert [record.message.split(":")[0] for record in caplog.records] == ["hint not sent"]
