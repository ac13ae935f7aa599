"""Callers of the benchmark: many at a pace, many without pause, one at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.calls.ours import Target, expect, until

CALLERS = 16
ACCEPTED = 202
ASYNC = {"X-Async-Request": "true"}


async def paced(target: Target, body: bytes, per_s: int, for_s: float) -> list[float]:
    """Submit calls when they are due, whatever became of those before; return how long each took from that moment."""
    began = time.perf_counter()
    async with _client() as client, asyncio.TaskGroup() as group:
        tasks = []
        for number in range(int(per_s * for_s)):
            due = began + number / per_s
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            tasks.append(group.create_task(_submit(client, target, body, due)))
    return [task.result() for task in tasks]


async def at_once(target: Target, body: bytes, for_s: float) -> list[float]:
    """Submit calls without pause from several callers; return how long each took."""
    end = time.perf_counter() + for_s

    async def caller() -> list[float]:
        found = []
        while (now := time.perf_counter()) < end:
            found.append(await _submit(client, target, body, now))
        return found

    async with _client() as client:
        found = await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return [each for one in found for each in one]


async def together(target: Target, body: bytes, count: int) -> None:
    """Submit so many calls at one moment."""
    async with _client() as client, asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(_submit(client, target, body, time.perf_counter()))


def accepted_to_started(target: Target, before: Callable[[], None] = lambda: None) -> float:
    """Submit one call; return how long after its acceptance it was at the model."""
    before()
    gateway = target.running.gateway
    call = expect(gateway.post(target.url, json={}, headers=target.headers | ASYNC))
    accepted_at = time.time()
    until(lambda: expect(gateway.get(call["status_url"], headers=target.headers))["status"] == "completed", "a call")
    at = expect(gateway.get(call["result_url"], headers=target.headers))["at"]
    return max(float(at) - accepted_at, 0.0)


@asynccontextmanager
async def _client() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=2 * CALLERS)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as client:
        yield client


async def _submit(client: aiohttp.ClientSession, target: Target, body: bytes, since: float) -> float:
    async with client.post(target.url, data=body, headers=target.headers | ASYNC) as answer:
        told = await answer.text()
        if answer.status != ACCEPTED:
            raise SystemExit(f"not accepted: {answer.status} {told}")
        return time.perf_counter() - since
