import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from deploy_ui import hints
from deploy_ui.settings import settings
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


@pytest.fixture
def hanging_redis(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the product use a Redis that takes connections and never answers."""
    path = data_dir / "hangs.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        monkeypatch.setenv("DEPLOY_UI_REDIS_URL", f"unix://{path}")
        settings.cache_clear()
        yield


@pytest.mark.usefixtures("hanging_redis")
def test_a_redis_that_hangs_is_left_alone_after_it_was_waited_for_once(caplog: pytest.LogCaptureFixture) -> None:
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            hints.publish("deployments", "deployment:a", "wanted")
    assert time.monotonic() - began < 2 * hints.ANSWER_S
    assert [record.message.split(":")[0] for record in caplog.records] == ["hint not sent"]
