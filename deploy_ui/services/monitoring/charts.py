"""The charts of a deployment, and what the summary above them says."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy_ui.db import reading
from deploy_ui.enums import Role, Wish
from deploy_ui.errors import AppError, Unavailable
from deploy_ui.metrics import charts as drawing
from deploy_ui.metrics import facts
from deploy_ui.metrics.charts import Chart
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import Reader
from deploy_ui.services import lookup
from deploy_ui.services.monitoring import marks, ranges, troubles
from deploy_ui.services.monitoring.marks import Mark
from deploy_ui.services.monitoring.ranges import Range
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

DAY = timedelta(days=1)
NEARLY_ALL = 0.9
"""The day before is compared with where so much of it was measured."""


@dataclass(frozen=True)
class Figure:
    """One figure of the summary, and what it was a day earlier; None where nothing tells."""

    name: str
    unit: str
    value: float | None
    before: float | None


@dataclass(frozen=True)
class Charts:
    """What the Monitoring tab shows of one range."""

    since: int
    until: int
    step_s: int
    kept_days: int
    next_in_s: float
    """In how many seconds there is more to read."""
    source: str
    """`embedded` or `prometheus`."""
    trouble: AppError | None
    """Why what is shown is not all there is."""
    times: Sequence[int]
    """The beginnings of the steps; every line has a value for each."""
    charts: Sequence[Chart]
    marks: Sequence[Mark]
    summary: Sequence[Figure]


def read(
    viewer: Viewer,
    slug: str,
    *,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    names: Collection[str] = (),
) -> Charts:
    """Return the charts of a range, by default the last hour; all of them, or those named.

    A deleted deployment's are there as long as anything is kept. Raises Unavailable("metrics_unreadable") when the
    store cannot be read.
    """
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        key, gone = deployment.id, deployment.wish == Wish.DELETE
    asked = ranges.asked(since, until, now)
    step = drawing.step_of(asked.since, asked.until)
    times = drawing.axis(asked.since, asked.until, step)
    reader = Reader(settings().metrics_dir)
    with _readable():
        drawn = drawing.charts(reader.series(key, asked.since, asked.until, step), times, names)
        summary = _summary(reader, key, asked)
        trouble = troubles.found(reader, None if gone else key, asked, now)
    return Charts(
        *(asked.since, asked.until, step, settings().metrics_days, ranges.next_in_s(now), "embedded", trouble),
        *(times, drawn, marks.marks(viewer, slug, asked.start, asked.end), summary),
    )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        raise Unavailable("metrics_unreadable") from error


def _summary(reader: Reader, key: int, asked: Range) -> list[Figure]:
    whole = reader.total(key, asked.since, asked.until)
    then = asked.earlier(DAY)
    before = reader.total(key, then.since, then.until)
    if before.counters.get("seconds", 0) < NEARLY_ALL * asked.seconds:
        before = Sample()
    pairs = zip(facts.figures(whole), facts.figures(before), strict=True)
    return [Figure(now.name, now.unit, now.value, earlier.value) for now, earlier in pairs]
