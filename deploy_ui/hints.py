"""Hints that something changed, over Redis. A hint carries no data: whoever hears one reads the database.

Topics: `deployments`, `deployment:{slug}`, `calls:{slug}`, `images`, `image:{id}`, `session:{hash}`; for the controller
`wanted`, and `wake` when somebody waits for a deployment without an instance.
A lost hint costs a moment, never the truth, so a Redis that does not answer is logged and passed over.
"""

import functools
import logging
import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from redis import Redis
from redis.exceptions import RedisError

from deploy_ui.settings import settings

CHANNEL = "deploy-ui:hint:"
ANSWER_S = 2
"""How long Redis may take for one answer."""
REST_S = 5.0
"""How long Redis is left alone after it did not answer: one that hangs must not hold up everybody with a hint."""

log = logging.getLogger(__name__)
_rests_until: WeakKeyDictionary[Redis, float] = WeakKeyDictionary()


@functools.cache
def redis() -> Redis:
    """Return this process's connection pool to Redis. Tests clear it with `redis.cache_clear()`."""
    return Redis.from_url(settings().redis, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S)


def publish(*topics: str) -> None:
    """Tell everybody who listens to these topics to look again. Call it after the commit."""

    def send(client: Redis) -> None:
        for topic in topics:
            client.publish(CHANNEL + topic, b"")

    attempt("hint not sent", send)


def attempt(undone: str, do: Callable[[Redis], object]) -> None:
    """Ask something of Redis that may be lost. A failure is logged as `undone`, and Redis left alone for a while."""
    client = redis()
    if time.monotonic() < _rests_until.get(client, 0.0):
        return
    try:
        do(client)
    except RedisError as error:
        _rests_until[client] = time.monotonic() + REST_S
        log.warning("%s: %s", undone, error)
