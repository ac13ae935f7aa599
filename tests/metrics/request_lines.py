"""Makes requests as the store keeps them."""

from typing import Any

from deploy_ui.metrics.request_rows import Request

T = 1_893_456_000_000
"""1 January 2030, in milliseconds since 1970."""


def request(at_ms: int = T, slug: str = "iris", **values: Any) -> Request:
    """Make a request that an instance answered."""
    fields: dict[str, Any] = {
        "slug": slug,
        "at_ms": at_ms,
        "place": 0,
        "method": "POST",
        "path": "/predict",
        "status": 200,
        "duration_us": 5000,
        "bytes_in": 10,
        "bytes_out": 20,
        "instance": "abc123",
        "revision": 1,
        "key": "",
        "console": 0,
        "request_id": "",
        "kind": "answered",
        "reason": "",
        "details": "",
        **values,
    }
    return Request(**fields)
