"""A live log: lines go from a websocket straight into the page, past the state."""

from typing import Any

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

WORDS = (
    *("level", "level_all", "level_info", "level_warning", "level_error"),
    *("find", "previous", "next", "follow", "wrap", "copy", "download", "lines"),
    *("connecting", "live", "paused", "lost", "ended", "refused"),
)

for _script in ("copy.js", "log_feed.js", "log_lines.js"):
    script(_script)  # what log_pane.js imports lies beside it


class LogPane(rx.NoSSRComponent):
    """Shows what comes from `url`, follows it, searches in it; its children stand first in the toolbar."""

    library = script("log_pane.js")
    tag = "LogPane"

    url: rx.Var[str]
    download_url: rx.Var[str]
    words: rx.Var[dict[str, str]]
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
        words={word: t(f"log.{word}") for word in WORDS},
        data_testid="log-pane",
        **props,
    )
