"""The charts of a deployment: their values go from the API straight into the page, past the state."""

from collections.abc import Iterator

import reflex as rx

from deploy_ui.components.figure import unit_words
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

UPLOT = "uplot@1.6.32"
"""Draws on a canvas: 17 charts of a thousand points in the time that others need for one."""
CHARTS = (
    *("requests", "latency", "in_flight", "instances", "cpu", "memory", "gpu", "gpu_memory", "calls", "call_times"),
    *("calls_ended", "cold_starts", "cold_start_times", "bytes", "retries", "revisions", "codes"),
)
"""In the order of the API, which says which of them there are."""
CRASHES = ("start_failed", "start_timeout", "crashed", "exited", "out_of_memory", "not_answering", "lost")
"""Reasons for which instances end by themselves."""
WORDS = {
    "name": CHARTS,
    "empty": CHARTS,
    "figure": ("requests", "errors", "p99", "uptime", "instance_hours"),
    "series": (
        *("in_flight", "waiting", "wanted", "ready", "queued", "running", "wait_p50", "wait_p99", "run_p50"),
        *("run_p99", "oldest", "completed", "error", "canceled", "count", "max", "in", "out", "retries", "resets"),
        "aborted",
    ),
    "mark": ("revision", "scaled", "crash", "woken"),
    "said": ("revision", "scaled", "crash", "woken"),
    "range": ("15m", "1h", "6h", "24h", "own", "wrong"),
    "refresh": ("auto", "10", "30", "60", "off", "now"),
    "pick": ("requests", "logs", "zoom"),
}
"""Texts by table; those of charts, series and so on are named as the API names them."""
PLAIN = (
    *("range", "from", "to", "show", "zoom_reset", "refresh", "save_all", "grafana", "summary", "loading"),
    *("legend", "legend_hint", "menu", "save_csv", "save_png", "newest", "empty", "limit", "more", "pick"),
    *("no_before", "none_before", "same_before", "points_before", "percent_before"),
    *("failed", "old", "idle", "step_s", "step_min"),
)
COUNTED = ("days", "kept")
"""Texts with a number, whose form the browser chooses."""
FACTS = {name: f"{{{name}}}" for name in ("count", "value", "change", "time", "charts", "label", "reason")}
"""Filled in the browser, where the values are."""

for _name in (
    *("bar", "card", "change", "colors", "csv", "data", "export", "feed", "legend", "marks", "options", "own", "pick"),
    *("plot", "range", "refresh", "summary", "time", "tip", "units", "words"),
):
    script(f"chart_{_name}.js")  # what chart_pane.js imports lies beside it
script("save_blob.js")


class ChartPane(rx.NoSSRComponent):
    """Fetches what was measured from `url`, again and again while time goes on, and draws it.

    Which time is shown, and what is zoomed into, is in the address. `gone`: there are no logs to lead to any more.
    `grafana` is the address of the same in Grafana, or empty.
    """

    library = script("chart_pane.js")
    tag = "ChartPane"
    lib_dependencies: list[str] = [UPLOT]

    url: rx.Var[str]
    slug: rx.Var[str]
    words: rx.Var[dict[str, str]]
    language: rx.Var[str]
    grafana: rx.Var[str]
    gone: rx.Var[bool]
    days: rx.Var[int]


def chart_pane(slug: rx.Var[str], *, gone: rx.Var[bool], days: rx.Var[int], grafana: rx.Var[str]) -> rx.Component:
    """Return the charts of a deployment, of which `days` are kept."""
    return ChartPane.create(
        url=f"/api/v1/deployments/{slug}/metrics",
        slug=slug,
        gone=gone,
        days=days,
        grafana=grafana,
        words=dict(_words()),
        language=LanguageState.language,
        data_testid="monitoring-charts",
    )


def _words() -> Iterator[tuple[str, rx.Var[str]]]:
    for table, names in WORDS.items():
        yield from ((f"{table}_{name}", t(f"chart.{table}.{name}", **FACTS)) for name in names)
    yield from ((name, t(f"chart.text.{name}", **FACTS)) for name in PLAIN)
    yield from unit_words().items()
    yield from ((f"reason_{name}", t(f"reason.{name}")) for name in CRASHES)
    for name in COUNTED:
        yield from ((f"{name}_{form}", t(f"chart.{name}.{form}", **FACTS)) for form in ("one", "few", "many"))
