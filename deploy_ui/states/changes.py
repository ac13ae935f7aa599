"""Who wants to look again when something changed: one Redis subscription a process, fanned out to the open tabs.

A hint carries no data. Whoever listens reads the database at once, at every hint and every few seconds, so that a hint
that is lost while Redis is away costs a moment and never the truth.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

from redis.asyncio import Redis
from redis.exceptions import RedisError

from deploy_ui.hints import CHANNEL
from deploy_ui.settings import settings

LOOK_EVERY_S = 5.0
SETTLE_S = 0.1
"""Pause after a look, so that a burst of hints makes one look and not fifty."""
RECONNECT_S = 1.0

log = logging.getLogger(__name__)
_listeners: dict[str, set[asyncio.Event]] = defaultdict(set)


async def looks(*topics: str, every_s: float = LOOK_EVERY_S) -> AsyncIterator[None]:
    """Yield at once, then after every hint on one of these topics, and at least every `every_s` seconds."""
    with listening(*topics) as hint:
        while True:
            hint.clear()
            yield
            await asyncio.sleep(SETTLE_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every_s):  # `wait_for` of Python 3.11 can lose a cancellation to a hint
                    await hint.wait()


@contextlib.contextmanager
def listening(*topics: str) -> Iterator[asyncio.Event]:
    """Give an event that is set by every hint on one of these topics."""
    hint = asyncio.Event()
    for topic in topics:
        _listeners[topic].add(hint)
    try:
        yield hint
    finally:
        for topic in topics:
            _listeners[topic].discard(hint)
            if not _listeners[topic]:
                del _listeners[topic]


async def pump() -> None:
    """Carry hints from Redis to the listeners, for ever; a Redis that went away is waited for."""
    away = asyncio.Event()
    while True:
        try:
            await _listen(away)
        except (RedisError, OSError) as error:
            if not away.is_set():
                log.warning("no hints until Redis is back: %s", error)
            away.set()
            await asyncio.sleep(RECONNECT_S)


async def _listen(away: asyncio.Event) -> None:
    async with Redis.from_url(settings().redis) as redis, redis.pubsub() as subscription:
        await subscription.psubscribe(f"{CHANNEL}*")
        async for message in subscription.listen():
            if message["type"] == "psubscribe":
                away.clear()
                _wake(*_listeners)  # hints were lost while nobody was subscribed
            elif message["type"] == "pmessage":
                _wake(message["channel"].decode().removeprefix(CHANNEL))


def _wake(*topics: str) -> None:
    for topic in topics:
        for hint in _listeners.get(topic, ()):
            hint.set()
