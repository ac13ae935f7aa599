"""Which page a browser's request came from."""

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that it does not matter who asks for them."""


def is_our_page(headers: Headers, console: str) -> bool:
    """Say whether a page of the console sent the request: of the address `console`, or of the very host it came to."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return bool(origin and host) and origin in {console, f"http://{host}", f"https://{host}"}
