"""Whether the parts of the product answer, each by name."""

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.gateway import alive
from deploy_ui.hints import redis
from deploy_ui.services.fleet import HEARTBEAT


def checks() -> dict[str, bool]:
    """Return for each part whether it answers: the product is ready when all do."""
    beats = _controller_beats()
    return {
        "database": _database(),
        "redis": beats is not None,
        "controller": bool(beats),
        "gateway": alive.answers(),
    }


def _database() -> bool:
    try:
        with reading() as session:
            return session.exec(select(1)).one() == 1
    except SQLAlchemyError:
        return False


def _controller_beats() -> bool | None:
    """Say whether the controller was heard of a moment ago; None when Redis does not answer."""
    try:
        return bool(redis().exists(HEARTBEAT))
    except RedisError:
        return None
