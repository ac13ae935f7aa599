"""A measured value in words of the reader's language: its unit fits its size."""

from typing import Any

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

UNITS = ("b", "kib", "mib", "gib", "tib", "ms", "s", "min", "h", "k", "m", "per_s", "percent", "cores")
"""Names of units; those of `chart_units.js`."""

script("chart_units.js")  # what figure.js imports lies beside it


class Figure(rx.Component):
    """`841 ms`; a dash for None."""

    library = script("figure.js")
    tag = "Figure"

    unit: rx.Var[str]
    value: rx.Var[Any]
    words: rx.Var[dict[str, str]]
    language: rx.Var[str]


def figure(unit: str, value: object, **props: object) -> rx.Component:
    """Return a value of a unit as the charts name it: `count`, `ratio`, `seconds`, `bytes`, `hours` and so on."""
    return Figure.create(unit=unit, value=value, words=unit_words(), language=LanguageState.language, **props)


def unit_words() -> dict[str, rx.Var[str]]:
    """Return the names of units."""
    return {name: t(f"chart.unit.{name}") for name in UNITS}
