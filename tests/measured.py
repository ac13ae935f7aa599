"""Looks of a monitor that measured everything there is to measure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy_ui.enums import Phase, Wish
from deploy_ui.metrics import exposition, snapshot
from deploy_ui.metrics.bins import bin_of
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import Writer
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.totals import Totals
from deploy_ui.services.monitoring.subjects import Subject

SLUG = "sum"
HOSTILE = 'Sum "of" \\ all\nnumbers'
LOOK_S = 15
END = 1_764_122_400
"""When the last look of a history was: a whole hour."""
SCRAPED_S = 5


def subject(id_: int = 1, slug: str = SLUG, name: str = HOSTILE) -> Subject:
    """Return a deployment that runs."""
    return Subject(
        id=id_,
        slug=slug,
        name=name,
        wish=Wish.RUN,
        phase=Phase.RUNNING,
        wanted=2,
        ready=2,
        cpu=2.0,
        memory_mb=512,
        instances=(),
    )


def sample(turn: int = 0, seconds: float = LOOK_S) -> Sample:
    """Return a stretch in which everything happened; what happened differs from turn to turn."""
    made = Sample({"seconds": seconds})
    many = 100 + turn % 7
    for revision in ("3", "4"):
        made.count(f"requests:{revision}:200", many)
        made.count(f"requests:{revision}:404", 5)
        made.count(f"requests:{revision}:503", 3)
        for place in range(many + 8):
            _took(made, f"duration:{revision}", 0.02 + 0.002 * place)
            made.count(f"duration_seconds:{revision}", 0.02 + 0.002 * place)
    made.count("requests::401", 2)
    for name in ("bytes_in", "bytes_out"):
        made.count(name, 1024 * many)
    for name in ("retries", "resets", "crashes", "out_of_memory", "calls_accepted"):
        made.count(name, 2)
    for name in ("calls:completed", "calls:error", "calls:canceled", "attempts:", "attempts:timeout"):
        made.count(name, 3)
    for kind in ("starts", "wakes", "call_wait", "call_run"):
        for seconds_ in (0.3, 0.7, 1.2, 4):
            _took(made, kind, seconds_)
    made.count("wanted_seconds", seconds)
    made.count("up_seconds", seconds * 0.9)
    made.count("instance_seconds", seconds * 2)
    _gauges(made, turn)
    return made


def _gauges(made: Sample, turn: int) -> None:
    seen = {"in_flight": 4 + turn % 3, "waiting": 1, "wanted": 2, "ready": 1 + turn // 10 % 2, "asleep": 0}
    seen |= {"queued": 9, "running": 3, "oldest": 12, "cpu_limit": 2, "memory_limit": 512 * 1024**2}
    for name, value in seen.items():
        made.look(name, value)
    for instance in ("sum-4-a", "sum-4-b"):
        made.look(f"cpu:4:{instance}", 0.5)
        made.look(f"memory:4:{instance}", 200 * 1024**2)
        made.look(f"gpu:4:{instance}", 0.25)
        made.look(f"gpu_memory:4:{instance}", 1024**3)


def look(at: float, samples: dict[int, Sample], subjects: Iterable[Subject] = (), seconds: float = LOOK_S) -> Look:
    """Return the look that ended at that second since 1970; of one deployment by default."""
    since, until = datetime.fromtimestamp(at - seconds, UTC), datetime.fromtimestamp(at, UTC)
    return Look(since, until, seconds, tuple(subjects) or (subject(),), samples)


def _took(made: Sample, kind: str, seconds: float) -> None:
    made.count(f"{kind}:{bin_of(seconds)}")


def history(folder: Path, turns: int, *, subjects: Sequence[Subject] = (), missed: Collection[int] = ()) -> bytes:
    """Measure that many looks into the store and the totals of a folder, the last one at `END`; leave the missed out.

    Return what a Prometheus would have scraped, `SCRAPED_S` after each, with the times at which it did.
    """
    totals, writer = Totals(folder), Writer(folder)
    shown = tuple(subjects) or (subject(),)
    lines: list[str] = []
    for turn in set(range(turns)) - set(missed):
        at = END - LOOK_S * (turns - 1 - turn)
        made = {each.id: sample(turn) for each in shown}
        writer.write(at - LOOK_S, made)
        totals.add(look(at, made, shown), [(each.slug, "error_rate") for each in shown])
        lines += _scraped(folder, at + SCRAPED_S)
    writer.close()
    return "\n".join([*lines, "# EOF", ""]).encode()


def _scraped(folder: Path, at: float) -> list[str]:
    found = snapshot.read(folder)
    assert found is not None
    text, _ = exposition.text(found, "1.0", exposition.OPEN_METRICS)
    return [f"{line} {at}" for line in text.decode().splitlines() if not line.startswith("#")]
