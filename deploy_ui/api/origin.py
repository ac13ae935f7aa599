"""Which page a browser's request came from."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that it does not matter who asks for them."""


def is_our_page(headers: Headers, console: str) -> bool:
    """Say whether a page of the console sent the request: of the address `console`, or of the very host it came to."""
    origin = headers.get("origin", "")
    return bool(origin) and (origin == console or urlsplit(origin).netloc == headers.get("host"))
