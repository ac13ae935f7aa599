"""What Prometheus costs: writing totals down every 15 s, answering a scrape, and reading three days back from there.

200 deployments, each with two revisions and four instances, in which everything happens all the time: the most series
there can be. Reading needs a Prometheus (`make prometheus`). Run it with `python -m benchmarks.exposition`.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from deploy_ui.metrics import charts as drawing
from deploy_ui.metrics import exposition, prometheus_charts, snapshot
from deploy_ui.metrics.bins import bin_of
from deploy_ui.metrics.prometheus import Prometheus
from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor.totals import Totals
from tests import measured, prometheus

MANY, TURNS = 200, 8
ADD_LIMIT_S, SCRAPE_LIMIT_S, CHARTS_LIMIT_S = 0.02, 0.3, 0.3
DAYS_S = 3 * 86_400
LOOKS = 2880
"""Of the 12 hours that are read back; the axis is three days long."""


def main() -> None:
    """Measure all, and print it beside its limit."""
    with tempfile.TemporaryDirectory() as folder:
        _writing(Path(folder))
        _scraping(Path(folder))
        if shutil.which("prometheus") or shutil.which("prometheus", path=prometheus.FETCHED):
            _reading(Path(folder))
        else:
            print(prometheus.ABSENT)


def busy() -> Sample:
    """Return a stretch of a deployment whose requests take every length of time, from all its instances."""
    made = measured.sample()
    for revision in ("3", "4"):
        for place in range(1, 60):
            made.count(f"duration:{revision}:{bin_of(0.001 * 1.2**place)}", place)
    for instance in "cd":
        for kind in ("cpu", "memory", "gpu", "gpu_memory"):
            made.look(f"{kind}:4:sum-4-{instance}", 0.5)
    return made


def _writing(folder: Path) -> None:
    subjects = [measured.subject(each, f"deployment-{each}") for each in range(MANY)]
    samples = {each.id: busy() for each in subjects}
    totals = Totals(folder)
    took = [
        _timed(lambda turn=turn: totals.add(measured.look(time.time() + turn, samples, subjects)))  # type: ignore[misc]
        for turn in range(TURNS)
    ]
    _say(f"totals of {MANY} deployments added up and written", statistics.median(took), ADD_LIMIT_S)


def _scraping(folder: Path) -> None:
    body, _ = exposition.text(_found(folder), "1", exposition.OPEN_METRICS)
    series = sum(not line.startswith(b"#") for line in body.splitlines())
    took = [_timed(lambda: exposition.text(_found(folder), "1", exposition.OPEN_METRICS)) for _ in range(TURNS)]
    _say(f"one scrape: {series} series, {len(body) / 1e6:.1f} MB", statistics.median(took), SCRAPE_LIMIT_S)


def _reading(folder: Path) -> None:
    prometheus.backfill(folder, measured.history(folder / "metrics", LOOKS))
    since = measured.END - DAYS_S
    step = drawing.step_of(since, measured.END)
    times = drawing.axis(since, measured.END, step)
    with prometheus.running(folder) as running:
        asked = Prometheus(running.url, patience_s=prometheus.START_S)
        took = [
            _timed(
                lambda: asked.ask(lambda each: prometheus_charts.charts(each, measured.SLUG, times, step)),
                time.perf_counter,
            )
            for _ in range(TURNS)
        ]
    _say(f"all charts over three days from Prometheus, {len(times)} points", statistics.median(took), CHARTS_LIMIT_S)


def _found(folder: Path) -> snapshot.Snapshot:
    found = snapshot.read(folder)
    assert found is not None, "nothing was written"  # noqa: S101 -- a benchmark ends where it cannot go on
    return found


def _timed(do: Callable[[], object], timer: Callable[[], float] = time.process_time) -> float:
    """Return how long something takes: of a processor, unless another timer is given."""
    begun = timer()
    do()
    return timer() - begun


def _say(what: str, seconds: float, limit: float) -> None:
    print(f"{what}: {seconds * 1000:.0f} ms (limit {limit * 1000:.0f} ms){'' if seconds <= limit else '  TOO MUCH'}")


if __name__ == "__main__":
    main()
