import pytest
from redis import Redis

from deploy_ui import clock, queue
from deploy_ui.services.calls import deliverers, waking
from deploy_ui.services.calls.deliverers import Watch
from tests.services.calls import queued
from tests.services.calls.ticks import Ticks

pytestmark = pytest.mark.usefixtures("database")


def test_who_hangs_and_still_listens_keeps_nobody_from_being_asked_for(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = Ticks()
    monkeypatch.setattr(waking, "_watch", Watch(ticks))
    asked = queue.queue(queue.CALLS_QUEUE)
    queued.call(queued.serving("127.0.0.1:1"))
    deliverers.begin(clock.now())
    with redis.pubsub() as ears:  # type: ignore[no-untyped-call]
        ears.subscribe(queue.DUE)
        ears.get_message(timeout=1)
        assert waking.look(clock.now())
        for _ in ticks.go_on(9.9):
            waking.look(clock.now())
        assert asked.count == 0, "it may be alive"
        for _ in ticks.go_on(4):
            waking.look(clock.now())
        assert asked.count == 1
