"""Hears on Redis when there may be something to deliver. What is lost here is found by looking."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from deploy_ui.hints import CHANNEL
from deploy_ui.queue import DUE
from deploy_ui.settings import settings

INSTANCES = f"{CHANNEL}deployment:*"
"""An instance may have become ready, or gone."""
TRY_AGAIN_S = 1.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def listening(heard: Callable[[], None]) -> AsyncIterator[None]:
    """Call `heard` when it begins to hear and at everything that is said, until the block ends.

    From then on nobody counts on us.
    """
    task = asyncio.create_task(_listen(heard))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(heard: Callable[[], None]) -> None:
    silent = False
    while True:
        try:
            async with Redis.from_url(settings().redis) as redis, redis.pubsub() as subscription:
                await subscription.subscribe(DUE)
                await subscription.psubscribe(INSTANCES)
                silent = False
                heard()  # what was said before
                async for _ in subscription.listen():
                    heard()
        except (RedisError, OSError) as error:
            if not silent:
                log.warning("nothing is heard until Redis is back: %s", error)
            silent = True
        await asyncio.sleep(TRY_AGAIN_S)
