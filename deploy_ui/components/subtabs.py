"""Small tabs within a panel or a dialog."""

from collections.abc import Mapping
from typing import Any

import reflex as rx


def subtabs(
    names: Mapping[str, str], shown: rx.Var[str], choose: Any, *, prefix: str, class_name: str = "subtabs"
) -> rx.Component:
    """Return a tab for each name, with its words; `choose` is the event that gets the chosen name."""
    return rx.el.div(
        *(_tab(name, words, shown, choose, f"{prefix}-{name}") for name, words in names.items()),
        class_name=class_name,
        role="tablist",
    )


def _tab(name: str, words: str, shown: rx.Var[str], choose: Any, data_testid: str) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        role="tab",
        aria_selected=rx.cond(shown == name, "true", "false"),
        on_click=choose(name),
        class_name="subtab",
        data_testid=data_testid,
    )
