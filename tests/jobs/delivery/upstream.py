"""Instances on loopback: one that answers as a test wants and counts, and one that speaks to the bare connection."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LARGEST_BODY = 1 << 30


@dataclass(frozen=True)
class Got:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def call(self) -> str:
        """The id of the call."""
        return self.headers["x-async-call-id"]


@dataclass
class Upstream:
    """An instance; without `answer` it answers 200 to everything."""

    answer: Answer | None = None
    got: list[Got] = field(default_factory=list)
    now: int = 0
    """Requests that it works on."""
    most: int = 0
    """Requests that it ever worked on at once."""
    port: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)
    """For `hold`."""
    _runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    @property
    def times(self) -> Counter[str]:
        """How often each call was seen."""
        return Counter(each.call for each in self.got)

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Listen no longer; twice is fine."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def hold(self, _request: web.Request) -> web.Response:
        """Answer not before `go` is set; for `answer`."""
        await self.go.wait()
        return web.Response(text="held")

    async def _take(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append(Got(request.method, request.raw_path, headers, await request.read()))
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            return await self.answer(request) if self.answer else web.Response(text="fine")
        finally:
            self.now -= 1


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """Let `talk` hold every connection; give the address."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
