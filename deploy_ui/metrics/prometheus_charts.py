"""The charts and figures of one deployment, read from a Prometheus instead of the own store.

They differ from those of the store where Prometheus knows less: rates are taken over a minute at least, counts are
reckoned up to the ends of the stretch, and quantiles are only as fine as the buckets of `/metrics`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from deploy_ui.metrics.charts import MOST_LINES, Chart, Line, significant
from deploy_ui.metrics.facts import Figure
from deploy_ui.metrics.plots import PLOTS, Plot
from deploy_ui.metrics.prometheus import Asking, Series, Span
from deploy_ui.metrics.promql import CHARTS, FIGURES, LIMITS, MEASURED, SHARE, Query


async def charts(
    asked: Asking, slug: str, times: Sequence[int], step_s: int, names: Collection[str] = ()
) -> list[Chart]:
    """Return these charts, or all; those that are optional only where they have a line. Raises Unavailable."""
    plots = [plot for plot in PLOTS if not names or plot.name in names]
    queries = [MEASURED, *(query for plot in plots for query in _queries(plot))]
    # a point tells of the step that begins there; Prometheus tells of the time before the moment it is asked for
    moments = [at + step_s for at in times]
    span = Span(moments[0], moments[-1], step_s)
    found = iter(await asked.ranges([each.asked(slug, step_s) for each in queries], span))
    first = next(found)
    seen = [any(at in series.values for series in first) for at in moments]
    made = [(plot, _chart(plot, {query: next(found) for query in _queries(plot)}, moments, seen)) for plot in plots]
    return [chart for plot, chart in made if len(chart.series) >= plot.fewest]


async def figures(asked: Asking, slug: str, since: int, until: int) -> tuple[list[Figure], float]:
    """Return the figures of the summary, in its order, and the share of the time that is known. Raises Unavailable."""
    queries = [SHARE, *(each for _, each in FIGURES.values())]
    share, *found = await asked.moments([each.asked(slug, until - since) for each in queries], until)
    named = zip(FIGURES.items(), found, strict=True)
    return [Figure(name, unit, _only(series)) for (name, (unit, _)), series in named], _only(share) or 0.0


def _queries(plot: Plot) -> Iterator[Query]:
    yield from CHARTS[plot.name]
    if plot.name in LIMITS:
        yield LIMITS[plot.name]


def _chart(plot: Plot, found: Mapping[Query, Sequence[Series]], moments: Sequence[int], seen: Sequence[bool]) -> Chart:
    limit = LIMITS.get(plot.name)
    lines = {
        line.name: line
        for query, answers in found.items()
        if query is not limit
        for line in (_line(plot, query, series, moments, seen) for series in answers[:MOST_LINES])
    }
    always = {name: Line(name, [plot.absent if each else None for each in seen]) for name in plot.lines if any(seen)}
    ordered = [lines.pop(name, line) for name, line in always.items()]
    ordered += sorted(lines.values(), key=lambda line: line.name)
    return Chart(plot.name, plot.unit, plot.shape, ordered, _newest(found.get(limit, ()) if limit else ()))


def _line(plot: Plot, query: Query, series: Series, moments: Sequence[int], seen: Sequence[bool]) -> Line:
    values = [series.values.get(at, plot.absent) if known else None for at, known in zip(moments, seen, strict=True)]
    labels = {label: series.labels.get(label, "") for label in query.labels}
    return Line(query.line.format_map(defaultdict(str, series.labels)), [_rounded(value) for value in values], labels)


def _rounded(value: float | None) -> float | None:
    return None if value is None else significant(value)


def _newest(found: Sequence[Series]) -> float | None:
    values = [value for series in found for value in series.values.values() if value is not None]
    return values[-1] if values else None


def _only(found: Sequence[Series]) -> float | None:
    return next((value for series in found for value in series.values.values()), None)
