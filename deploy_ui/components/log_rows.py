"""A short log that is shown as a whole: what one request wrote, for instance."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

ANSI = "anser@2.3.5"
"""Reads colours into plain values, never into HTML."""

for _script in ("log_row.js", "log_text.js", "log_time.js", "log_trace.js"):
    script(_script)  # what log_rows.js imports lies beside it


class LogRows(rx.NoSSRComponent):
    """Fetches `{"lines": [[ms, instance, level, text, stream, cursor], …]}` from `url` and shows them.

    Nothing is fetched while `url` is empty; another `url` is fetched anew. `empty` and `failed` stand where there is
    nothing to show.
    """

    library = script("log_rows.js")
    tag = "LogRows"
    lib_dependencies: list[str] = [ANSI]

    url: rx.Var[str]
    language: rx.Var[str]
    empty: rx.Var[str]
    failed: rx.Var[str]


def log_rows(url: rx.Var[str] | str, *, empty: rx.Var[str], **props: object) -> rx.Component:
    """Return the lines that `url` gives, in the look of the log."""
    return LogRows.create(url=url, language=LanguageState.language, empty=empty, failed=t("log.rows_failed"), **props)
