"""A live log: lines go from a websocket straight into the page, past the state."""

from typing import Any

import reflex as rx

from deploy_ui.components.log_rows import ANSI
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

VIRTUA = "virtua@0.54.2"
"""Puts only the lines in view into the page; holds sizes in plain arrays, so appending to 100 000 costs nothing."""
WORDS = (
    *("tools", "level", "level_all", "level_info", "level_warning", "level_error", "level_every", "none_of_level"),
    *("find", "previous", "next", "regex", "of", "nothing", "pattern_wrong", "pattern_slow"),
    *("range", "range_all", "range_15m", "range_1h", "range_24h", "range_own", "range_every", "range_wrong"),
    *("from", "to", "show", "none_in_range", "follow", "follow_hint", "wrap"),
    *("time", "time_local", "time_utc", "time_ago"),
    *("copy", "copy_picked", "copied", "copy_link", "link_copied", "link", "unpick", "line_gone", "close"),
    *("download", "download_shown", "download_whole", "text", "lines"),
    *("loading_older", "full", "beginning"),
    *("connecting", "live", "paused", "held", "lost", "ended", "refused"),
)
COUNTS = ("lines", "from", "new", "picked", "more", "cut")
"""Texts with a number, whose form the browser chooses."""

for _script in (
    *("copy.js", "log_bar.js", "log_copy.js", "log_feed.js", "log_foot.js", "log_keys.js", "log_list.js"),
    *("log_live.js", "log_menus.js", "log_parked.js", "log_range.js", "log_row.js", "log_search.js"),
    *("log_search_worker.js", "log_store.js", "log_text.js", "log_time.js", "log_trace.js"),
):
    script(_script)  # what log_pane.js imports lies beside it


class LogPane(rx.NoSSRComponent):
    """Shows what comes from `url`, follows it, searches in it; its children stand first in the toolbar."""

    library = script("log_pane.js")
    tag = "LogPane"
    lib_dependencies: list[str] = [ANSI, VIRTUA]

    url: rx.Var[str]
    download_url: rx.Var[str]
    words: rx.Var[dict[str, str]]
    language: rx.Var[str]
    kept: rx.Var[str]
    empty: rx.Var[str]
    build: rx.Var[bool]


def deployment_log(
    slug: rx.Var[str], instance: rx.Var[str], *tools: Any, empty: rx.Var[str], kept: rx.Var[str]
) -> rx.Component:
    """Return the live log of a deployment; an empty `instance` means all. `tools` choose the instance."""
    return _pane(f"deployments/{slug}", f"?instance={instance}", *tools, empty=empty, kept=kept)


def build_log(image_id: rx.Var[str], attempt: rx.Var[int], *, empty: rx.Var[str]) -> rx.Component:
    """Return the log of an image's build, live until it is over; a new `attempt` begins it again."""
    return _pane(f"images/{image_id}", f"?attempt={attempt}", empty=empty, build=True)


def _pane(path: str, query: str, *tools: Any, **props: Any) -> rx.Component:
    return LogPane.create(
        *tools,
        url=f"/api/ws/logs/{path}{query}",
        download_url=f"/api/logs/{path}{query}",
        words=_words(),
        language=LanguageState.language,
        data_testid="log-pane",
        **props,
    )


def _words() -> dict[str, rx.Var[str]]:
    """Return the texts of the viewer; `{count}` and `{place}` are filled in the browser, where the numbers are."""
    facts = {"count": "{count}", "place": "{place}"}
    words = {word: t(f"log.{word}", **facts) for word in WORDS}
    forms = {f"{name}_{form}": t(f"log.n_{name}.{form}", **facts) for name in COUNTS for form in ("one", "few", "many")}
    return words | forms
