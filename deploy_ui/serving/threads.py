"""Threads for the author's plain code: leaner than an executor, and never in the way of the process's end."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

_Task = tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]


class Threads:
    """A fixed number of daemon threads, started as they are needed. Belongs to one event loop."""

    def __init__(self, most: int, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._most = most
        self._name = name
        self._started = 0
        self._under_way = 0

    def run(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """Call the function in a thread and return a future of its answer."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._under_way += 1
        if self._under_way > self._started < self._most:
            self._started += 1
            threading.Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True).start()
        self._tasks.put((future, function, arguments))
        return future

    def _work(self) -> None:
        while True:
            future, function, arguments = self._tasks.get()
            answer: Any = None
            error: BaseException | None = None
            try:
                answer = function(*arguments)
            except (SystemExit, StopIteration) as raised:  # neither may travel through an event loop
                error = RuntimeError(f"{type(raised).__name__} was raised: {raised}")
            except BaseException as raised:  # noqa: BLE001  it is raised again where the answer is awaited
                error = raised
            try:
                self._loop.call_soon_threadsafe(self._settle, future, answer, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return
            del future, function, arguments, answer, error  # do not keep a large answer until the next task

    def _settle(self, future: asyncio.Future[Any], answer: Any, error: BaseException | None) -> None:
        self._under_way -= 1
        if future.cancelled():
            return
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)
