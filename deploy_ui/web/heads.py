"""Limits on what uvicorn reads before a request is one: its fast parser takes heads of any length, for any time.

A head of 200 MB would keep the console busy for minutes, before anybody has signed in.
"""

import asyncio
import json
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024
"""Bytes that may come without anything of them reaching the app: heads, trailers, the words between chunks."""
HEAD_S = 30.0
"""How long the head of a connection's first request may take; uvicorn bounds the wait for the next ones."""
REFUSAL = {"error": {"code": "headers_too_large", "message": "The request's headers are over the limit."}}


class BoundedHttp(HttpToolsProtocol):
    """Ends connections whose heads are too long or never come."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unread = 0
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the head."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._late = self.loop.call_later(HEAD_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; refuse the request if too much of it led nowhere."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse()

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self._arrived()
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a piece of the body came."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._unread = 0
        super().on_message_complete()

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        body = json.dumps(REFUSAL).encode()
        head = (
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
            b"connection: close\r\ncontent-length: %d\r\n\r\n"
        )
        self.transport.write(head % len(body) + body)
        self.transport.close()
