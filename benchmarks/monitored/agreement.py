"""Whether the charts of a running product tell what a load generator of its own counted, and how soon."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

from benchmarks.lifecycle import Product

MODEL = """
import asyncio


class Model:
    async def predict(self, payload: dict) -> dict:
        await asyncio.sleep(payload["seconds"])
        if payload["fails"]:
            raise RuntimeError("as it was asked to")
        return {"ok": True}
"""
CALLERS, LOAD_S, FAILING = 8, 75.0, 0.02
SECONDS = (0.04, 0.05, 0.06, 0.08, 0.2)
"""How long requests take, one after the other."""
SOON_S, PATIENCE_S, PAUSE_S = 20.0, 60.0, 0.25
ROUNDS = 4
CLOSE = 0.05
OK, BROKEN = 200, 500


@dataclass(frozen=True)
class Counted:
    """Answers, and those of them that were 5xx."""

    answers: int
    failed: int


@dataclass
class Generated:
    """What the load generator counted itself."""

    answers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def counted(self) -> Counted:
        """Return how many answers came, and how many of them were 5xx."""
        return Counted(self.answers.total(), sum(count for code, count in self.answers.items() if code >= BROKEN))

    def quantile(self, share: float) -> float:
        """Return the duration that this share of the requests did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass(frozen=True)
class Deployed:
    """The deployment that is called."""

    product: Product
    slug: str
    secret: str

    def charts(self, name: str, since: datetime | None = None) -> dict[str, Any]:
        """Return what one of its charts shows, and the summary: of the last hour, or since a moment."""
        asked = {"chart": name} | ({"since": since.isoformat()} if since else {})
        answer = self.product.api.get(f"/deployments/{self.slug}/metrics", params=asked)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def counted(self) -> "Counted":
        """Return how many answers the summary tells of, and how many of them were 5xx."""
        figures = {each["name"]: each["value"] or 0 for each in self.charts("codes")["summary"]}
        return Counted(round(figures["requests"]), round(figures["requests"] * figures["errors"]))


def deployed(product: Product) -> Deployed:
    """Deploy the model and wait until it answers."""
    image = product.image(1, "", MODEL)
    slug = product.api.post("/deployments", json={"name": "Agreement", "image": image["id"], "min_instances": 2})
    made = Deployed(product, slug.raise_for_status().json()["slug"], "")
    key = product.api.post(f"/deployments/{made.slug}/keys", json={"name": "bench"}).raise_for_status().json()
    called = Deployed(product, made.slug, key["secret"])
    while asyncio.run(_once(called)) != OK:
        time.sleep(PAUSE_S)
    return called


def load(deployed: Deployed) -> Generated:
    """Call it from several callers for a while, and wait for every answer."""
    return asyncio.run(_load(deployed))


def freshness(deployed: Deployed) -> list[float]:
    """Return how long after a request was answered the chart showed it, time after time."""
    return [_shown_after(deployed) for _ in range(ROUNDS)]


def p50(deployed: Deployed, since: datetime) -> float:
    """Return the p50 that the chart shows of most steps since a moment."""
    lines = deployed.charts("latency", since)["charts"][0]["series"]
    values: list[float | None] = next(line["values"] for line in lines if line["name"] == "p50")
    return statistics.median(each for each in values if each is not None)


def p99(deployed: Deployed) -> float:
    """Return the summary's p99."""
    return float(next(each["value"] for each in deployed.charts("codes")["summary"] if each["name"] == "p99"))


def settled(deployed: Deployed, before: Counted, wanted: Counted) -> Counted:
    """Return what the summary tells since `before`: once it tells of all that are wanted, or after a minute."""
    end = time.monotonic() + PATIENCE_S
    while True:
        now = deployed.counted()
        shown = Counted(now.answers - before.answers, now.failed - before.failed)
        if shown.answers >= wanted.answers or time.monotonic() > end:
            return shown
        time.sleep(PAUSE_S)


def _shown_after(deployed: Deployed) -> float:
    before = deployed.counted()
    asyncio.run(_once(deployed))
    begun = time.monotonic()
    while deployed.counted().answers <= before.answers:
        if time.monotonic() - begun > PATIENCE_S:
            raise SystemExit("a request is not shown at all")
        time.sleep(PAUSE_S)
    return time.monotonic() - begun


async def _once(deployed: Deployed) -> int:
    async with _session(deployed) as session:
        return await _ask(session, deployed.slug, Generated(), 0.01, fails=False)


async def _load(deployed: Deployed) -> Generated:
    generated = Generated()
    end = time.monotonic() + LOAD_S
    async with _session(deployed) as session:

        async def call(place: int) -> None:
            number = place
            while time.monotonic() < end:
                fails = number % round(1 / FAILING) == 0
                await _ask(session, deployed.slug, generated, SECONDS[number % len(SECONDS)], fails=fails)
                number += 1

        await asyncio.gather(*(call(place) for place in range(CALLERS)))
    return generated


async def _ask(session: aiohttp.ClientSession, slug: str, generated: Generated, seconds: float, *, fails: bool) -> int:
    begun = time.perf_counter()
    async with session.post(f"/{slug}/predict", json={"seconds": seconds, "fails": fails}) as answer:
        await answer.read()
    generated.seconds.append(time.perf_counter() - begun)
    generated.answers[answer.status] += 1
    return answer.status


def _session(deployed: Deployed) -> aiohttp.ClientSession:
    base = str(deployed.product.gateway.base_url)
    return aiohttp.ClientSession(base, headers={"X-API-Key": deployed.secret})


def differing(told: Sequence[tuple[str, float, float]]) -> list[str]:
    """Return the names of figures, each with what the charts and the generator say, that lie too far apart."""
    return [name for name, shown, generated in told if abs(shown - generated) > CLOSE * generated]
