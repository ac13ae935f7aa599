"""Readiness: does an instance answer GET on its ready path with 2xx? Many are asked at once, in a thread of their own.

An instance that says by itself that it is ready (see `notify`) is asked at once; all others are asked often.

A fresh connection for every probe, and where the answer names its instance it must be the one we mean: the port of
an instance that ended may by now belong to another.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self, TypeVar

import aiohttp

from deploy_ui import clock
from deploy_ui.controller.observe import FAILURES_ALLOWED, Health

LIMIT_S = 1.0
REST_S = 2.0
"""Between two probes of an instance that has been ready."""
QUICKEST_S = 0.05
SLOWEST_S = 1.0
"""Between two probes of one that starts: the longer it takes, the less often it is asked."""
SPEAKING_S = 0.5
"""At least so long where an instance has said that it loads: it will say when it is ready, too."""
AT_ONCE = 64
MOST_STRANGERS = 1000
"""Notices of so many instances that nobody watches (yet) are remembered."""
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


def pause(health: Health, *, rests: bool, speaks: bool = False, age_s: float) -> float:
    """Return how long to wait before the next probe, unless the instance `speaks` before."""
    if health.ready or rests:
        return REST_S
    return min(max(age_s / 10, SPEAKING_S if speaks else QUICKEST_S), SLOWEST_S)


class Prober:
    """Probes a changing set of instances until it is closed. `wake` is called whenever an answer matters."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._health: dict[Target, Health] = {}
        self._rests: set[Target] = set()
        self._tasks: dict[Target, asyncio.Task[None]] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._nudged_at: dict[str, float] = {}
        self._loading: dict[str, datetime] = {}
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
        health = self._health.get(target)
        return health and replace(health, loading_at=self._loading.get(target.key))

    def loads(self, key: str) -> None:
        """Take note that the instance loads its model and will say when it is ready; the first time counts."""
        self._loop.call_soon_threadsafe(self._note, key, clock.now())

    def nudge(self, key: str) -> None:
        """Probe an instance that is not ready at once; not more often than a starting one is probed anyway."""
        self._loop.call_soon_threadsafe(self._ring, key)

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
            for known in (self._bells, self._nudged_at, self._loading):
                known.pop(target.key, None)
        for target in wanted - self._tasks.keys():
            self._bells[target.key] = asyncio.Event()
            self._tasks[target] = asyncio.create_task(self._follow(target, self._bells[target.key]))

    def _note(self, key: str, at: datetime) -> None:
        if len(self._loading) >= MOST_STRANGERS + len(self._bells):
            self._loading = {known: at for known, at in self._loading.items() if known in self._bells}
        self._loading.setdefault(key, at)

    def _ring(self, key: str) -> None:
        bell, now = self._bells.get(key), time.monotonic()
        if bell and now - self._nudged_at.get(key, -QUICKEST_S) >= QUICKEST_S:
            self._nudged_at[key] = now
            bell.set()

    async def _follow(self, target: Target, bell: asyncio.Event) -> None:
        began = time.monotonic()
        health = Health(ready=False)
        while True:
            async with self._turns:
                words = await ask(self._session, target)
            before, health = health, Health(not words, 0 if not words else health.failures + 1, words)
            self._health[target] = health
            if before.ready != health.ready or health.failures == FAILURES_ALLOWED:
                self._wake()
            rests, speaks = target in self._rests, target.key in self._loading
            wait_s = pause(health, rests=rests, speaks=speaks, age_s=time.monotonic() - began)
            await (asyncio.sleep(wait_s) if health.ready or rests else _rung(bell, wait_s))


async def _rung(bell: asyncio.Event, timeout_s: float) -> None:
    """Wait until the bell is rung or the time is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await bell.wait()
    bell.clear()


async def _made(make: Callable[[], T]) -> T:
    return make()


def _words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        return os.strerror(error.os_error.errno).lower()
    return str(error) or type(error).__name__
