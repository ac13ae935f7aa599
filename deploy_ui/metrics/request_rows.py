"""A request as it is kept."""

from typing import NamedTuple


class Request(NamedTuple):
    """One request; the fields are the columns."""

    slug: str
    at_ms: int
    place: int
    """Tells requests of one millisecond apart."""
    method: str
    path: str
    status: int
    duration_us: int
    bytes_in: int
    bytes_out: int
    instance: str
    revision: int
    key: str
    console: int
    """1: the key was the console's own."""
    request_id: str
    kind: str
    reason: str
    details: str
