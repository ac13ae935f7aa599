"""What the gateway serves, as plain values; `envoy.py` turns them into Envoy's files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RouteState(StrEnum):
    """What a route does with a request that carries a good key."""

    SERVING = "serving"
    """Balances over the endpoints."""
    WAITING = "waiting"
    """Holds the request until an instance is ready; 503 `deployment_not_ready` when none is in time."""
    STOPPED = "stopped"
    """503 `deployment_stopped`."""
    FAILED = "failed"
    """503 `deployment_failed`."""
    DELETED = "deleted"
    """410 `deployment_deleted`, with or without a key."""


@dataclass(frozen=True)
class Grant:
    """A live key: not disabled, not revoked. Expiry is signed into the key itself."""

    id: str
    """The key's `jti`."""
    addresses: tuple[str, ...] = ()
    """CIDR blocks; empty: from anywhere."""


@dataclass(frozen=True)
class Who:
    """The instance behind an endpoint, as the access log and the statistics name it."""

    instance: str
    revision: int


@dataclass(frozen=True)
class Route:
    """One deployment at the gateway."""

    slug: str
    state: RouteState
    endpoints: tuple[str, ...] = ()
    """`host:port` of every ready instance, sorted. While it waits: of the one that is expected to be ready next."""
    grants: tuple[Grant, ...] = ()
    request_timeout_s: int = 60
    concurrency: int = 8
    start_timeout_s: int = 120
    """How long a request may be held."""
    reason: str = ""
    """The code that says why no instance is ready, for the caller that is refused."""
    who: Mapping[str, Who] = field(default_factory=dict)
    """The instances by endpoint, as far as they are known."""


@dataclass(frozen=True)
class KeyUse:
    """What the gateway let through with one key in one hour."""

    key: str
    slug: str
    at: datetime
    """The newest of these calls."""
    calls: int = 1

    @property
    def hour(self) -> datetime:
        """When the hour of these calls began."""
        return self.at.replace(minute=0, second=0, microsecond=0)
