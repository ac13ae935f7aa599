"""Charts out of stretches: values a person can check by hand."""

from collections.abc import Mapping
from typing import Any

import pytest

from deploy_ui.metrics import charts, facts
from deploy_ui.metrics.charts import Chart
from deploy_ui.metrics.plots import PLOTS
from deploy_ui.metrics.sample import Sample

T = 1_764_120_600
TIMES = [T, T + 15, T + 30]


def sample(counters: Mapping[str, float], **gauges: float) -> Sample:
    made = Sample({"seconds": 15, **counters})
    for name, value in gauges.items():
        made.look(name, value)
    return made


def lines(found: list[Chart], name: str) -> dict[str, Any]:
    chart = next(each for each in found if each.name == name)
    return {line.name: list(line.values) for line in chart.series}


def test_requests_are_told_by_class_and_a_gap_stays_a_gap() -> None:
    series = {
        T: sample({"requests:1:200": 30, "requests:1:204": 15, "requests::401": 3}),
        T + 30: sample({"requests:1:503": 15, "requests::0": 15}),
    }
    found = charts.charts(series, TIMES)
    assert lines(found, "requests") == {
        "2xx": [3, None, 0],
        "4xx": [0.2, None, 0],
        "5xx": [0, None, 1],
        "aborted": [0, None, 1],
    }
    assert lines(found, "codes")["204"] == [1, None, 0]


def test_where_the_gateway_did_not_answer_is_a_gap_and_its_requests_are_spread_over_their_time() -> None:
    series = {
        T: sample({"gateway_silent": 15}, ready=1),
        T + 15: sample({"gateway_late": 15, "requests:1:200": 60, "bytes_in": 300}, ready=1),
    }
    found = charts.charts(series, TIMES)
    assert lines(found, "requests") == {"2xx": [None, 2, None]}
    assert lines(found, "bytes")["in"] == [None, 10, None]
    assert lines(found, "instances")["ready"] == [1, 1, None]


def test_revisions_have_a_chart_where_there_are_several() -> None:
    one: Mapping[str, float] = {"requests:1:200": 30}
    assert "revisions" not in {each.name for each in charts.charts({T: sample(one)}, TIMES)}
    found = charts.charts({T: sample({**one, "requests:2:200": 15, "requests::401": 3})}, TIMES[:1])
    assert lines(found, "revisions") == {"r1": [2], "r2": [1]}


def test_the_latency_is_that_of_instances_alone() -> None:
    counters: dict[str, float] = {"duration:1:30000": 50, "duration:2:50000": 50, "duration::100": 900}
    found = charts.charts({T: sample(counters)}, TIMES[:1])
    assert lines(found, "latency")["p50"] == [pytest.approx(0.0305)]
    assert lines(found, "latency")["p99"] == [pytest.approx(0.0505)]


def test_a_stretch_without_requests_has_no_latency() -> None:
    series = {T: sample({"duration:1:30000": 1}), T + 15: sample({})}
    assert lines(charts.charts(series, TIMES), "latency")["p50"][1:] == [None, None]


def test_a_dip_of_ready_instances_does_not_vanish_in_a_longer_stretch() -> None:
    longer = sample({}, ready=3, wanted=3)
    longer.add(sample({}, ready=1, wanted=4))
    assert lines(charts.charts({T: longer}, TIMES[:1]), "instances") == {"wanted": [4], "ready": [1]}


def test_instances_have_a_line_each_with_their_revision_and_the_limit() -> None:
    made = sample({}, cpu_limit=2)
    made.look("cpu:7:ab12cd", 0.5)
    (chart,) = charts.charts({T: made}, TIMES[:1], ["cpu"])
    assert (chart.limit, chart.series[0].name, chart.series[0].labels) == (2, "ab12cd", {"revision": "7"})


def test_many_instances_are_bounded() -> None:
    made = sample({})
    for number in range(500):
        made.look(f"cpu:1:i{number}", 1)
    (chart,) = charts.charts({T: made}, TIMES[:1], ["cpu"])
    assert len(chart.series) == charts.MOST_LINES


def test_without_a_gpu_there_is_no_chart_of_it() -> None:
    found = {each.name for each in charts.charts({T: sample({})}, TIMES)}
    assert found == {plot.name for plot in PLOTS if not plot.fewest}


def test_every_line_has_a_value_for_every_time() -> None:
    counters = {"requests:1:200": 3, "calls:completed": 2, "call_wait:70000": 2, "wakes:2000000": 1, "retries": 1}
    series = {T: sample(counters, queued=1, running=2, oldest=3, in_flight=1, waiting=2)}
    for chart in charts.charts(series, TIMES):
        assert all(len(line.values) == len(TIMES) for line in chart.series), chart.name
    assert lines(charts.charts(series, TIMES), "calls_ended")["completed"] == [2, None, None]


@pytest.mark.parametrize("seconds", [60, 900, 3600, 21_600, 86_400, 3 * 86_400, 30 * 86_400])
def test_no_range_has_too_many_points(seconds: int) -> None:
    step = charts.step_of(T, T + seconds)
    assert 1 <= len(charts.axis(T, T + seconds, step)) <= 1000


def test_figures_of_a_summary() -> None:
    whole = sample(
        {
            "requests:1:200": 97,
            "requests:1:500": 2,
            "requests::503": 1,
            "requests::0": 5,
            "wanted_seconds": 100,
            "up_seconds": 99,
            "instance_seconds": 7200,
        }
    )
    told = {each.name: each.value for each in facts.figures(whole)}
    assert told == {"requests": 105, "errors": 0.03, "p99": None, "uptime": 0.99, "instance_hours": 2}


def test_nothing_measured_has_no_figures() -> None:
    assert {each.value for each in facts.figures(Sample())} == {None}
