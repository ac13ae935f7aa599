"""Rows of the list of calls, and what can be done to each."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import duration, elapsed, size
from deploy_ui.components.buttons import icon_button
from deploy_ui.components.icons import icon
from deploy_ui.components.links import link
from deploy_ui.components.menus import menu, menu_copy, menu_download, menu_item, menu_line
from deploy_ui.components.status import call_reason, call_status
from deploy_ui.components.tables import Column, row
from deploy_ui.components.when import when
from deploy_ui.enums import CallStatus
from deploy_ui.i18n.ui import t
from deploy_ui.services.calls.rows import CallRow
from deploy_ui.states.deployment.call_actions import CallActions
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.session import SessionState

DASH = "–"


def check(state: Any, label: rx.Var[str], on_click: Any, **props: Any) -> rx.Component:
    """Return a box to select with: `state` is `true`, `false` or `mixed`."""
    return rx.el.button(
        rx.match(state, ("true", icon("check")), ("mixed", icon("minus")), rx.fragment()),
        type="button",
        role="checkbox",
        aria_checked=state,
        aria_label=label,
        title=label,
        class_name="check",
        on_click=on_click,
        **props,
    )


def _check_all() -> rx.Component:
    every, chosen = CallsState.selectable.length(), CallsState.selected.length()
    state = rx.cond(chosen == 0, "false", rx.cond(chosen == every, "true", "mixed"))
    box = check(state, t("calls.select_all"), CallsState.select_all, data_testid="select-all")
    return rx.fragment(rx.cond(SessionState.may_edit & CallsState.loaded & (every > 0), box))


COLUMNS = (
    Column(_check_all(), width="36px", area="check"),
    Column(t("calls.id"), width="160px", area="name"),
    Column(t("calls.status"), area="status"),
    Column(t("calls.created"), width="104px", right=True, area="fact"),
    Column(t("calls.started"), width="104px", right=True, area="fact", spare=3),
    Column(t("calls.waited"), width="104px", right=True, area="fact", spare=1),
    Column(t("calls.finished"), width="104px", right=True, area="fact", spare=1),
    Column(t("calls.ran"), width="104px", right=True, area="fact"),
    Column(t("calls.attempts"), width="84px", right=True, area="fact", spare=3),
    Column(t("calls.code"), width="64px", right=True, area="fact", spare=2),
    Column(t("calls.key"), width="120px", area="fact", spare=2),
    Column("", width="44px", area="menu"),
)


def call_row(each: CallRow) -> rx.Component:
    """Return one row."""
    opened = CallsState.asked.call == each.id
    return row(
        COLUMNS,
        [
            rx.cond(SessionState.may_edit & live(each), _check(each)),
            _id(each),
            call_status(each.status, title=call_reason(each.reason)),
            when(each.created_at, clock=True),
            rx.cond(each.started_at, when(each.started_at, clock=True), _not_started(each)),
            waited(each),
            rx.cond(each.finished_at, when(each.finished_at, clock=True), DASH),
            ran(each),
            each.attempts,
            rx.cond(each.answer_status.is_none(), DASH, each.answer_status.to(str)),
            key_name(each),
            _menu(each),
        ],
        key=each.id,
        aria_selected=rx.cond(opened, "true", "false"),
        data_testid="call",
        data_call=each.id,
    )


def live(each: CallRow) -> rx.Var[bool]:
    """Say whether a call can still be canceled."""
    status = rx.Var.create(each.status).to(str)
    return (status == CallStatus.QUEUED) | (status == CallStatus.RUNNING)


def waited(each: CallRow) -> Any:
    """Return how long a call waited for its first attempt, or has been waiting."""
    waits = (rx.Var.create(each.status).to(str) == CallStatus.QUEUED) & each.started_at.is_none()
    return rx.cond(waits, elapsed(each.created_at), _span(each.waited_s))


def ran(each: CallRow) -> Any:
    """Return how long it took from its first attempt to its end, or has been taking."""
    runs = live(each) & ~each.started_at.is_none()
    return rx.cond(runs, elapsed(each.started_at), _span(each.ran_s))


def key_name(each: CallRow) -> rx.Component:
    """Return the name of the caller's key."""
    console = rx.el.span(t("calls.console_key"), class_name="muted")
    return rx.cond(each.key_name != "", rx.el.span(each.key_name, title=each.key_name, class_name="ellipsis"), console)


def result_address(each: CallRow) -> str:
    """Return where the API gives the answer out."""
    return f"/api/v1/deployments/{rx.State.slug}/calls/{each.id}/result"


def has_result(each: CallRow) -> rx.Var[bool]:
    """Say whether there is an answer to get."""
    return rx.Var.create(each.status).to(str) == CallStatus.COMPLETED


def _span(seconds: Any) -> Any:
    return rx.cond(seconds.is_none(), DASH, duration(seconds))


def _not_started(each: CallRow) -> rx.Component:
    """Return how long it has been waiting, where the column that says it is left out."""
    waits = rx.Var.create(each.status).to(str) == CallStatus.QUEUED
    since = rx.el.span(elapsed(each.created_at), class_name="instead-of-spare muted", title=t("calls.waited"))
    return rx.fragment(rx.cond(waits, since), rx.el.span(DASH, class_name=rx.cond(waits, "spare-1", "")))


def _check(each: CallRow) -> rx.Component:
    chosen = CallsState.selected.contains(each.id)
    label = t("calls.select", id=each.id)
    return check(rx.cond(chosen, "true", "false"), label, CallsState.select(each.id), data_testid="select")


def _id(each: CallRow) -> rx.Component:
    return link(
        each.id,
        to=CallsState.opening + each.id,
        class_name="rowlink mono ellipsis",
        title=each.id,
        prevent_scroll_reset=True,
        data_testid="call-link",
    )


def _menu(each: CallRow) -> rx.Component:
    trigger = icon_button("ellipsis", t("common.actions_for", name=each.id), small=True, data_testid="call-actions")
    copy = menu_copy(t("calls.copy_id"), each.id, on_copied=CallActions.copied, data_testid="copy-id")
    return menu(
        trigger,
        rx.cond(SessionState.may_edit, rx.cond(has_result(each), _downloads(each), _no_downloads())),
        copy,
        rx.cond(SessionState.may_edit, _verbs(each)),
    )


def _downloads(each: CallRow) -> rx.Component:
    address, hint = result_address(each), t("calls.json_size", size=size(each.answer_size))
    raw = f"{address}?raw=true"
    return rx.fragment(
        menu_download(t("calls.get_result"), address, icon_name="download", hint=hint, data_testid="get-result"),
        menu_download(t("calls.get_raw"), raw, icon_name="file-down", data_testid="get-raw"),
    )


def _no_downloads() -> rx.Component:
    return rx.fragment(
        menu_item(t("calls.get_result"), icon_name="download", disabled=True, data_testid="get-result"),
        menu_item(t("calls.get_raw"), icon_name="file-down", disabled=True, data_testid="get-raw"),
    )


def _verbs(each: CallRow) -> rx.Component:
    return rx.fragment(
        menu_line(),
        menu_item(
            t("calls.retry"),
            icon_name="rotate-ccw",
            disabled=live(each),
            on_select=CallActions.retry(each.id),
            data_testid="retry",
        ),
        menu_item(
            t("calls.cancel"),
            icon_name="x",
            disabled=~live(each),
            on_select=CallActions.cancel(each.id),
            data_testid="cancel",
        ),
    )
