"""Who delivers asks for another one when it is full, and only then."""

from datetime import timedelta

from redis import Redis

from deploy_ui import queue
from tests.jobs.delivery.delivering import Delivering, beat
from tests.jobs.delivery.upstream import Upstream
from tests.services.calls import queued
from tests.waiting import eventually_async


async def test_who_is_full_asks_for_another_but_not_for_two(
    delivering: Delivering, upstream: Upstream, redis: Redis
) -> None:
    assert redis
    asked = queue.queue(queue.CALLS_QUEUE)
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=100)
    for _ in range(10):
        queued.call(card)
    delivering.start(most_in_flight=5, full_s=0.05)
    await eventually_async(lambda: asked.count == 1)
    deliverer, _ = delivering.start(most_in_flight=3, full_s=0.05)
    await eventually_async(lambda: upstream.now == 7)
    await eventually_async(lambda: deliverer.full)
    assert asked.count == 1


async def test_who_has_room_asks_for_no_other(delivering: Delivering, upstream: Upstream, redis: Redis) -> None:
    assert redis
    upstream.answer = upstream.hold
    card = queued.serving(upstream.address, concurrency=8)
    for _ in range(10):
        queued.call(card)
    deliverer, _ = delivering.start(full_s=0)
    await eventually_async(lambda: upstream.now == 6)
    seen = beat()
    await eventually_async(lambda: beat() > seen + timedelta(seconds=0.3))
    assert not deliverer.full
    assert queue.queue(queue.CALLS_QUEUE).count == 0
