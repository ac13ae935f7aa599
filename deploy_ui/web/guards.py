"""What stands between the network and the console: plain ASGI wrappers.

Reflex 0.10 reflects any Origin and takes websockets from any site, sends no cache or security headers,
and has no limit on bodies. Each wrapper here mends one of these.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy_ui.api.errors import answer
from deploy_ui.api.origin import SAFE_METHODS, is_our_page

FOREVER = "public, max-age=31536000, immutable"
"""For files whose name holds the hash of their content."""
POLICY_VIOLATION = 1008
LENGTH = re.compile(r"[0-9]{1,18}")


class SameOrigin:
    """Turns away websockets and changes that a page of another site asks for.

    Programs send no Origin and pass; what they may do is decided by their token. The proxy in front must hand on Host.
    """

    def __init__(self, app: ASGIApp, *, console: str) -> None:
        self.app = app
        self.console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"} or self._allowed(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await answer(Request(scope), 403, "foreign_origin", {})(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        safe = scope["type"] == "http" and scope["method"] in SAFE_METHODS
        return safe or "origin" not in headers or is_our_page(headers, self.console)


class BodyLimit:
    """Stops reading a request's body at a limit; uploads have their own."""

    def __init__(self, app: ASGIApp, *, limit: int, uploads: str, upload_limit: int) -> None:
        self.app = app
        self.limit = limit
        self.uploads = uploads
        self.upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload_limit if scope["path"].rstrip("/") == self.uploads else self.limit
        declared = Headers(scope=scope).get("content-length", "0")
        if not LENGTH.fullmatch(declared) or int(declared) > limit:
            await _too_large(scope, limit)(scope, receive, send)
            return
        await self._counted(scope, receive, send, limit)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        taken = 0
        answered = False

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _OverLimit
            return message

        async def send_noted(message: Message) -> None:
            nonlocal answered
            if taken > limit and not answered:
                return  # the app takes our exception for its own failure and says so; our answer tells the reason
            answered = True
            await send(message)

        with suppress(_OverLimit):
            await self.app(scope, receive_counted, send_noted)
        if taken > limit and not answered:
            await _too_large(scope, limit)(scope, receive, send)


class _OverLimit(Exception):
    """The body is longer than allowed."""


def _too_large(scope: Scope, limit: int) -> ASGIApp:
    return answer(Request(scope), 413, "body_too_large", {"limit_mb": max(1, limit // (1024 * 1024))})


class AnswerHeaders:
    """Adds cache and security headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, *, script_hashes: Iterable[str]) -> None:
        self.app = app
        self.headers = {
            "content-security-policy": content_policy(script_hashes),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                hashed = scope["path"].startswith("/assets/") and message["status"] == 200  # noqa: PLR2004
                headers.setdefault("cache-control", FOREVER if hashed else "no-cache")
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if "location" in headers:
                    headers["location"] = on_this_site(headers["location"])
            await send(message)

        await self.app(scope, receive, send_dressed)


def on_this_site(address: str) -> str:
    """Return the path of a redirect: the host in it came from the request, and the scheme is not the proxy's."""
    parts = urlsplit(address)
    return urlunsplit(("", "", f"/{parts.path.lstrip('/')}", parts.query, parts.fragment))


def content_policy(script_hashes: Iterable[str]) -> str:
    """Return the content security policy: our own files and the inline scripts of the built pages, nothing else."""
    scripts = " ".join(["'self'", *(f"'{each}'" for each in script_hashes)])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # Emotion writes style elements
            "img-src 'self' data:",
            "font-src 'self' data:",  # the bundler inlines small alphabets
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )
