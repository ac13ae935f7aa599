"""Readiness: does an instance answer GET on its ready path with 2xx? Many are asked at once, in a thread of their own.

A fresh connection for every probe, and where the answer names its instance it must be the one we mean: the port of
an instance that ended may by now belong to another.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import aiohttp

from deploy_ui.controller.observe import FAILURES_ALLOWED, Health

LIMIT_S = 1.0
REST_S = 2.0
"""Between two probes of an instance that has been ready."""
QUICKEST_S = 0.05
SLOWEST_S = 1.0
"""Between two probes of one that starts: the longer it takes, the less often it is asked."""
AT_ONCE = 64
NAME_HEADER = "X-Instance"

T = TypeVar("T")


@dataclass(frozen=True)
class Target:
    """Whom to ask, and what."""

    key: str
    address: str
    path: str
    named: bool
    """The answer comes from our own server, so a name in it can be trusted."""


async def ask(session: aiohttp.ClientSession, target: Target) -> str:
    """Probe once; return why it is not ready, empty when it is. Never raises: the answer is a stranger's."""
    try:
        async with session.get(f"http://{target.address}{target.path}", allow_redirects=False) as answer:
            name = answer.headers.get(NAME_HEADER, "")
    except TimeoutError:
        return f"GET {target.path}: no answer within {LIMIT_S:g} s"
    except Exception as error:  # noqa: BLE001 - whatever a stranger's program answers must not end the probing
        return f"GET {target.path}: {_words(error)}"
    if target.named and name and name != target.key:
        return f"GET {target.path}: another instance answers at {target.address}"
    return "" if 200 <= answer.status < 300 else f"GET {target.path} answered {answer.status}"  # noqa: PLR2004


def new_session() -> aiohttp.ClientSession:
    """Return a client that keeps no connection, no cookie, and takes no proxy from the environment."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=LIMIT_S),
    )


def pause(health: Health, *, rests: bool, age_s: float) -> float:
    """Return how long to wait before the next probe."""
    if health.ready or rests:
        return REST_S
    return min(max(age_s / 10, QUICKEST_S), SLOWEST_S)


class Prober:
    """Probes a changing set of instances until it is closed. `wake` is called whenever an answer matters."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._health: dict[Target, Health] = {}
        self._rests: set[Target] = set()
        self._tasks: dict[Target, asyncio.Task[None]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="prober", daemon=True)
        self._thread.start()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._session = self._call(_made(new_session))

    def __enter__(self) -> Self:
        """Probe until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop probing."""
        self.close()

    def watch(self, targets: Iterable[tuple[Target, bool]]) -> None:
        """Probe these and no others; the flag says that the instance has been ready before."""
        wanted = dict(targets)
        self._rests = {target for target, rests in wanted.items() if rests}
        if wanted.keys() != self._tasks.keys():
            self._call(self._replace(set(wanted)))

    def health(self, target: Target) -> Health | None:
        """Return what the probes of this instance said; None before the first answer."""
        return self._health.get(target)

    def close(self) -> None:
        """Stop probing."""
        self._call(self._replace(set()))
        self._call(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _replace(self, wanted: set[Target]) -> None:
        for target in self._tasks.keys() - wanted:
            task = self._tasks.pop(target)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._health.pop(target, None)
        for target in wanted - self._tasks.keys():
            self._tasks[target] = asyncio.create_task(self._follow(target))

    async def _follow(self, target: Target) -> None:
        began = time.monotonic()
        health = Health(ready=False)
        while True:
            async with self._turns:
                words = await ask(self._session, target)
            before, health = health, Health(not words, 0 if not words else health.failures + 1, words)
            self._health[target] = health
            if before.ready != health.ready or health.failures == FAILURES_ALLOWED:
                self._wake()
            await asyncio.sleep(pause(health, rests=target in self._rests, age_s=time.monotonic() - began))


async def _made(make: Callable[[], T]) -> T:
    return make()


def _words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        return os.strerror(error.os_error.errno).lower()
    return str(error) or type(error).__name__
