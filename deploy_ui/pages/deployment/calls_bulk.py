"""What is done to many calls: the bar of the selection, and the question before they are canceled."""

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.dialogs import confirm
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.states.deployment.call_actions import CallActions
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.session import SessionState


def bulk_bar() -> rx.Component:
    """Return the bar that floats over the list while calls are selected."""
    count = CallsState.selected.length()
    bar = rx.el.div(
        rx.el.span(t("calls.selected", count=count), class_name="bulkbar__count"),
        rx.el.span(class_name="vr"),
        button(
            t_count("calls.cancel_many", count),
            look="danger",
            icon_name="x",
            on_click=CallActions.ask_selected,
            data_testid="cancel-selected",
        ),
        rx.el.span(class_name="vr"),
        icon_button("list-x", t("calls.select_none"), on_click=CallsState.select_none, data_testid="select-none"),
        role="toolbar",
        aria_label=t("calls.selected", count=count),
        class_name="bulkbar",
        data_testid="bulk-bar",
    )
    return rx.cond(SessionState.may_edit & (count > 0), bar)


def cancel_question() -> rx.Component:
    """Return the dialog."""
    count = CallActions.asked_count
    chosen = CallActions.asked_ids.length() > 0
    title, all_title = t_count("calls.ask_many", count), t_count("calls.ask_queued", count)
    return confirm(
        rx.cond(chosen, title, all_title),
        rx.cond(chosen, t("calls.ask_words"), t("calls.ask_queued_words")),
        is_open=count > 0,
        on_close=CallActions.keep,
        on_confirm=CallActions.cancel_asked,
        verb=t_count("calls.cancel_many", count),
        keep=t("calls.keep"),
    )
