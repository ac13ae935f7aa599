"""What stands between the network and the console: plain ASGI wrappers.

Reflex 0.10 reflects any Origin and takes websockets from any site, sends no cache or security headers,
and has no limit on bodies. Each wrapper here mends one of these.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy_ui.api.errors import answer
from deploy_ui.api.origin import SAFE_METHODS, is_our_page

UNLISTED = "/readme/"
"""Where published READMEs are read: the address is the secret, so no search engine keeps it and no site is told."""
FOREVER = "public, max-age=31536000, immutable"
"""For files whose name holds the hash of their content."""
POLICY_VIOLATION = 1008
LENGTH = re.compile(r"[0-9]{1,18}")
SILENCE_S = 60.0
"""How long a body may pause before nothing more of it is waited for."""


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
    """Stops reading a request's body at a limit, or when no more of it comes.

    `others` are addresses, as patterns, with limits of their own.
    """

    def __init__(self, app: ASGIApp, *, limit: int, others: Mapping[str, int], silence_s: float = SILENCE_S) -> None:
        self.app = app
        self.limit = limit
        self.others = [(re.compile(pattern), own) for pattern, own in others.items()]
        self.silence_s = silence_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body watched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].rstrip("/")
        limit = next((own for pattern, own in self.others if pattern.fullmatch(path)), self.limit)
        declared = Headers(scope=scope).get("content-length", "0")
        if not LENGTH.fullmatch(declared) or int(declared) > limit:
            await _too_large(limit).answer(scope)(scope, receive, send)
            return
        body = _Body(receive, limit, self.silence_s)
        await self._watched(scope, body, send)

    async def _watched(self, scope: Scope, body: "_Body", send: Send) -> None:
        answered = False

        async def send_noted(message: Message) -> None:
            nonlocal answered
            if body.cut and not answered:
                return  # the app takes our exception for its own failure and says so; our answer tells the reason
            answered = True
            await send(message)

        with suppress(_Cut):
            await self.app(scope, body.receive, send_noted)
        if body.cut and not answered:
            await body.cut.answer(scope)(scope, body.receive, send)


class _Body:
    """The body of one request, as far as it has come."""

    def __init__(self, receive: Receive, limit: int, silence_s: float) -> None:
        self.cut: _Cut | None = None
        self._receive = receive
        self._limit = limit
        self._silence_s = silence_s
        self._taken = 0
        self._whole = False

    async def receive(self) -> Message:
        """Return the next piece; raise _Cut over the limit, or when none comes in time. A whole body is not timed."""
        try:
            async with asyncio.timeout(None if self._whole else self._silence_s):
                message = await self._receive()
        except TimeoutError:
            self.cut = _Cut(408, "request_incomplete", seconds=round(self._silence_s))
            raise self.cut from None
        self._whole = not message.get("more_body", False)
        self._taken += len(message.get("body", b""))
        if self._taken > self._limit:
            self.cut = _too_large(self._limit)
            raise self.cut
        return message


class _Cut(Exception):
    """The body is not read any further, and why."""

    def __init__(self, status: int, code: str, **facts: object) -> None:
        super().__init__(code)
        self.status, self.code, self.facts = status, code, facts

    def answer(self, scope: Scope) -> ASGIApp:
        """Return what the sender is told."""
        return answer(Request(scope), self.status, self.code, self.facts)


def _too_large(limit: int) -> _Cut:
    return _Cut(413, "body_too_large", limit_mb=max(1, limit // (1024 * 1024)))


class AnswerHeaders:
    """Adds cache and security headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, *, script_hashes: Iterable[str], framed: str = "") -> None:
        self.app = app
        self.headers = {
            "content-security-policy": content_policy(script_hashes, framed),
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
                if scope["path"].startswith(UNLISTED):
                    headers["x-robots-tag"], headers["referrer-policy"] = "noindex, nofollow", "no-referrer"
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


def origin(address: str) -> str:
    """Return scheme, host and port of an address, as a policy names them; without one that nothing is allowed."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if address else "'none'"


def content_policy(script_hashes: Iterable[str], framed: str = "") -> str:
    """Return the content security policy: our own files and the inline scripts of the built pages, nothing else.

    Pages of the address `framed` may be shown within ours.
    """
    scripts = " ".join(["'self'", *(f"'{each}'" for each in script_hashes)])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # Emotion writes style elements
            "img-src 'self' data: blob: https:",  # blobs: what a deployment answered; https: the pictures of READMEs
            "media-src 'self' blob:",  # as above; sound and film run no scripts
            "font-src 'self' data:",  # the bundler inlines small alphabets
            f"frame-src {origin(framed)}",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )
