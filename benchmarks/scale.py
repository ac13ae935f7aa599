"""How the number of instances follows the load: how soon it is there, how soon it is gone, how often it changes.

One caller, then forty, then one again, on one deployment of the whole product. Besides, a noisy load around a
threshold is played to the decisions alone, an hour in a moment: each change of mind there is one too many.
Run it with `python -m benchmarks.scale`.
"""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx

from benchmarks.lifecycle import OK, QUESTION, Product, product
from deploy_ui.controller.autoscale import COOL_DOWN_S, Autoscaler, Sample, Scale

FEW, MANY, CONCURRENCY, MOST = 1, 40, 4, 6
CALM_S, LOAD_S, WAIT_S, LOOK_S = 20.0, 45.0, 120.0, 0.05
UP_LIMIT_S, DOWN_LIMIT_S, STEPS_LIMIT = 10.0, COOL_DOWN_S + 40, 10
NOISY_S, NOISY_LIMIT = 3600, 1
SCRIPT = """
import asyncio

class Model:
    async def predict(self, payload: dict) -> dict:
        await asyncio.sleep(0.2)
        return payload
"""


@dataclass
class Watch:
    """What was seen of one deployment: when it wanted how many instances, and what callers were answered."""

    changes: list[tuple[float, int]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def reached(self, wanted: int, since: float) -> float | None:
        """Return how long after a moment it began to want so many; None: not yet."""
        return next((at - since for at, count in self.changes if count == wanted and at >= since), None)


def main() -> int:
    """Measure, print, and return 1 if a limit was broken."""
    noisy = _noisy_changes()
    with product() as running:
        image = _image(running)
        made = {"name": "Scale", "image": image, "memory_mb": 128, "concurrency": CONCURRENCY, "max_instances": MOST}
        slug = running.api.post("/deployments", json=made).raise_for_status().json()["slug"]
        key = running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}).raise_for_status().json()["secret"]
        _until(lambda: running.ask(slug, key) == OK)
        watch = Watch()
        up_s, down_s = _follow(running, slug, key, watch)
    failed = sum(each != OK for each in watch.answers)
    steps = " ".join(str(count) for _, count in watch.changes)
    print(f"{FEW} → {MANY} in flight: {MOST} instances wanted after   {_shown(up_s)} (limit {UP_LIMIT_S:g})")
    print(f"{MANY} → {FEW} in flight: {FEW} instance wanted after    {_shown(down_s)} (limit {DOWN_LIMIT_S:g})")
    print(f"wanted in turn: {steps}   changes {len(watch.changes) - 1} (limit {STEPS_LIMIT}), back and forth once")
    print(f"requests {len(watch.answers)}, not answered with 200: {failed}")
    print(f"an hour of noise around a threshold: {noisy} changes (limit {NOISY_LIMIT})")
    flapped = not _up_and_down([count for _, count in watch.changes]) or len(watch.changes) - 1 > STEPS_LIMIT
    late = up_s is None or up_s > UP_LIMIT_S or down_s is None or down_s > DOWN_LIMIT_S
    return int(late or flapped or failed > 0 or noisy > NOISY_LIMIT)


def _follow(running: Product, slug: str, key: str, watch: Watch) -> tuple[float | None, float | None]:
    """Let the load rise and fall; return how long the number of instances took to follow."""
    with _watching(running, slug, watch), _calling(running, slug, key, FEW, watch):
        time.sleep(CALM_S)
        begun = time.monotonic()
        with _calling(running, slug, key, MANY - FEW, watch):
            time.sleep(LOAD_S)
        ended = time.monotonic()
        _until(lambda: watch.reached(FEW, ended) is not None)
    return watch.reached(MOST, begun), watch.reached(FEW, ended)


@contextmanager
def _watching(running: Product, slug: str, watch: Watch) -> Iterator[None]:
    """Note every number of wanted instances until the end of the block."""
    with _threads(1, lambda: _note(running, slug, watch)):
        yield


def _note(running: Product, slug: str, watch: Watch) -> None:
    wanted = running.api.get(f"/deployments/{slug}").raise_for_status().json()["wanted_instances"]
    if not watch.changes or watch.changes[-1][1] != wanted:
        watch.changes.append((time.monotonic(), wanted))
    time.sleep(LOOK_S)


@contextmanager
def _calling(running: Product, slug: str, key: str, callers: int, watch: Watch) -> Iterator[None]:
    """Let so many callers call without pause until the end of the block."""
    limits = httpx.Limits(max_connections=callers)
    with httpx.Client(base_url=running.gateway.base_url, timeout=WAIT_S, limits=limits, trust_env=False) as client:

        def call() -> None:
            answer = client.post(f"/{slug}/predict", json=QUESTION, headers={"X-API-Key": key})
            watch.answers.append(answer.status_code)

        with _threads(callers, call):
            yield


@contextmanager
def _threads(count: int, do: Callable[[], None]) -> Iterator[None]:
    """Do it again and again in so many threads until the end of the block."""
    stop = threading.Event()

    def again() -> None:
        while not stop.is_set():
            do()

    threads = [threading.Thread(target=again) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _noisy_changes() -> int:
    """Return how often the wanted number changes in an hour of noise around what two instances are meant for."""
    dice = random.Random(1)  # noqa: S311 -- no secret
    autoscaler, changes = Autoscaler(), 0
    scale = Scale(
        wanted=2, ready=2, proven=True, low=1, high=MOST, concurrency=CONCURRENCY, idle_timeout_s=300, generation=1
    )
    for second in range(NOISY_S):
        sample = Sample(float(second), in_flight=2 * CONCURRENCY + dice.randint(-3, 3))
        if decision := autoscaler.decide(sample, scale):
            changes += 1
            scale = replace(scale, wanted=decision.to, ready=decision.to)
    return changes


def _up_and_down(counts: list[int]) -> bool:
    """Say whether the numbers only rise and then only fall."""
    top = counts.index(max(counts))
    return counts == sorted(counts[:top]) + sorted(counts[top:], reverse=True)


def _image(running: Product) -> str:
    form = {"name": (None, "scale"), "script": (None, SCRIPT)}
    image = running.api.post("/images", files=form).raise_for_status().json()["id"]
    _until(lambda: running.api.get(f"/images/{image}").raise_for_status().json()["status"] == "ready")
    return str(image)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            return
        time.sleep(LOOK_S)


def _shown(seconds: float | None) -> str:
    return "  never" if seconds is None else f"{seconds:5.1f} s"


if __name__ == "__main__":
    sys.exit(main())
