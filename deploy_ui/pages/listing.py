"""The view that every long list has in common: head, toolbar, table, and what stands where there is nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button, button_link
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.tables import Column, chip, chips, data_table, search_field, skeleton_rows, toolbar
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.shell import list_head, shell
from deploy_ui.states.listing import Listing
from deploy_ui.states.session import SessionState


@dataclass(frozen=True)
class ListView:
    """How one list looks. Its texts are those of the table `name`."""

    name: str
    """`deployments` or `images`: address, texts and test ids."""
    state: type[Listing]
    columns: Sequence[Column]
    row: Callable[[Any], rx.Component]
    status_word: Callable[[rx.Var[str]], rx.Var[str]]
    empty: Callable[[], rx.Component]
    """What stands there when there is nothing at all."""
    creatable: rx.Var[bool]
    """Whether the page's head offers to create one."""


def list_page(view: ListView, *more: rx.Component) -> rx.Component:
    """Return the page of a list."""
    state = view.state
    nothing = state.loaded & (state.total == 0) & ~state.narrowed
    shown = rx.cond(nothing, view.empty(), rx.fragment(_toolbar(view), _table(view), _foot(view)))
    return shell(
        list_head(t(f"nav.{view.name}"), _summary(view), action=_create(view)),
        rx.el.section(
            rx.cond(state.problem != "", _failed(state), shown),
            class_name="content content--wide content--list page__body",
        ),
        *more,
        section=view.name,
    )


def _summary(view: ListView) -> rx.Component:
    return rx.cond(view.state.total > 0, rx.el.span(t_count(f"{view.name}.count", view.state.total)))


def _create(view: ListView) -> rx.Component:
    verb = button_link(
        t(f"{view.name}.create"),
        f"/{view.name}/new",
        look="primary",
        icon_name="plus",
        data_testid=f"create-{view.name}",
    )
    return rx.cond(SessionState.may_edit & view.creatable, verb)


def _toolbar(view: ListView) -> rx.Component:
    state = view.state
    return toolbar(
        search_field(state.search, state.look_for, t(f"{view.name}.search")),
        chips(
            chip(
                t("common.all"),
                state.total,
                pressed=state.status == "",
                to=f"/{view.name}",
                data_testid="filter-all",
            ),
            rx.foreach(
                state.statuses,
                lambda status: chip(
                    view.status_word(status),
                    state.counts[status],
                    status=status,
                    pressed=state.status == status,
                    to=f"/{view.name}?status=" + status.to(str),
                    data_testid="filter-" + status.to(str),
                ),
            ),
            label=t(f"{view.name}.status"),
        ),
    )


def _table(view: ListView) -> rx.Component:
    rows = rx.cond(
        view.state.rows.length() > 0,
        data_table(view.columns, rx.foreach(view.state.rows, view.row), data_testid=view.name),
        _no_match(view),
    )
    return rx.cond(view.state.loaded, rows, data_table(view.columns, skeleton_rows(view.columns), aria_busy=True))


def _no_match(view: ListView) -> rx.Component:
    return empty_state(
        "search-x",
        t(f"{view.name}.no_match"),
        t(f"{view.name}.no_match_help"),
        rx.el.div(button(t(f"{view.name}.show_all"), on_click=view.state.clear), class_name="empty__actions"),
        data_testid="no-match",
    )


def _failed(state: type[Listing]) -> rx.Component:
    return callout(rx.el.div(t("failure.title"), class_name="strong"), state.problem, kind="error")


def _foot(view: ListView) -> rx.Component:
    state = view.state
    first, last = state.cursors.length() == 0, state.next_cursor == ""
    return rx.cond(
        ~first | ~last,
        rx.el.div(
            button(t("common.previous"), small=True, on_click=state.back, disabled=first),
            button(t("common.next"), small=True, on_click=state.forward, disabled=last),
            class_name="tablefoot",
        ),
    )
