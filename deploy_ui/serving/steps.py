"""Runs the author's `preprocess`, `predict` and `postprocess`, plain or async, and tells streams from answers."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .script import own
from .threads import Threads

NAMES = ("preprocess", "predict", "postprocess")


@dataclass(frozen=True)
class Stream:
    """What a generator yields, and what each item goes through."""

    items: Iterator[Any] | AsyncIterator[Any]
    finish: "Step | None"
    headers: Mapping[str, str]


def first_method(model: type) -> str:
    """Return the name of the method that the payload reaches first: its hint is the request's."""
    return "predict" if own(model, "preprocess") is None else "preprocess"


class Step:
    """One method of the author's class."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self.method = method
        self.awaits = inspect.iscoroutinefunction(method)
        self.wants_headers = "headers" in inspect.signature(method).parameters

    def __call__(self, payload: Any, headers: Mapping[str, str]) -> Any:
        """Call it; the request's headers go to a parameter named `headers`."""
        return self.method(payload, headers=dict(headers)) if self.wants_headers else self.method(payload)


class Steps:
    """The author's methods in their order, run beside the event loop unless they are async."""

    def __init__(self, model: object, threads: int) -> None:
        found = {name: Step(getattr(model, name)) for name in NAMES if own(type(model), name) is not None}
        self._before = [found[name] for name in NAMES[:2] if name in found]
        self._after = found.get("postprocess")
        chain = [*self._before, *([self._after] if self._after else [])]
        self.plain = not any(step.awaits or inspect.isasyncgenfunction(step.method) for step in chain)
        """No step is async, so the whole chain runs in a thread."""
        self.want_headers = any(step.wants_headers for step in chain)
        self.last = chain[-1].method
        self.threads = Threads(threads, "predict")
        self._loop = asyncio.get_running_loop()

    async def run(self, payloads: list[Any], headers: Mapping[str, str]) -> list[Any]:
        """Return an answer for each payload, one after the other: what the last step returned, or a Stream."""
        if self.plain:
            return list(await self.threads.run(self._run_plain, payloads, headers))
        return [await self._run_async(payload, headers) for payload in payloads]

    def _run_plain(self, payloads: list[Any], headers: Mapping[str, str]) -> list[Any]:
        return [self._chain(payload, headers) for payload in payloads]

    def _chain(self, payload: Any, headers: Mapping[str, str]) -> Any:
        for step in self._before:
            payload = self._settled(step(payload, headers))
        if _is_stream(payload):
            return Stream(payload, self._after, headers)
        return self._settled(self._after(payload, headers)) if self._after else payload

    def _settled(self, answer: Any) -> Any:
        """Await, from a thread, what a plain method returned if it is awaitable after all."""
        if not inspect.isawaitable(answer):
            return answer
        return asyncio.run_coroutine_threadsafe(_awaited(answer), self._loop).result()

    async def _run_async(self, payload: Any, headers: Mapping[str, str]) -> Any:
        for step in self._before:
            payload = await self.call(step, payload, headers)
        if _is_stream(payload):
            return Stream(payload, self._after, headers)
        return await self.call(self._after, payload, headers) if self._after else payload

    async def call(self, step: Step, payload: Any, headers: Mapping[str, str]) -> Any:
        """Run one step where it belongs."""
        if step.awaits:
            return await step(payload, headers)
        if inspect.isasyncgenfunction(step.method):
            return step(payload, headers)
        answer = await self.threads.run(step, payload, headers)
        return await answer if inspect.isawaitable(answer) else answer


async def _awaited(answer: Awaitable[Any]) -> Any:
    return await answer


def _is_stream(answer: Any) -> bool:
    """Say whether the answer comes in parts: a generator or another iterator, plain or async."""
    return hasattr(answer, "__anext__") or hasattr(answer, "__next__")
