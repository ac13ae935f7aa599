"""What charts show, and how it is said: the scripts that touch no page."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.components.conftest import Js

WORDS = {
    "b": "B",
    "kib": "KiB",
    "mib": "MiB",
    "gib": "GiB",
    "ms": "ms",
    "s": "s",
    "min": "min",
    "h": "h",
    "k": "k",
    "m": "M",
    "per_s": "/s",
    "percent": "%",
    "cores": "cores",
}
NBSP = "\u00a0"


@pytest.fixture(scope="session")
def units(js: Callable[[str], Js]) -> Js:
    return js("chart_units.js")


@pytest.fixture(scope="session")
def data(js: Callable[[str], Js]) -> Js:
    return js("chart_data.js")


@pytest.fixture(scope="session")
def ranges(js: Callable[[str], Js]) -> Js:
    return js("chart_range.js")


def test_values_are_said_in_units_that_people_read(units: Js) -> None:
    cases = [
        ("seconds", 0.0312, "31.2 ms"),
        ("seconds", 0.841, "841 ms"),
        ("seconds", 75, "75 s"),
        ("seconds", 600, "10 min"),
        ("bytes", 959 * 2**20, "959 MiB"),
        ("bytes", 1.5 * 2**30, "1.5 GiB"),
        ("bytes_per_second", 2048, "2 KiB/s"),
        ("ratio", 0.9987, "99.87 %"),
        ("ratio", 0.0003, "0.03 %"),
        ("count", 1870, "1,870"),
        ("count", 61200, "61.2k"),
        ("count", 1_230_000, "1.23M"),
        ("per_second", 0, "0 /s"),
        ("per_second", 2.679, "2.68 /s"),
        ("cores", 0.5, "0.5 cores"),
        ("hours", 0.0708, "0.07 h"),
        ("seconds", None, "\u2013"),
    ]
    said = units("cases.map(([unit, value]) => valueWords(unit, value, 'en', words))", cases=cases, words=WORDS)
    assert said == [words.replace(" ", NBSP) for _, _, words in cases]


def test_russian_writes_a_comma_and_its_own_short_words(units: Js) -> None:
    said = units("[valueWords('count', 61200, 'ru', words), valueWords('cores', 0.5, 'ru', words)]", words=WORDS)
    assert said == [f"61,2{NBSP}\u0442\u044b\u0441.", f"0,5{NBSP}cores"]


def test_an_axis_has_plain_numbers_of_the_unit_that_its_title_names(units: Js) -> None:
    assert units(
        "[unitWords('bytes', most, words), tickWords('bytes', most, most / 2, 'en')]", most=2**31, words=WORDS
    ) == ["GiB", "1"]
    assert units("[unitWords('seconds', 0.8, words), tickWords('seconds', 0.8, 0.2, 'en')]", words=WORDS) == [
        "ms",
        "200",
    ]
    assert units("[unitWords('per_second', 5200, words), tickWords('per_second', 5200, 2500, 'en')]", words=WORDS) == [
        "k/s",
        "2.5",
    ]


def test_lines_of_an_axis_lie_at_round_numbers_and_at_whole_ones_where_things_are_counted(units: Js) -> None:
    assert all(step == int(step) for step in units("ticksOf('count', 12)"))
    assert 2.5 * 2**30 in units("ticksOf('bytes', 3 * 2 ** 30)")


def test_bars_stand_on_each_other_and_a_gap_stays_a_gap(data: Js) -> None:
    chart = {
        "shape": "bars",
        "series": [{"name": "2xx", "values": [1, None, 2]}, {"name": "5xx", "values": [1, None, None]}],
    }
    assert data("rowsOf(chart, [0, 1, 2], new Set())", chart=chart) == [[1, None, 2], [2, None, 2]]
    assert data("rowsOf(chart, [0, 1, 2], new Set(['2xx']))", chart=chart) == [[None] * 3, [1, None, None]]


def test_lines_do_not_stand_on_each_other(data: Js) -> None:
    chart = {"shape": "lines", "series": [{"name": "p50", "values": [1, 2]}, {"name": "p99", "values": [3, None]}]}
    assert data("rowsOf(chart, [0, 1], new Set())", chart=chart) == [[1, 2], [3, None]]


def test_charts_of_what_did_not_happen_are_named_and_not_drawn(data: Js) -> None:
    charts = [
        {"name": "requests", "series": []},
        {"name": "calls", "series": [{"values": [0, None, 0]}]},
        {"name": "cold_starts", "series": [{"values": [0, 1]}]},
    ]
    found = data("worthDrawing(charts)", charts=charts)
    assert [each["name"] for each in found["drawn"]] == ["requests", "cold_starts"]
    assert found["idle"] == ["calls"]


def test_a_click_in_the_legend_hides_and_shift_leaves_only_that_one(data: Js) -> None:
    names = ["a", "b", "c"]
    assert data("[...toggled(new Set(), names, 'a', false)]", names=names) == ["a"]
    assert data("[...toggled(new Set(['a']), names, 'a', false)]", names=names) == []
    assert data("[...toggled(new Set(), names, 'a', true)]", names=names) == ["b", "c"]
    assert data("[...toggled(new Set(['b', 'c']), names, 'a', true)]", names=names) == []


def test_marks_that_would_cover_each_other_share_a_flag(data: Js) -> None:
    marks = [{"at": 50}, {"at": 10}, {"at": 12}]
    assert data("flags(marks, (at) => at, 5).map(({x, marks}) => [x, marks.length])", marks=marks) == [[10, 2], [50, 1]]


def test_a_point_without_neighbours_is_found(data: Js) -> None:
    assert data("alone([1, null, 2, 3, null, 4], 0, 5)") == [0, 5]


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("", {"range": "1h", "within": None}),
        ("?range=6h", {"range": "6h", "within": None}),
        ("?range=3d&view=charts", {"range": "3d", "within": None}),
        ("?range=bad", {"range": "1h", "within": None}),
        (
            "?since=2026-11-26T03:00:00Z&until=1795662600",
            {"range": "", "within": {"since": 1795662000, "until": 1795662600}},
        ),
        (
            "?range=6h&since=1795662000&until=1795662600",
            {"range": "6h", "within": {"since": 1795662000, "until": 1795662600}},
        ),
        ("?since=1795662600&until=1795662000", {"range": "1h", "within": None}),
        ("?since=tomorrow&until=<b>", {"range": "1h", "within": None}),
    ],
)
def test_the_address_says_which_time_is_shown(ranges: Js, query: str, view: dict[str, Any]) -> None:
    assert ranges("viewOf(query)", query=query) == view


def test_the_address_that_is_written_is_read_as_the_same_view(ranges: Js) -> None:
    view = {"range": "6h", "within": {"since": 1795662000, "until": 1795662600}}
    query = ranges("queryOf('?view=charts&line=1', view)", view=view)
    assert query == "view=charts&line=1&range=6h&since=2026-11-26T03:00:00Z&until=2026-11-26T03:10:00Z"
    assert ranges("viewOf(query)", query=query) == view


def test_a_zoom_is_never_narrower_than_a_minute_and_goes_back_to_where_it_began(ranges: Js) -> None:
    own = {"range": "", "within": {"since": 1000, "until": 5000}}
    near = ranges("zoomed(own, 2000, 2004)", own=own)
    assert near["within"] == {"since": 1972, "until": 2032}
    assert ranges("unzoomed(zoomed(near, 1990, 2020))", near=near) == own
    assert ranges("unzoomed(zoomed({range: '6h', within: null}, 2000, 3000))") == {"range": "6h", "within": None}


def test_the_longest_range_is_what_is_kept(ranges: Js) -> None:
    assert ranges("rangesFor(7)") == ["15m", "1h", "6h", "24h", "7d"]
    assert ranges("rangesFor(1)") == ["15m", "1h", "6h", "24h"]


def test_a_table_for_other_programs_has_moments_in_utc_and_nothing_for_gaps(js: Callable[[str], Js]) -> None:
    chart = {
        "name": "requests",
        "unit": "per_second",
        "series": [{"name": "2xx", "values": [1.5, None]}, {"name": '=a,"b"', "values": [0, 2]}],
    }
    text = js("chart_csv.js")("chartCsv(chart, [1795662000, 1795662015])", chart=chart)
    assert list(csv.reader(io.StringIO(text))) == [
        ["time", "2xx", '\'=a,"b"'],
        ["2026-11-26T03:00:00Z", "1.5", "0"],
        ["2026-11-26T03:00:15Z", "", "2"],
    ]
    text = js("chart_csv.js")("chartsCsv([chart], [1795662000])", chart=chart)
    assert text.splitlines()[0].startswith("time,requests 2xx (per_second),")


@pytest.mark.parametrize(
    ("figure", "change"),
    [
        (("errors", "ratio", 0.0037, 0.0021), (1, "worse")),
        (("p99", "seconds", 0.3, 0.4), (-1, "better")),
        (("uptime", "ratio", 1, 0.99), (1, "better")),
        (("requests", "count", 200, 100), (1, "")),
        (("instance_hours", "hours", 3, 3), (0, "")),
        (("requests", "count", 5, None), None),
        (("requests", "count", 5, 0), (1, "")),
    ],
)
def test_a_change_is_good_or_bad_by_what_it_means(
    js: Callable[[str], Js], figure: tuple[Any, ...], change: Any
) -> None:
    given = dict(zip(("name", "unit", "value", "before"), figure, strict=True))
    found = js("chart_change.js")("changeOf(figure)", figure=given)
    assert (found and (found["sign"], found["kind"])) == change


def test_charts_are_asked_for_again_just_after_there_is_more(js: Callable[[str], Js]) -> None:
    refresh = js("chart_refresh.js")
    assert refresh("waitOf('auto', {next_in_s: 9.5}, false, 3600)") == 10.5
    assert refresh("waitOf('auto', {next_in_s: 9.5}, true, 3600)") == 15
    assert refresh("waitOf('auto', {next_in_s: 9.5}, false, 3 * 86400)") == 60
    assert refresh("waitOf('30', null, false, 3600)") == 30
    assert refresh("waitOf('off', null, true, 3600)") == 0


def test_an_instance_has_one_colour_on_all_charts(js: Callable[[str], Js]) -> None:
    charts = [{"name": "cpu", "series": [{"name": "a"}, {"name": "b"}]}, {"name": "memory", "series": [{"name": "b"}]}]
    cpu, memory = js("chart_colors.js")("charts.map((chart) => looksOf(chart, placesOf(charts)))", charts=charts)
    assert cpu[1] == memory[0]
    assert cpu[0] != cpu[1]


def test_moments_are_on_the_readers_clock(js: Callable[[str], Js]) -> None:
    times = js("chart_time.js")
    assert times("[axisWords(1795662000, 900, 'en'), axisWords(1795647600, 3600, 'en')]") == ["04:00", "26 Nov"]
    assert times("stepWords(1795662000, 15, 'en')") == "26 Nov, 04:00:00"
    assert times("stepWords(1795662000, 300, 'en')").replace("\u2009", "") == "26 Nov, 04:00\u201304:05"


def test_the_same_time_is_opened_in_grafana(ranges: Js) -> None:
    address = ranges(
        "grafanaAt('https://g.example.org/d/x?var-deployment=a&from=now-1h&to=now', {since: 10, until: 20})"
    )
    assert address == "https://g.example.org/d/x?var-deployment=a&from=10000&to=20000"


def test_the_hours_of_a_day_are_bars_and_failed_requests_are_seen_however_few(js: Callable[[str], Js]) -> None:
    found = js("spark_bars.js")("bars({bars: [0, 1000, 1], errors: [0, 1, 0]}, 30, 20)")
    assert found == {"zero": "M5 20v-1", "good": "M15 20v-16.5M25 20v-1.5", "wrong": "M15 3.5v-1.5"}
