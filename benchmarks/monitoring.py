"""What monitoring costs: collecting every 15 s from 200 deployments, keeping it for three days, drawing it.

Collecting: real rows, real instances (programs that do nothing), a real Envoy through which every deployment is called
between the looks, the real store. Keeping: every deployment is busy all the time, so this is the most there can be.
Agreeing: the whole product under load, and what its charts say of it beside what the load generator counted.
Run it with `python -m benchmarks.monitoring`.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.lifecycle import product
from benchmarks.monitored import agreement, busy, fleet, gateway
from deploy_ui import clock, db, migrate
from deploy_ui.api.app import api
from deploy_ui.metrics.store import FILE, SHORTEST_S, Reader, Writer
from deploy_ui.monitor.alerts import AlertWatch
from deploy_ui.monitor.archive import Archive
from deploy_ui.monitor.calls import CallsCollector
from deploy_ui.monitor.gateway import GatewayCollector
from deploy_ui.monitor.instances import InstancesCollector
from deploy_ui.monitor.life import LifeCollector
from deploy_ui.monitor.loop import Looks
from deploy_ui.monitor.totals import Totals
from deploy_ui.services.alerts import firing
from deploy_ui.settings import settings
from tests import factories
from tests.ports import free_port

MANY, LOOKS, REQUESTS, CPU_LIMIT = 200, 8, 30, 0.05
WHOLE = ("all of them", "Archive", "Totals")
WRITTEN, KINDS, DAYS, DAY_S, GB = 2, 200, 3, 86_400, 1e9
STORE_LIMIT, CHART_LIMIT_S, CHARTS, MOST_POINTS = 2 * GB, 0.3, 15, 1000


class Timed:
    """A part of a look whose CPU time is noted each time."""

    def __init__(self, name: str, do: Callable[..., Any]) -> None:
        self.name = name
        self._do = do
        self.seconds: list[float] = []

    def collect(self, *arguments: Any) -> Any:
        """Do it."""
        begun = time.process_time()
        try:
            return self._do(*arguments)
        finally:
            self.seconds.append(time.process_time() - begun)


def main() -> int:
    """Measure, print, and return 1 if a limit was broken."""
    with _product() as folder:
        parts = {name: statistics.median(seconds) for name, seconds in _collect(folder).items()}
    share = sum(parts[name] for name in WHOLE) / SHORTEST_S
    print(f"collecting from {MANY} deployments            {share:6.2%} of a core (limit {CPU_LIMIT:.0%})")
    for name, seconds in parts.items():
        print(f"  {name:<42} {seconds * 1000:6.1f} ms of each {SHORTEST_S} s", flush=True)
    with _product() as folder:
        size, writes = _keep()
        drawn = _draw()
        print(f"store of {MANY} busy deployments × {DAYS} days      {size / GB:6.2f} GB (limit {STORE_LIMIT / GB:g})")
        print(f"  of one deployment and day                  {size / MANY / DAYS / 1e6:6.2f} MB")
        print(f"  writing down a look at {MANY}                {writes * MANY * 1000:6.1f} ms of each {SHORTEST_S} s")
    chart = statistics.median(drawn)
    print(f"all charts of {DAYS} days                         {chart:6.3f} s, worst {max(drawn):.3f} (limit 0.3)")
    agrees = _agrees()
    return int(share > CPU_LIMIT or size > STORE_LIMIT or chart > CHART_LIMIT_S or not agrees)


def _agrees() -> bool:
    """Load a running product, and print what its charts say of it beside what the generator counted."""
    with product() as running:
        deployed = agreement.deployed(running)
        fresh = agreement.freshness(deployed)
        before, begun = deployed.counted(), clock.now()
        generated = agreement.load(deployed)
        shown = agreement.settled(deployed, before, generated.counted)
        told = [
            ("p50", agreement.p50(deployed, begun), generated.quantile(0.5)),
            ("p99", agreement.p99(deployed), generated.quantile(0.99)),
        ]
    middle, worst = statistics.median(fresh), max(fresh)
    print(
        f"a request is in the chart after              {middle:6.1f} s, worst {worst:.1f} (limit {agreement.SOON_S:g})"
    )
    print(f"counted by the generator                     {generated.counted}")
    print(f"told by the charts                           {shown}")
    for name, seen, counted in told:
        print(f"{name} of the generator, of the charts         {counted * 1000:6.1f} ms, {seen * 1000:.1f} ms")
    exact = shown == generated.counted
    return exact and worst <= agreement.SOON_S and not agreement.differing(told)


@contextmanager
def _product() -> Iterator[Path]:
    """Give a data folder of its own with an empty database."""
    with tempfile.TemporaryDirectory(prefix="dui-bench-") as folder:
        os.environ |= {"DEPLOY_UI_DATA_DIR": folder, "DEPLOY_UI_REDIS_URL": "unix:///nonexistent/redis.sock"}
        os.environ["DEPLOY_UI_GATEWAY_PORT"] = str(free_port())
        settings.cache_clear()
        db.engine.cache_clear()
        migrate.upgrade()
        yield Path(folder)


def _collect(folder: Path) -> dict[str, list[float]]:
    """Look some times while every deployment is called; return the CPU seconds of each part of the monitor's looks."""
    with fleet.running(folder, MANY) as instances, gateway.running(instances) as call:
        kept = settings().metrics_dir
        archive, totals, alerts = Archive(kept, DAYS), Totals(kept), AlertWatch(Reader(kept), lambda: None)
        collectors = (GatewayCollector(None), InstancesCollector(), LifeCollector(), CallsCollector(), alerts)
        timed = [Timed(type(each).__name__, each.collect) for each in collectors]
        looks = Looks(timed, clock.now())
        take, keep, add = Timed("all of them", looks.take), Timed("Archive", archive.keep), Timed("Totals", totals.add)
        for _ in range(LOOKS):
            call(REQUESTS)
            look = take.collect()
            keep.collect(look)
            add.collect(look, firing.pairs())
        archive.close()
    return {each.name: each.seconds[1:] for each in (*timed, take, keep, add)}


def _keep() -> tuple[float, float]:
    """Write some deployments' days; return the bytes that all would take, and CPU seconds a sample."""
    until = int(time.time()) // SHORTEST_S * SHORTEST_S
    kinds = {number: [busy.sample(number) for _ in range(KINDS)] for number in range(1, WRITTEN + 1)}
    writer = Writer(settings().metrics_dir)
    begun = time.process_time()
    for at in range(until - DAYS * DAY_S, until, SHORTEST_S):
        writer.write(at, {number: random.choice(some) for number, some in kinds.items()})  # noqa: S311 -- no secret
    spent = time.process_time() - begun
    written = WRITTEN * DAYS * DAY_S / SHORTEST_S
    writer.close()
    size = sum(path.stat().st_size for path in settings().metrics_dir.glob(f"{FILE}*"))
    return size * MANY / WRITTEN, spent / written


def _draw() -> list[float]:
    """Return how long the API took for all charts of three days, time after time."""
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug  # the first deployment of an empty database: its id is 1
    return asyncio.run(_read(slug, factories.token(viewer)))


async def _read(slug: str, token: str) -> list[float]:
    transport, headers = httpx.ASGITransport(api()), {"authorization": f"Bearer {token}"}
    since = (clock.now() - timedelta(DAYS)).isoformat()
    spent = []
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test", headers=headers) as client:
        for _ in range(CHARTS):
            begun = time.perf_counter()
            answer = await client.get(f"/api/v1/deployments/{slug}/metrics", params={"since": since})
            spent.append(time.perf_counter() - begun)
            points = len(answer.raise_for_status().json()["times"])
            if not 0 < points <= MOST_POINTS:
                raise SystemExit(f"{points} points a line")
    return spent


if __name__ == "__main__":
    sys.exit(main())
