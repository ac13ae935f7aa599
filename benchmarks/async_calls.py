"""How fast asynchronous calls are accepted, started and drained, beside Celery and RQ; what a long queue costs others.

Starts the whole product. Rounds of draining alternate with those of Celery and RQ, so that a busy machine slows all.
Run it with `python -m benchmarks.async_calls`.
"""

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil

from benchmarks.calls import load, ours, peers
from benchmarks.calls.ours import Target, until
from benchmarks.lifecycle import Product

LEAST_ACCEPTED_PER_S, ACCEPTED_P95_MS, BODY_BYTES, ACCEPT_S = 500, 20, 10_000, 5.0
ROUNDS, OURS, CELERY, RQ = 3, 5000, 3000, 400
LEAST_RATIO, WANTED_RATIO = 1.0, 1.3
STARTS, COLD_STARTS, STARTED_P95_MS = 100, 15, 50
SLOW, SLOW_S, SLOW_LIMIT_S = 200, 10, 25
QUEUED, PAGE_MS, PAGES, MOST_TIMES = 10_000, 200, 20, 2.0
SYNC, SYNC_CALLERS, MODEL_S = 500, 4, 0.02
CONCURRENCY = 64
"""Of the deployment whose model does nothing."""
MB = 1 << 20


@dataclass(frozen=True)
class Line:
    """One number beside its limit."""

    what: str
    value: str
    limit: str = ""
    kept: bool = True

    def __str__(self) -> str:
        """Return it as a line to print."""
        word = "" if not self.limit else "ok" if self.kept else "MISSED"
        return f"{self.what:<58}{self.value:>28}   {self.limit:<26} {word}".rstrip()


def main() -> int:
    """Measure and print; 1 if a limit was not kept."""
    kept = True
    with ours.started() as running:
        image = ours.image(running)
        for measure in (_accept, _deliver, _start, _slow, _long_queue):
            for line in measure(running, image):
                print(line, flush=True)
                kept = kept and line.kept
    return 0 if kept else 1


def _accept(running: Product, image: str) -> Iterator[Line]:
    body = b'{"text": "' + b"x" * (BODY_BYTES - 12) + b'"}'
    with ours.target(running, "Accept", image=image, concurrency=CONCURRENCY) as target:
        with ours.nobody_delivers(running):
            alone = asyncio.run(load.paced(target, body, LEAST_ACCEPTED_PER_S, ACCEPT_S))
            pressed = asyncio.run(load.at_once(target, body, ACCEPT_S))
        until(lambda: target.completed(len(alone) + len(pressed)), "what was accepted")
        meanwhile = asyncio.run(load.paced(target, body, LEAST_ACCEPTED_PER_S, ACCEPT_S))
        until(lambda: target.completed(len(alone) + len(pressed) + len(meanwhile)), "what was accepted")
    kept, limit = _p95(alone) * 1000 <= ACCEPTED_P95_MS, f"p95 <= {ACCEPTED_P95_MS} ms"
    yield Line(f"accept, 10 kB, {LEAST_ACCEPTED_PER_S} a second", _milliseconds(alone), limit, kept)
    yield Line("the same while they are delivered", _milliseconds(meanwhile))
    rate = len(pressed) / ACCEPT_S
    what = f"accept, 10 kB, {load.CALLERS} callers without pause"
    yield Line(what, f"{rate:.0f}/s", f">= {LEAST_ACCEPTED_PER_S}/s", rate >= LEAST_ACCEPTED_PER_S)
    yield Line("", _milliseconds(pressed))


def _deliver(running: Product, image: str) -> Iterator[Line]:
    rounds: list[tuple[float, float, float]] = []
    for number in range(1, ROUNDS + 1):
        with ours.target(running, f"Deliver {number}", image=image, concurrency=CONCURRENCY) as target:
            rounds.append((_drained_per_s(running, target), peers.celery_per_s(CELERY), peers.rq_per_s(RQ)))
        yield Line(f"drained, round {number}: ours, Celery, RQ", ", ".join(f"{each:.0f}/s" for each in rounds[-1]))
    mine, celery, rq = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = mine / celery
    limit = f">= {LEAST_RATIO:g}, aim {WANTED_RATIO:g}"
    yield Line("no-op calls beside Celery's no-op tasks", f"{ratio:.2f}", limit, ratio >= LEAST_RATIO)
    yield Line("no-op calls beside RQ's no-op jobs", f"{mine / rq:.1f}")


def _drained_per_s(running: Product, target: Target) -> float:
    with ours.nobody_delivers(running):
        target.queue(OURS)
    until(lambda: target.completed(OURS), "the queue to drain", 0.5)
    began, ended = target.span()
    return OURS / (ended - began).total_seconds()


def _start(running: Product, image: str) -> Iterator[Line]:
    with ours.target(running, "Start", image=image) as target:
        load.accepted_to_started(target)
        warm = [load.accepted_to_started(target) for _ in range(STARTS)]
        cold = [load.accepted_to_started(target, lambda: ours.end_deliverer(running)) for _ in range(COLD_STARTS)]
    for words, found in (("a deliverer lives", warm), ("none lives", cold)):
        kept = _p95(found) * 1000 <= STARTED_P95_MS
        limit = f"p95 <= {STARTED_P95_MS} ms"
        yield Line(f"idle queue, {words}: accepted → at the model", _milliseconds(found), limit, kept)


def _slow(running: Product, image: str) -> Iterator[Line]:
    with ours.target(running, "Slow", image=image, concurrency=300) as target:
        body = f'{{"sleep": {SLOW_S}}}'.encode()
        began = time.monotonic()
        asyncio.run(load.together(target, body, SLOW))
        memory: list[int] = []
        until(lambda: memory.append(_memory(running)) or target.completed(SLOW), "slow calls", 0.5)  # type: ignore[func-returns-value]
        took = time.monotonic() - began
    what = f"{SLOW} calls of {SLOW_S} s at once, all done"
    yield Line(what, f"{took:.1f} s", f"<= {SLOW_LIMIT_S} s", took <= SLOW_LIMIT_S)
    yield Line("memory of the calls' worker meanwhile, parent and horse", f"{max(memory) / MB:.0f} MB")


def _memory(running: Product) -> int:
    parent = ours.worker(running)
    return sum(int(each.memory_info().rss) for each in (parent, *parent.children(recursive=True)) if _lives(each))


def _lives(process: psutil.Process) -> bool:
    return bool(process.is_running())


def _long_queue(running: Product, image: str) -> Iterator[Line]:
    body = f'{{"sleep": {MODEL_S}}}'.encode()
    with ours.target(running, "Queue", image=image) as target:
        before = _synchronous(target, body, lambda count: count < SYNC)
        with ours.nobody_delivers(running):
            target.queue(QUEUED, body)
            pages = {path: _asked(running, f"/deployments/{target.slug}/{path}") for path in ("calls", "calls/counts")}
        during = _synchronous(target, body, lambda _: not target.completed(QUEUED))
    for path, found in pages.items():
        kept = max(found) * 1000 <= PAGE_MS
        yield Line(f"{QUEUED} queued: GET …/{path}", _milliseconds(found), f"longest <= {PAGE_MS} ms", kept)
    yield Line(f"synchronous, model of {MODEL_S * 1000:.0f} ms, nothing queued", _milliseconds(before))
    yield Line(f"the same while {QUEUED} drain", _milliseconds(during))
    times = _p95(during) / _p95(before)
    yield Line("synchronous p95, times", f"{times:.2f}", f"<= {MOST_TIMES:g}", times <= MOST_TIMES)


def _synchronous(target: Target, body: bytes, goes_on: Callable[[int], bool]) -> list[float]:
    """Call from a few callers, one after the other each, as long as it goes on."""
    found: list[float] = []
    stop = threading.Event()

    def call() -> None:
        with httpx.Client(trust_env=False, timeout=60) as client:
            while not stop.is_set():
                began = time.perf_counter()
                ours.expect(client.post(target.url, content=body, headers=target.headers))
                found.append(time.perf_counter() - began)

    with _threads(call):
        until(lambda: not goes_on(len(found)), "synchronous calls", 0.5)
        stop.set()
    return found


@contextmanager
def _threads(do: Callable[[], None]) -> Iterator[None]:
    threads = [threading.Thread(target=do) for _ in range(SYNC_CALLERS)]
    for each in threads:
        each.start()
    yield
    for each in threads:
        each.join()


def _asked(running: Product, path: str) -> list[float]:
    found = []
    for _ in range(PAGES):
        began = time.perf_counter()
        ours.expect(running.api.get(path))
        found.append(time.perf_counter() - began)
    return found


def _milliseconds(seconds: Sequence[float]) -> str:
    return f"p50 {statistics.median(seconds) * 1000:.1f}, p95 {_p95(seconds) * 1000:.1f} ms"


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    sys.exit(main())
