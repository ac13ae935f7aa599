"""Data tables and the toolbar over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from deploy_ui.components.icons import icon
from deploy_ui.components.layout import skeleton
from deploy_ui.components.links import link
from deploy_ui.components.search import SearchField
from deploy_ui.components.status import dot
from deploy_ui.i18n.ui import t

CELLS = {
    "name": "name",
    "status": "status-cell",
    "menu": "menu-cell",
    "check": "check-cell",
    "image": "muted",
    "last": "muted",
    "fact": "fact-cell",
}
"""Looks of cells by their place on a phone."""


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: rx.Var[str] | str | rx.Component
    width: str = ""
    right: bool = False
    """Numbers and times stand at the right."""
    area: str = ""
    """Where it goes on a phone: `name`, `status`, `image`, `inst`, `last`, `menu`.

    In a table of which each row is a list of facts there: `name`, `status`, `menu`, `fact`.
    """
    spare: int = 0
    """1: left out where the table has little room. 2: where it has less."""


def data_table(columns: Sequence[Column], rows: Any, **props: Any) -> rx.Component:
    """Return a table; `rows` are `row`s, usually by `rx.foreach`. On phones each row becomes three lines.

    With columns that are facts, each of these stands there with its title.
    """
    looks = " tablebox--facts" if any(each.area == "fact" for each in columns) else ""
    return rx.el.div(
        rx.el.table(
            rx.el.colgroup(*map(_col, columns)),
            rx.el.thead(rx.el.tr(*map(_head, columns))),
            rx.el.tbody(rows),
            class_name="table",
        ),
        class_name=f"tablebox tablebox--cards{looks}",
        **props,
    )


def row(columns: Sequence[Column], cells: Sequence[Any], **props: Any) -> rx.Component:
    """Return a row with one cell a column."""
    return rx.el.tr(*(_cell(column, content) for column, content in zip(columns, cells, strict=True)), **props)


def _col(column: Column) -> rx.Component:
    look = {"class_name": f"spare-{column.spare}"} if column.spare else {}
    return rx.el.col(style={"width": column.width} if column.width else {}, **look)


def _head(column: Column) -> rx.Component:
    looks = [CELLS["check"]] if column.area == "check" else []
    return rx.el.th(column.title, class_name=_looks(column, *looks), scope="col")


def _looks(column: Column, *more: str) -> str:
    return " ".join([*more, *(["r"] if column.right else []), *([f"spare-{column.spare}"] if column.spare else [])])


def _cell(column: Column, content: Any) -> rx.Component:
    looks = _looks(column, *filter(None, [CELLS.get(column.area)]))
    if column.area == "fact":
        return rx.el.td(content, class_name=looks, data_label=column.title)
    return rx.el.td(content, class_name=looks, style={"gridArea": column.area} if column.area else {})


def skeleton_rows(columns: Sequence[Column], count: int = 6) -> rx.Component:
    """Return gray rows of the size of those that are coming."""
    widths = ("55%", "70%", "45%", "60%", "50%", "65%")
    return rx.fragment(
        *(
            row(
                columns,
                [
                    skeleton(width=widths[(index + at) % len(widths)]) if each.area != "menu" else ""
                    for at, each in enumerate(columns)
                ],
            )
            for index in range(count)
        )
    )


def toolbar(*children: Any, end: rx.Component | None = None) -> rx.Component:
    """Return the line over a table: search, filters, and at the end what sorts."""
    return rx.el.div(
        *children, rx.el.div(end, class_name="toolbar__end") if end else rx.fragment(), class_name="toolbar"
    )


def search_field(value: rx.Var[str], on_change: Any, placeholder: rx.Var[str]) -> rx.Component:
    """Return the search field; the key `/` leads to it, Esc empties it. `on_change` hears of it when typing pauses."""
    return SearchField.create(
        icon("search"),
        value=value,
        on_change=on_change,
        placeholder=placeholder,
        clear_label=t("common.clear_search"),
        class_name="field toolbar__search",
        data_testid="search",
    )


def chips(*each: rx.Component | rx.Var[Any], label: rx.Var[str] | str) -> rx.Component:
    """Return filters of which one is pressed."""
    return rx.el.nav(*each, class_name="chips", aria_label=label)


def chip(
    words: Any,
    count: rx.Var[int] | int,
    *,
    pressed: rx.Var[bool],
    to: rx.Var[str] | str,
    status: rx.Var[str] | str = "",
    **props: Any,
) -> rx.Component:
    """Return one filter with how many it would leave; `to` is the address that holds it."""
    return link(
        dot(status) if not isinstance(status, str) or status else rx.fragment(),
        words,
        rx.el.span(count, class_name="count"),
        to=to,
        class_name="chip",
        aria_current=rx.cond(pressed, "true", "false"),
        **props,
    )
