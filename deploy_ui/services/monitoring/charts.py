"""The charts of a deployment, and what the summary above them says."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from deploy_ui.db import reading
from deploy_ui.enums import Role, Wish
from deploy_ui.errors import AppError, Unavailable
from deploy_ui.metrics import charts as drawing
from deploy_ui.metrics import prometheus
from deploy_ui.metrics.charts import Chart
from deploy_ui.metrics.store import Reader
from deploy_ui.services import lookup
from deploy_ui.services.monitoring import marks, ranges, sources, troubles
from deploy_ui.services.monitoring.marks import Mark
from deploy_ui.services.monitoring.ranges import Range
from deploy_ui.services.monitoring.sources import Figure, Found, Question
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

EMBEDDED, PROMETHEUS = "embedded", "prometheus"


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
    """Where charts and summary come from: `embedded` or `prometheus`."""
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
    asked = Range(asked.since // step * step, asked.until)
    times = drawing.axis(asked.since, asked.until, step)
    reader = Reader(settings().metrics_dir)
    question = Question(slug, key, asked, step, times, names)
    source, trouble, found = _scraped(question)
    with _readable():
        found = found or sources.kept(reader, question)
        trouble = trouble or troubles.found(reader, None if gone else key, asked, now)
    return Charts(
        *(asked.since, asked.until, step, settings().metrics_days, ranges.next_in_s(now), source, trouble),
        *(times, found.charts, marks.marks(viewer, slug, asked.start, asked.end), found.summary),
    )


def _scraped(question: Question) -> tuple[str, AppError | None, Found | None]:
    """Return what the Prometheus of the settings knows, or why it does not say; the own store is there in any case."""
    if not settings().prometheus_url:
        return EMBEDDED, None, None
    try:
        return PROMETHEUS, None, sources.scraped(prometheus.at(settings().prometheus_url), question)
    except Unavailable as error:
        return EMBEDDED, error, None


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        raise Unavailable("metrics_unreadable") from error
