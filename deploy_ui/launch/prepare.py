"""What must be done between Redis and the other parts."""

import time

from redis.exceptions import RedisError

from deploy_ui import migrate
from deploy_ui.errors import Unavailable
from deploy_ui.hints import redis
from deploy_ui.services import people
from deploy_ui.settings import settings

REDIS_S = 20


def prepare() -> str:
    """Wait for Redis, bring the database up to date, make the admin of the settings; return the set-up token, if any.

    Raises `Unavailable` if Redis does not answer in time.
    """
    current = settings()
    _wait_for_redis()
    migrate.upgrade()
    if current.admin_email and current.admin_password:
        people.ensure_admin(current.admin_email, current.admin_password)
    return people.new_setup_link() or ""


def _wait_for_redis() -> None:
    end = time.monotonic() + REDIS_S
    while True:
        try:
            redis().ping()
        except RedisError as error:
            if time.monotonic() > end:
                raise Unavailable("redis_silent", problem=str(error)) from error
            time.sleep(0.05)
        else:
            return
