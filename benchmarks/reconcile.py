"""What the controller costs at rest: a pass over a thousand deployments, and the whole process with twenty real ones.

The thousand have a real database and a runtime that only pretends; the limit of the pass is also its share of the one
second between two passes. The twenty are the whole product with real instances.
Run it with `python -m benchmarks.reconcile`.
"""

import contextlib
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.lifecycle import Product, product
from deploy_ui import migrate
from deploy_ui.enums import Phase
from deploy_ui.gateway.load import Load
from deploy_ui.services import deployments, fleet
from deploy_ui.settings import settings
from tests import factories
from tests.controller.world import World

MANY, ASLEEP, PASSES, PASS_LIMIT_S = 1000, 300, 20, 1.0
FEW, MEMORY_MB, WAIT_S, MEASURED_S, CPU_LIMIT = 20, 128, 300.0, 30.0, 0.03


def main() -> int:
    """Measure, print, and return 1 if a limit was broken."""
    with tempfile.TemporaryDirectory(prefix="dui-bench-") as folder:
        passes, quick, wrote = _passes(Path(folder))
    middle = statistics.median(passes)
    print(f"pass over {MANY} deployments, {ASLEEP} asleep      {middle:6.3f} s, worst {max(passes):.3f} (limit 1)")
    print(f"  without reading the database            {statistics.median(quick):6.3f} s")
    print(f"  wrote to the database                   {'yes' if wrote else 'no'}")
    with product() as running:
        share = _share_of_a_core(running)
    print(f"controller with {FEW} instances at rest       {share:6.2%} of a core (limit {CPU_LIMIT:.0%})")
    return int(wrote or middle > PASS_LIMIT_S or share > CPU_LIMIT)


def _passes(folder: Path) -> tuple[list[float], list[float], bool]:
    """Make passes over many deployments; return their seconds, those without reading, and whether any wrote."""
    os.environ |= {"DEPLOY_UI_DATA_DIR": str(folder), "DEPLOY_UI_REDIS_URL": "unix:///nonexistent/redis.sock"}
    settings.cache_clear()
    migrate.upgrade()
    world = _settled()
    with contextlib.closing(sqlite3.connect(folder / "deploy-ui.db")) as witness:
        before = witness.execute("PRAGMA data_version").fetchone()
        passes = [_timed(world, fresh=True) for _ in range(PASSES)]
        quick = [_timed(world, fresh=False) for _ in range(PASSES)]
        return passes, quick, witness.execute("PRAGMA data_version").fetchone() != before


def _settled() -> World:
    """Make the deployments and let them come to rest."""
    world, editor = World(), factories.viewer()
    image = factories.image(editor).id
    for number in range(MANY):
        slug = factories.deployment(editor, image_id=image, min_instances=0, max_instances=2, env={"A": "1"}).slug
        world.gateway.loads[slug] = Load(0, 0)
        if number < ASLEEP:
            deployments.scale(editor, slug, 0)
    world.settle()
    asleep = sum(each.phase is Phase.SLEEPING for each in fleet.members())
    if (asleep, len(world.runtime.instances)) != (ASLEEP, MANY - ASLEEP):
        raise SystemExit("the deployments did not come to rest")
    return world


def _timed(world: World, *, fresh: bool) -> float:
    begun = time.perf_counter()
    found = world.look(fresh=fresh)
    seconds = time.perf_counter() - begun
    if found.changed or found.moving:
        raise SystemExit("the deployments were not at rest")
    return seconds


def _share_of_a_core(running: Product) -> float:
    """Return how much of a core the controller takes with real instances that nobody calls."""
    image = running.image(0, "")["id"]
    slugs = [_created(running, image, number) for number in range(FEW)]
    deadline = time.monotonic() + WAIT_S
    while not all(_runs(running, slug) for slug in slugs):
        if time.monotonic() > deadline:
            raise SystemExit("the deployments did not come up")
        time.sleep(1)
    controller = _controller(running.folder)
    before, begun = _cpu_s(controller), time.monotonic()
    time.sleep(MEASURED_S)
    return (_cpu_s(controller) - before) / (time.monotonic() - begun)


def _created(running: Product, image: str, number: int) -> str:
    made = {"name": f"At rest {number}", "image": image, "memory_mb": MEMORY_MB, "max_instances": 2}
    return str(running.api.post("/deployments", json=made).raise_for_status().json()["slug"])


def _runs(running: Product, slug: str) -> bool:
    return bool(running.api.get(f"/deployments/{slug}").raise_for_status().json()["phase"] == "running")


def _controller(folder: Path) -> psutil.Process:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-1:] == ["controller"] and _data_dir(process) == str(folder):
                return process
    raise SystemExit("there is no controller")


def _data_dir(process: psutil.Process) -> str:
    return str(process.environ().get("DEPLOY_UI_DATA_DIR", ""))


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    sys.exit(main())
