"""Requests of the last day in one small picture."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

for _script in ("chart_units.js", "spark_bars.js"):
    script(_script)  # what sparkline.js imports lies beside it


class Sparkline(rx.Component):
    """Bars by hour, failed requests in red on top, and their number; a dash where nothing was measured.

    `spark` is `{bars, errors, total}`, or nothing.
    """

    library = script("sparkline.js")
    tag = "Sparkline"

    spark: rx.Var[dict[str, object]]
    words: rx.Var[str]
    language: rx.Var[str]


def sparkline(spark: object, **props: object) -> rx.Component:
    """Return the picture of a `Spark`."""
    words = t("chart.text.spark", count="{count}", errors="{errors}")
    data = rx.Var.create(spark).to(dict[str, object])
    return Sparkline.create(spark=data, words=words, language=LanguageState.language, **props)
