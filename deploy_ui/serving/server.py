"""Listens, and ends in order: on SIGTERM nothing new is taken, and what is in flight gets its time."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator
from importlib import import_module
from typing import Any, Protocol, cast

import uvicorn.lifespan.off  # uvicorn itself would import it later: by then the author's files are importable
import uvicorn.server
import uvloop
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from . import notify
from .environment import Environment
from .http import Receive, Scope, Send
from .log import say, say_fault
from .slots import Slots

KEEP_ALIVE_S = 3900
"""Longer than a gateway keeps idle connections (Envoy: an hour), so that it never sends into one that we close."""

Load = Callable[[], Coroutine[Any, Any, int]]


class App(Protocol):
    """What is served."""

    slots: Slots
    closing: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""


class Server(uvicorn.server.Server):
    """uvicorn that ends with our exit code instead of raising the signal again, and says when it answers requests."""

    def __init__(self, app: App, config: Config, instance: str, *, loads: bool) -> None:
        super().__init__(config)
        self.app = app
        self.code = 0
        self.loaded = not loads
        self._instance = instance

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """End in order at the first signal, at once at the second."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.end)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets=sockets)
        self.tell()

    def tell(self) -> None:
        """Say that requests are answered, if what is loaded is loaded and the server listens."""
        if self.loaded and self.started and not self.should_exit:
            notify.ready(self._instance)

    def end(self, code: int = 0) -> None:
        """Begin the end; asked again, hurry."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self.app.closing = True
        self.code = self.code or code


def websockets() -> type[asyncio.Protocol]:
    """Import what speaks WebSocket, and lifespan. To be called before the author's files become importable."""
    import_module("uvicorn.lifespan.on")
    from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol  # noqa: PLC0415  models have no use for it

    return cast("type[asyncio.Protocol]", AutoWebSocketsProtocol)


def run(
    app: App,
    environment: Environment,
    *,
    load: Load | None = None,
    websockets: type[asyncio.Protocol] | None = None,
) -> int:
    """Serve until a signal and return the exit code.

    `load` runs beside the server; when it returns a code other than 0, the server ends with it. An application that may
    speak WebSocket may have a lifespan too.
    """
    try:
        listener = _listen(environment.host, environment.port)
    except OSError as error:
        say_fault("port_not_free", f"{environment.host}:{environment.port} cannot be opened: {error.strerror}.")
        return 1
    config = Config(
        app,
        http=HttpToolsProtocol,
        ws=websockets or "none",
        lifespan="auto" if websockets else "off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=environment.grace_s,
    )
    if not websockets:  # a model: our own lines say it all, and with the request's id
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        server = Server(app, config, environment.instance, loads=load is not None)
        return runner.run(_serve(server, listener, load))


async def _serve(server: Server, listener: socket.socket, load: Load | None) -> int:
    loading = asyncio.create_task(_load(server, load)) if load else None
    try:
        await server.serve(sockets=[listener])
    except SystemExit:
        say_fault("load_failed", "The application's start-up failed; the lines above say why.")
        return 1
    if server.app.slots.inside or (loading and not loading.done()):
        _leave(server)
    return server.code


async def _load(server: Server, load: Load) -> None:
    code = await load()
    if code:
        server.end(code)
        return
    server.loaded = True
    server.tell()


def _leave(server: Server) -> None:
    """End the process although a thread still works: it cannot be interrupted, and waiting for it has had its time."""
    if server.app.slots.inside:
        say(f"The time to finish is over: {server.app.slots.inside} requests were cut off.")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(server.code)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(
        family, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # named, or asyncio leaves Nagle's delay on
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
