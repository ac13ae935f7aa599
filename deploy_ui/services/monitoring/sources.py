"""Where charts and figures come from: the own store, or a Prometheus."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from deploy_ui.metrics import charts as drawing
from deploy_ui.metrics import facts, prometheus_charts
from deploy_ui.metrics.charts import Chart
from deploy_ui.metrics.prometheus import Asking, Prometheus
from deploy_ui.metrics.sample import Sample, merged
from deploy_ui.metrics.store import Reader
from deploy_ui.services.monitoring.ranges import Range
from deploy_ui.settings import settings

Known = tuple[list[facts.Figure], float]
"""Figures, and the share of the time that is known."""
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
class Question:
    """What is asked of a source."""

    slug: str
    key: int
    range: Range
    """Begins with a whole step."""
    step_s: int
    times: Sequence[int]
    names: Collection[str]
    """Of charts; without any it is all of them."""


@dataclass(frozen=True)
class Found:
    """What a source answers."""

    charts: Sequence[Chart]
    summary: Sequence[Figure]


def kept(reader: Reader, question: Question) -> Found:
    """Read the own store. Raises sqlite3.Error or ValueError if it is damaged."""
    asked, key = question.range, question.key
    series = reader.series(key, asked.since, asked.until, question.step_s)
    figures = _compared(facts.figures(merged(series.values())), facts.figures(_day_before(reader, key, asked)))
    return Found(drawing.charts(series, question.times, question.names), figures)


def _day_before(reader: Reader, key: int, asked: Range) -> Sample:
    """Return what was measured a day earlier; nothing unless that is nearly all of the time, or can be."""
    then = asked.earlier(DAY)
    kept_s = then.until - max(then.since, asked.until - timedelta(settings().metrics_days).total_seconds())
    before = reader.total(key, then.since, then.until) if kept_s >= NEARLY_ALL * asked.seconds else Sample()
    return before if before.counters.get("seconds", 0) >= NEARLY_ALL * asked.seconds else Sample()


def scraped(prometheus: Prometheus, question: Question) -> Found:
    """Ask a Prometheus everything at once. Raises Unavailable if it does not answer."""
    asked, then = question.range, question.range.earlier(DAY)

    async def work(asking: Asking) -> tuple[list[Chart], Known, Known]:
        return await asyncio.gather(
            prometheus_charts.charts(asking, question.slug, question.times, question.step_s, question.names),
            prometheus_charts.figures(asking, question.slug, asked.since, asked.until),
            prometheus_charts.figures(asking, question.slug, then.since, then.until),
        )

    drawn, (whole, _), (before, share) = prometheus.ask(work)
    return Found(drawn, _compared(whole, before if share >= NEARLY_ALL else facts.figures(Sample())))


def _compared(whole: Sequence[facts.Figure], before: Sequence[facts.Figure]) -> list[Figure]:
    pairs = zip(whole, before, strict=True)
    return [Figure(now.name, now.unit, now.value, earlier.value) for now, earlier in pairs]
