"""Charts out of what was measured: lines over one time axis, with gaps where nothing was. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from deploy_ui.metrics.plots import PLOTS, Plot, Stretch
from deploy_ui.metrics.store import Series

STEPS = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)
MOST_POINTS = 400
MOST_LINES = 64
OF_INSTANCES = {"cpu", "memory", "gpu", "gpu_memory"}


@dataclass(frozen=True)
class Line:
    """One line of a chart; None where nothing was measured."""

    name: str
    values: Sequence[float | None]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """One chart; every line has a value for every time of the axis."""

    name: str
    unit: str
    shape: str
    series: Sequence[Line]
    limit: float | None = None


def step_of(since: int, until: int) -> int:
    """Return the shortest step, in seconds, with which a range has no more than 400 points."""
    return next((each for each in STEPS if (until - since) / each <= MOST_POINTS), STEPS[-1])


def axis(since: int, until: int, step: int) -> list[int]:
    """Return the times of a chart: the beginnings of its steps."""
    return list(range(since // step * step, until, step))


def charts(series: Series, times: Sequence[int], names: Collection[str] = ()) -> list[Chart]:
    """Return these charts, or all that have enough lines."""
    stretches = [Stretch(series[at]) if at in series else None for at in times]
    made = [(plot, _chart(plot, stretches)) for plot in PLOTS if not names or plot.name in names]
    return [chart for plot, chart in made if len(chart.series) >= plot.fewest]


def significant(value: float) -> float:
    """Return six significant digits: more only make the answer longer."""
    return float(f"{value:.6g}")


def _chart(plot: Plot, stretches: Sequence[Stretch | None]) -> Chart:
    known = (None if each is None or (plot.gateway and not each.gateway_s) else each for each in stretches)
    rows = [None if each is None else plot.values(each) for each in known]
    seen: dict[str, int] = {}
    for row in rows:
        for name in row or ():
            seen[name] = seen.get(name, 0) + 1
    others = sorted(seen, key=lambda name: -seen[name])[:MOST_LINES]
    names = [*plot.lines, *sorted(name for name in others if name not in plot.lines)] if seen else []
    lines = [_line(plot, name, [None if row is None else row.get(name, plot.absent) for row in rows]) for name in names]
    return Chart(plot.name, plot.unit, plot.shape, lines, _limit(plot, stretches))


def _line(plot: Plot, name: str, values: Sequence[float | None]) -> Line:
    rounded = [None if value is None else significant(value) for value in values]
    if plot.name in OF_INSTANCES:
        revision, _, instance = name.partition(":")
        return Line(instance, rounded, {"revision": revision})
    return Line(name, rounded)


def _limit(plot: Plot, stretches: Sequence[Stretch | None]) -> float | None:
    """Return the newest limit that was in force."""
    if not plot.limit:
        return None
    found = (each.gauge(plot.limit) for each in reversed(stretches) if each is not None)
    return next((gauge.most for gauge in found if gauge is not None), None)
