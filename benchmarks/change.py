"""What callers notice of changes: 100 requests a second for a minute, across every change a deployment can see.

Three images, two more instances, two less, and a rollback, one after the other. Every answer is counted by its status;
wanted is nothing but 200. Starts the whole product with a data folder and ports of its own.
Run it with `python -m benchmarks.change`.
"""

import asyncio
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from benchmarks.lifecycle import WAIT_S, Product, product

RATE = 100
LENGTH_S = 60.0
IMAGES = 4
ANSWER_S = 30
OK = 200


@dataclass
class Callers:
    """Requests at a steady rate, each sent in time whatever became of those before."""

    url: str
    key: str
    statuses: Counter[str] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to call."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._flow()))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait for the last answer."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    async def _flow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as group:
            due = time.monotonic()
            while not self._stop.is_set():
                group.create_task(self._call(session))
                due += 1 / RATE
                await asyncio.sleep(max(due - time.monotonic(), 0))

    async def _call(self, session: aiohttp.ClientSession) -> None:
        began = time.monotonic()
        try:
            async with session.post(self.url, json={"a": 1, "b": 2}, headers={"X-API-Key": self.key}) as answer:
                await answer.read()
                status = str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            status = type(error).__name__
        self.statuses[status] += 1
        self.waits_s.append(time.monotonic() - began)


@dataclass(frozen=True)
class Step:
    """One change."""

    name: str
    path: str
    body: dict[str, Any]
    method: str = "POST"


def main() -> int:
    """Measure and print; 1 if any answer was not 200."""
    with product() as running:
        images = [running.image(number, "")["id"] for number in range(IMAGES)]
        made = {"name": "Changed", "image": images[0], "min_instances": 1, "max_instances": 3}
        slug = _json(running, "POST", "/deployments", made)["slug"]
        key = _json(running, "POST", f"/deployments/{slug}/keys", {"name": "bench"})["secret"]
        _until(lambda: _settled(running, slug) and running.ask(slug, key) == OK)
        with Callers(f"{running.gateway.base_url}/{slug}/predict".replace(f"//{slug}", f"/{slug}"), key) as callers:
            took = _change(running, slug, images)
    for name, seconds, instances in took:
        print(f"{name:<28} settled after {seconds:5.1f} s with {instances} of its instances ready")
    waits = sorted(callers.waits_s)
    print(f"requests by answer: {dict(callers.statuses)} (wanted: nothing but {OK})")
    print(f"slowest answer {waits[-1] * 1000:.0f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.1f} ms")
    return int(set(callers.statuses) != {str(OK)})


def _change(running: Product, slug: str, images: list[str]) -> list[tuple[str, float, int]]:
    """Make every change, spread evenly over the time; return how long each took to settle."""
    patch = [Step(f"image {number}", "", {"image": image}, "PATCH") for number, image in enumerate(images[1:], 2)]
    back = Step("rollback to revision 2", "/rollback", {"revision": 2})
    steps = [patch[0], Step("scale up to 3", "/scale", {"instances": 3}), *patch[1:]]
    steps += [Step("scale down to 1", "/scale", {"instances": 1}), back]
    began, took = time.monotonic(), []
    for number, step in enumerate(steps):
        _wait_until(began + (number + 0.5) * LENGTH_S / len(steps))
        asked = time.monotonic()
        _json(running, step.method, f"/deployments/{slug}{step.path}", step.body)
        _until(lambda: _settled(running, slug))
        seconds = time.monotonic() - asked
        took.append((step.name, seconds, _json(running, "GET", f"/deployments/{slug}")["ready_instances"]))
    _wait_until(began + LENGTH_S)
    return took


def _settled(running: Product, slug: str) -> bool:
    card = _json(running, "GET", f"/deployments/{slug}")
    whole = card["ready_instances"] == card["wanted_instances"]
    return bool(card["phase"] == "running" and card["settled"] and whole)


def _wait_until(moment: float) -> None:
    time.sleep(max(moment - time.monotonic(), 0))


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {WAIT_S:g} s in vain for a change to settle")
        time.sleep(0.02)


def _json(running: Product, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    answer = running.api.request(method, path, json=body)
    if answer.is_error:
        raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json()


if __name__ == "__main__":
    sys.exit(main())
