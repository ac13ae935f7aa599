"""A connection that hears an answer while the request is still being sent.

httpx reads nothing before the last byte has gone. Whoever refuses a long body at once (the gateway, when a deployment
is stopped) closes the connection soon after, and the answer would be lost with it. As curl does, sending ends at an
error and goes on otherwise: a model may well answer while it reads.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

MOST_AHEAD = 1024 * 1024
"""Bytes of an answer that are held while the request is still being sent."""
READ = 64 * 1024
STATUS_AT = len(b"HTTP/1.1 ")
ERRORS = {b"4", b"5"}
"""How the status of a refusal begins."""


class Transport(httpx.AsyncHTTPTransport):
    """A way over such connections: plain HTTP, so no certificates are read, and past every proxy of the environment."""

    def __init__(self) -> None:
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(network_backend=_Network())


class _Network(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Duplex(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Duplex(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._ahead = b""
        self._over = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface's
        if not self._ahead:
            return await self._inner.read(max_bytes, timeout)
        taken, self._ahead = self._ahead[:max_bytes], self._ahead[max_bytes:]
        return taken

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the interface's
        """Send; raise WriteError, after which httpcore reads, when an error has been answered meanwhile."""
        writing = asyncio.create_task(self._inner.write(buffer, timeout))
        try:
            while not (writing.done() or self._over or self._refused or len(self._ahead) >= MOST_AHEAD):
                await self._look(writing)
            if self._refused and not writing.done():
                raise httpcore.WriteError
            await writing
        finally:
            await _stopped(writing)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    @property
    def _refused(self) -> bool:
        return self._ahead[STATUS_AT : STATUS_AT + 1] in ERRORS

    async def _look(self, writing: "asyncio.Task[None]") -> None:
        """Take what comes until the piece is sent."""
        reading = asyncio.create_task(self._inner.read(READ))
        try:
            await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _stopped(reading)
        if reading.cancelled():
            return
        piece = b"" if reading.exception() else reading.result()
        self._ahead += piece
        self._over = not piece  # the end, or the failure, is met again by whoever writes or reads next


async def _stopped(task: "asyncio.Task[Any]") -> None:
    """Cancel a task unless it is done; its own end is for others to look at."""
    task.cancel()
    await asyncio.wait({task})
