"""A steady trickle of requests to a deployment that nobody disturbs."""

import asyncio
import threading
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import Self

import aiohttp

from tests.waiting import steadily

PAUSE_S = 0.05
LIMIT_S = 10
OK = 200


@dataclass(frozen=True)
class Odd:
    """An answer that was not 200."""

    at: float
    """When it came, by the monotonic clock."""
    words: str


class Trickle:
    """Twenty requests a second, each on a connection of its own, sent in time whatever became of those before."""

    def __init__(self, url: str, key: str) -> None:
        self.odd: list[Odd] = []
        self.count = 0
        self._url = url
        self._headers = {"X-API-Key": key}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._flow()), name="trickle")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    async def _flow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=LIMIT_S)
        each_anew = aiohttp.TCPConnector(force_close=True)
        async with (
            aiohttp.ClientSession(connector=each_anew, timeout=timeout) as session,
            asyncio.TaskGroup() as group,
            aclosing(steadily(PAUSE_S)) as ticks,
        ):
            async for _ in ticks:
                if self._stop.is_set():
                    break
                group.create_task(self._call(session))

    async def _call(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.post(self._url, json={}, headers=self._headers) as answer:
                words = "" if answer.status == OK else f"{answer.status} {await answer.text()}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            words = repr(error)
        self.count += 1
        if words:
            self.odd.append(Odd(time.monotonic(), words))
