"""Asynchronous calls: how fast they are accepted, begun and answered, and what they do to everybody else.

The whole product with its default settings. Beside the deliveries stand Celery's no-op tasks and plain RQ's no-op jobs
in the same run (`benchmarks.queues`). Run it with `python -m benchmarks.async_calls`.
"""

import asyncio
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import psutil

from benchmarks.lifecycle import Product, product
from benchmarks.queues import celery_rate, rq_rate
from deploy_ui.launch import lifeline

ACCEPTED, BODY = 4000, b'{"text": "' + b"x" * 10_000 + b'"}'
CALLERS = 8
DELIVERED, COMPARED, RQ_COMPARED = 5000, 3000, 300
ONE_BY_ONE, COLD = 60, 10
SLOW, SLOW_S = 200, 10.0
MANY, MANY_S, LOOKS, ASKED = 10_000, 0.02, 20, 300
WAIT_S, LOOK_S = 180.0, 0.02
ACCEPT_RATE, ACCEPT_P95_S, CELERY_RATIO, BEGIN_P95_S, SLOW_LIMIT_S, LIST_S, SYNC_RATIO = (
    500,
    0.02,
    1.0,
    0.05,
    25,
    0.2,
    2,
)
SCRIPT = """
import asyncio

class Model:
    async def predict(self, payload: dict) -> dict:
        await asyncio.sleep(payload.get("sleep", 0))
        return {}
"""


@dataclass(frozen=True)
class Target:
    """One deployment, and how its callers see it."""

    running: Product
    slug: str
    key: str

    @property
    def url(self) -> str:
        """Where the model answers."""
        return f"{self.running.gateway.base_url}/{self.slug}/predict".replace("//" + self.slug, "/" + self.slug)

    def headers(self, *, later: bool) -> dict[str, str]:
        """Return the headers of a call."""
        asked = {"X-Async-Request": "true"} if later else {}
        return {"X-API-Key": self.key, "Content-Type": "application/json", **asked}

    def counts(self) -> dict[str, int]:
        """Return how many calls there are of each status."""
        found: dict[str, int] = self.running.api.get(f"/deployments/{self.slug}/calls/counts").raise_for_status().json()
        return found

    def open(self) -> int:
        """Return how many calls have not ended."""
        found = self.counts()
        return found["queued"] + found["running"]


def main() -> int:
    """Measure, print, and return 1 if a limit was broken."""
    with product() as running:
        target = _target(running, "Many", concurrency=300)
        kept = [_accept(target), _deliver(target), _begin(target), _begin_cold(target), _slow(target)]
        kept.append(_crowd(_target(running, "Crowd", concurrency=8)))
    return 0 if all(kept) else 1


def _accept(target: Target) -> bool:
    """Measure how long a caller waits for its id, and how many are accepted in a second, apart from deliveries."""
    with _nobody_delivers(target.running):
        took, seconds = asyncio.run(_send(target, [BODY] * ACCEPTED, CALLERS, later=True))
    rate = ACCEPTED / seconds
    kept = rate >= ACCEPT_RATE and _p95(took) <= ACCEPT_P95_S
    limits = f"(limits: p95 20 ms, {ACCEPT_RATE}/s)   {_word(kept)}"
    print(f"accept, 10 kB, {CALLERS} callers          {_line(took)}   {rate:5.0f}/s {limits}")
    _until(lambda: target.open() == 0, "the accepted calls to end")
    return kept


def _deliver(target: Target) -> bool:
    """No-op calls that were queued before, against what others make of the same."""
    with _nobody_delivers(target.running):
        asyncio.run(_send(target, [b"{}"] * DELIVERED, CALLERS, later=True))
    began = time.perf_counter()
    _until(lambda: target.open() == 0, "the calls to be delivered")
    ours = DELIVERED / (time.perf_counter() - began)
    celery, plain = celery_rate(COMPARED), rq_rate(RQ_COMPARED)
    kept = ours / celery >= CELERY_RATIO
    print(
        f"deliver no-op calls   {ours:5.0f}/s   Celery {celery:5.0f}/s, ratio {ours / celery:.2f} (limit 1.0, aim 1.3)"
    )
    print(f"                                plain RQ {plain:5.0f}/s, ratio {ours / plain:.1f}   {_word(kept)}")
    return kept


def _begin(target: Target) -> bool:
    """From the acceptance to the attempt, one call at a time, while somebody listens."""
    for _ in range(ONE_BY_ONE):
        asyncio.run(_send(target, [b"{}"], 1, later=True))
        _until(lambda: target.open() == 0, "a call to end")
    return _began(target, ONE_BY_ONE, "accept → attempt, idle queue")


def _begin_cold(target: Target) -> bool:
    """Measure the same when nobody delivers: a worker has to begin with it."""
    for _ in range(COLD):
        for horse in _horses(target.running):
            horse.terminate()
            horse.wait()
        asyncio.run(_send(target, [b"{}"], 1, later=True))
        _until(lambda: target.open() == 0, "a call to end")
    return _began(target, COLD, "accept → attempt, nobody delivers")


def _began(target: Target, number: int, title: str) -> bool:
    rows = target.running.api.get(f"/deployments/{target.slug}/calls", params={"limit": number}).json()["items"]
    waited = [row["waited_s"] for row in rows]
    kept = _p95(waited) <= BEGIN_P95_S
    print(f"{title:<36}{_line(waited)} (limit p95 50 ms)   {_word(kept)}")
    return kept


def _slow(target: Target) -> bool:
    """Many slow calls at once."""
    began = time.perf_counter()
    asyncio.run(_send(target, [b'{"sleep": %d}' % SLOW_S] * SLOW, CALLERS, later=True))
    _until(lambda: target.counts()["running"] == SLOW, "all to run at once")
    parent = _worker(target.running)
    memory = [each.memory_info().rss / 2**20 for each in (parent, *parent.children())]
    _until(lambda: target.open() == 0, "the slow calls to end")
    seconds = time.perf_counter() - began
    kept = seconds <= SLOW_LIMIT_S
    told = " + ".join(f"{each:.0f}" for each in memory)
    print(f"{SLOW} calls of {SLOW_S:.0f} s: all done in {seconds:.1f} s (limit {SLOW_LIMIT_S})   {_word(kept)}")
    print(f"  memory of the worker and its deliverer: {told} MB")
    return kept


def _crowd(target: Target) -> bool:
    """Let a long queue stand: what it costs people who look, and callers who wait."""
    question = b'{"sleep": %.2f}' % MANY_S
    before, _ = asyncio.run(_send(target, [question] * ASKED, 1, later=False))
    with _nobody_delivers(target.running):
        asyncio.run(_send(target, [question] * MANY, CALLERS, later=True))
        paths = ("calls?limit=50", "calls/counts")
        looks = [_timed(lambda path=path: _get(target, path)) for path in paths for _ in range(LOOKS)]  # type: ignore[misc]
    meanwhile, _ = asyncio.run(_send(target, [question] * ASKED, 1, later=False))
    left = target.open()
    ratio = _p95(meanwhile) / _p95(before)
    kept = _p95(looks) <= LIST_S, ratio <= SYNC_RATIO and left > 0
    print(f"{MANY} queued: list and counts           {_line(looks)} (limit 200 ms)   {_word(kept[0])}")
    told = f"{_p95(before) * 1000:.1f} → {_p95(meanwhile) * 1000:.1f} ms, ratio {ratio:.2f} (limit 2)"
    print(f"synchronous p95 while they drain ({left} left after)   {told}   {_word(kept[1])}")
    return all(kept)


def _target(running: Product, name: str, *, concurrency: int) -> Target:
    form = {"name": f"bench-{name.lower()}", "script": SCRIPT}
    image = running.api.post("/images", files={key: (None, value) for key, value in form.items()}).json()
    made = {"name": name, "image": image["id"], "memory_mb": 256, "concurrency": concurrency}
    slug = running.api.post("/deployments", json=made).raise_for_status().json()["slug"]
    key = running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}).raise_for_status().json()["secret"]
    _until(lambda: running.ask(slug, key) == 200, "the deployment to answer")  # noqa: PLR2004 -- the status of HTTP
    return Target(running, slug, key)


async def _send(target: Target, bodies: Sequence[bytes], callers: int, *, later: bool) -> tuple[list[float], float]:
    """Send them all with so many callers; return how long each took and all together, in seconds."""
    left, took, headers = iter(bodies), list[float](), target.headers(later=later)
    wanted = 202 if later else 200

    async def caller(session: aiohttp.ClientSession) -> None:
        for body in left:
            began = time.perf_counter()
            async with session.post(target.url, data=body, headers=headers) as response:
                text = await response.text()
                if response.status != wanted:
                    raise SystemExit(f"answered with {response.status}: {text}")
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(caller(session))
    return took, time.perf_counter() - began


@contextmanager
def _nobody_delivers(running: Product) -> Iterator[None]:
    """Halt the worker, so that calls pile up."""
    parent = _worker(running)
    halted = [parent, *parent.children()]
    for each in halted:
        os.kill(each.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in halted:
            os.kill(each.pid, signal.SIGCONT)


def _worker(running: Product) -> psutil.Process:
    return psutil.Process(lifeline.alive(running.folder / "run")["calls-1"])


def _horses(running: Product) -> list[psutil.Process]:
    return _worker(running).children()


def _get(target: Target, path: str) -> None:
    target.running.api.get(f"/deployments/{target.slug}/{path}").raise_for_status()


def _timed(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(LOOK_S)


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def _line(seconds: Sequence[float]) -> str:
    return f"p50 {statistics.median(seconds) * 1000:6.1f} ms  p95 {_p95(seconds) * 1000:6.1f} ms"


def _word(kept: bool) -> str:  # noqa: FBT001 -- the value to be told
    return "ok" if kept else "TOO SLOW"


if __name__ == "__main__":
    sys.exit(main())
