from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy_ui.metrics import charts as drawing
from deploy_ui.metrics import facts, prometheus_charts
from deploy_ui.metrics.charts import Chart
from deploy_ui.metrics.prometheus import Prometheus
from deploy_ui.metrics.store import Reader
from tests import measured, prometheus

TURNS = 240
SINCE, UNTIL = measured.END - 1800, measured.END - 900
"""Within the history: at its ends Prometheus has to guess."""
MANY = {"latency", "requests", "calls_ended", "cold_starts", "bytes", "retries", "revisions", "codes"}
"""What is made of many requests, or counted: it agrees closely."""
FEW = {"cold_start_times", "call_times"}
"""Quantiles of four durations: they lie in the same bucket."""


class Both(NamedTuple):
    """The same hour in both."""

    store: Reader
    scraper: Prometheus


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("both")
    prometheus.backfill(folder, measured.history(folder / "metrics", TURNS))
    with prometheus.running(folder) as running:
        yield Both(Reader(folder / "metrics"), Prometheus(running.url, patience_s=prometheus.START_S))


@pytest.fixture(scope="module", params=[15, 60, 300])
def pairs(request: pytest.FixtureRequest, both: Both) -> dict[str, tuple[Chart, Chart]]:
    step: int = request.param
    times = drawing.axis(SINCE, UNTIL, step)
    kept = drawing.charts(both.store.series(1, SINCE, UNTIL, step), times)
    asked = both.scraper.ask(lambda each: prometheus_charts.charts(each, measured.SLUG, times, step))
    assert [each.name for each in asked] == [each.name for each in kept]
    return {each.name: (each, other) for each, other in zip(kept, asked, strict=True)}


def test_the_charts_are_the_same_ones(pairs: dict[str, tuple[Chart, Chart]]) -> None:
    for kept, asked in pairs.values():
        assert (asked.name, asked.unit, asked.shape, asked.limit) == (kept.name, kept.unit, kept.shape, kept.limit)
        assert [(each.name, each.labels) for each in asked.series] == [(each.name, each.labels) for each in kept.series]
        assert [len(each.values) for each in asked.series] == [len(each.values) for each in kept.series]


def test_counts_and_durations_agree(pairs: dict[str, tuple[Chart, Chart]]) -> None:
    for name in MANY | FEW:
        kept, asked = pairs[name]
        for line, other in zip(kept.series, asked.series, strict=True):
            assert other.values == pytest.approx(line.values, rel=0.1 if name in MANY else 1.5), (name, line.name)


def test_what_goes_up_and_down_is_seen_a_look_later_at_most(pairs: dict[str, tuple[Chart, Chart]]) -> None:
    for name, (kept, asked) in pairs.items():
        for line, other in zip(kept.series, asked.series, strict=True):
            for place in range(2, len(line.values) if name not in MANY | FEW else 0):
                assert other.values[place] in line.values[place - 2 : place + 1], (name, line.name)


def test_counts_over_the_whole_range_agree(both: Both) -> None:
    found, share = both.scraper.ask(lambda each: prometheus_charts.figures(each, measured.SLUG, SINCE, UNTIL))
    assert share == pytest.approx(1, abs=0.1)
    asked = {each.name: each.value for each in found}
    kept = {each.name: each.value for each in facts.figures(both.store.total(1, SINCE, UNTIL))}
    assert asked.keys() == kept.keys()
    for name in ("requests", "errors", "uptime", "instance_hours"):
        assert asked[name] == pytest.approx(kept[name], rel=0.01), name
    assert asked["p99"] == pytest.approx(kept["p99"], rel=0.25)


def test_where_nothing_was_measured_is_a_gap_in_every_line(tmp_path: Path) -> None:
    prometheus.backfill(tmp_path, measured.history(tmp_path / "metrics", 60, missed=range(20, 40)))
    since = measured.END - 15 * 60
    times = drawing.axis(since, measured.END, 15)
    with prometheus.running(tmp_path) as running:
        scraper = Prometheus(running.url, patience_s=prometheus.START_S)
        drawn = scraper.ask(lambda each: prometheus_charts.charts(each, measured.SLUG, times, 15))
        _, share = scraper.ask(lambda each: prometheus_charts.figures(each, measured.SLUG, since, measured.END))
    for chart in drawn:
        for line in chart.series:
            assert set(line.values[22:40]) == {None}, (chart.name, line.name)
            assert None not in line.values[5:19], (chart.name, line.name)
            assert None not in line.values[45:], (chart.name, line.name)
    assert share == pytest.approx(2 / 3, abs=0.1)


def test_a_deployment_that_prometheus_does_not_know_has_empty_charts(both: Both) -> None:
    times = drawing.axis(SINCE, UNTIL, 60)
    drawn = both.scraper.ask(lambda each: prometheus_charts.charts(each, "nobody", times, 60))
    assert {len(each.series) for each in drawn} == {0}
    figures, share = both.scraper.ask(lambda each: prometheus_charts.figures(each, "nobody", SINCE, UNTIL))
    assert ({each.value for each in figures}, share) == ({None}, 0)


def test_only_what_is_asked_for_is_drawn(both: Both) -> None:
    times = drawing.axis(SINCE, UNTIL, 60)
    drawn = both.scraper.ask(lambda each: prometheus_charts.charts(each, measured.SLUG, times, 60, {"cpu", "latency"}))
    assert [each.name for each in drawn] == ["latency", "cpu"]
