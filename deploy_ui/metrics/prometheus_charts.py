"""The charts and figures of one deployment, read from a Prometheus instead of the own store.

They differ from those of the store where Prometheus knows less: rates are taken over a minute at least, counts are
reckoned up to the ends of the stretch, and quantiles are only as fine as the buckets of `/metrics`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from deploy_ui.metrics.charts import MOST_LINES, Chart, Line
from deploy_ui.metrics.facts import Figure
from deploy_ui.metrics.plots import PLOTS, Plot
from deploy_ui.metrics.prometheus import Prometheus, Series, Span
from deploy_ui.metrics.promql import CHARTS, FIGURES, LIMITS, MEASURED, Query


def charts(asked: Prometheus, slug: str, times: Sequence[int], step_s: int, names: Collection[str] = ()) -> list[Chart]:
    """Return these charts, or all; those that are optional only where they have a line. Raises Unavailable."""
    plots = [plot for plot in PLOTS if not names or plot.name in names]
    queries = [MEASURED, *(query for plot in plots for query in _queries(plot))]
    # a point tells of the step that begins there, and Prometheus of the time before the moment it is asked for
    span = Span(times[0] + step_s, times[-1] + step_s, step_s)
    found = iter(asked.ranges([each.asked(slug, step_s) for each in queries], span))
    moments = [at + step_s for at in times]
    measured = _measured(next(found), moments)
    made = [_chart(plot, {query: next(found) for query in _queries(plot)}, moments, measured) for plot in plots]
    optional = {plot.name for plot in PLOTS if plot.optional}
    return [each for each in made if each.series or each.name not in optional]


def figures(asked: Prometheus, slug: str, since: int, until: int) -> list[Figure]:
    """Return the figures of the summary, in its order. Raises Unavailable."""
    found = asked.moments([each.asked(slug, until - since) for _, each in FIGURES.values()], until)
    return [Figure(name, unit, _only(series)) for (name, (unit, _)), series in zip(FIGURES.items(), found, strict=True)]


def _queries(plot: Plot) -> Iterator[Query]:
    yield from CHARTS[plot.name]
    if plot.name in LIMITS:
        yield LIMITS[plot.name]


def _measured(found: Sequence[Series], moments: Sequence[int]) -> list[bool]:
    return [any(at in series.values for series in found) for at in moments]


def _chart(
    plot: Plot, found: Mapping[Query, Sequence[Series]], moments: Sequence[int], measured: Sequence[bool]
) -> Chart:
    limit = next((_newest(series) for query, series in found.items() if query is LIMITS.get(plot.name)), None)
    lines: dict[str, Line] = {}
    for query in CHARTS[plot.name]:
        for series in found[query][:MOST_LINES]:
            values = [series.values.get(at) if seen else None for at, seen in zip(moments, measured, strict=True)]
            name = query.line.format_map(series.labels)
            labels = {label: series.labels.get(label, "") for label in query.labels}
            lines[name] = Line(name, [...], labels)
    return Chart(plot.name, plot.unit, plot.shape, _ordered(plot, lines, measured), limit)
