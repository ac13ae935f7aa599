"""Hints that something changed, over Redis. A hint carries no data: whoever hears one reads the database.

Topics: `deployments`, `deployment:{slug}`, `images`, `image:{id}`, and `wanted` for the controller.
A lost hint costs a moment, never the truth, so a Redis that does not answer is logged and passed over.
"""

import functools
import logging

from redis import Redis
from redis.exceptions import RedisError

from deploy_ui.settings import settings

CHANNEL = "deploy-ui:hint:"

log = logging.getLogger(__name__)


@functools.cache
def redis() -> Redis:
    """Return this process's connection pool to Redis. Tests clear it with `redis.cache_clear()`."""
    return Redis.from_url(settings().redis, socket_timeout=5, socket_connect_timeout=2)


def publish(*topics: str) -> None:
    """Tell everybody who listens to these topics to look again. Call it after the commit."""
    try:
        for topic in topics:
            redis().publish(CHANNEL + topic, b"")
    except RedisError as error:
        log.warning("hint not sent: %s", error)
