"""The request log: rows go from the API straight into the page, past the state."""

from collections.abc import Iterable

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

WORDS = (
    *("search", "clear", "any_method", "slow_any", "slow_01", "slow_1", "slow_10", "table_words"),
    *("status", "status_all", "status_none", "status_failed"),
    *("time", "method", "path", "code", "took", "size", "instance", "revision", "key", "id"),
    *("kind", "kind_any", "why", "details", "request", "began", "received", "sent", "only"),
    *("panel", "above", "below", "logs", "charts"),
    *("console_key", "foreign_key", "copy_id", "older", "newer", "unreachable", "selection"),
    *("none", "none_words", "none_gone", "to_test", "no_match", "no_match_words", "show_every"),
)
RANGE_WORDS = (
    *("range", "range_all", "range_15m", "range_1h", "range_24h", "range_own", "range_wrong", "from", "to", "show"),
    *("copied", "close"),
)
"""Texts that logs have, too."""
COUNTS = ("shown", "kept")
"""Texts with a number, whose form the browser chooses."""

for _script in (
    *("amounts.js", "copy.js", "log_range.js", "log_time.js", "side_panel.js"),
    *("request_address.js", "request_amounts.js", "request_bar.js", "request_panel.js", "request_reading.js"),
    *("request_rows.js", "search.js"),
):
    script(_script)  # what request_log.js imports lies beside it


class RequestLog(rx.NoSSRComponent):
    """Shows the requests to a deployment, and goes on while it is looked at."""

    library = script("request_log.js")
    tag = "RequestLog"

    slug: rx.Var[str]
    words: rx.Var[dict[str, str]]
    language: rx.Var[str]
    gone: rx.Var[bool]


def request_table(
    slug: rx.Var[str], *, gone: rx.Var[bool] | bool, kinds: Iterable[str], reasons: Iterable[str]
) -> rx.Component:
    """Return the log of a deployment; `gone`: it is deleted. `kinds` and `reasons` are what a row may hold."""
    return RequestLog.create(
        slug=slug,
        words=_words(kinds, reasons),
        language=LanguageState.language,
        gone=gone,
        data_testid="request-log",
    )


def _words(kinds: Iterable[str], reasons: Iterable[str]) -> dict[str, rx.Var[str]]:
    """Return the texts of the viewer; `{count}` and `{time}` are filled in the browser, where the values are."""
    facts = {"count": "{count}", "time": "{time}"}
    words = {word: t(f"requests.{word}", **facts) for word in WORDS} | {word: t(f"log.{word}") for word in RANGE_WORDS}
    words |= {f"kind_{kind}": t(f"requests.kinds.{kind}") for kind in kinds}
    words |= {f"reason_{reason}": t(f"requests.reasons.{reason}") for reason in reasons}
    words["copy"] = t("common.copy")
    forms = {f"{name}_{form}": t(f"requests.n_{name}.{form}", **facts) for name in COUNTS for form in FORMS}
    return words | forms


FORMS = ("one", "few", "many")
