"""The panel beside the list of calls: everything that is known of one call, and how its bodies begin."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import duration, size
from deploy_ui.components.buttons import button
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.download import download
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, fact, facts, skeleton
from deploy_ui.components.links import link
from deploy_ui.components.side_panel import side_panel
from deploy_ui.components.status import call_reason, call_status, word
from deploy_ui.components.when import when
from deploy_ui.enums import CallbackStatus, CallPriority, CallStatus
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.call_attempts import call_attempts
from deploy_ui.pages.deployment.call_previews import body_preview, headers
from deploy_ui.pages.deployment.call_rows import has_result, key_name, live, ran, result_address, waited
from deploy_ui.states.deployment.call_actions import CallActions
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.session import SessionState

CALL = CallsState.call
SHOWN = CallsState.previews


def call_panel() -> rx.Component:
    """Return the panel of the call in the address."""
    missing = callout(CallsState.problem, kind="error", data_testid="call-missing")
    waiting = rx.fragment(*(rx.el.p(skeleton(width=width)) for width in ("70%", "50%", "60%", "40%")))
    shown = rx.cond(CALL, _body(), rx.cond(CallsState.problem != "", missing, waiting))
    return side_panel(
        _head(),
        rx.el.div(shown, class_name="sidepanel__body"),
        rx.cond(CALL & SessionState.may_edit, _foot()),
        class_name="sidepanel",
        aria_label=t("calls.panel", id=CallsState.asked.call),
        data_testid="call-panel",
    )


def _head() -> rx.Component:
    close = t("common.close")
    return rx.el.div(
        rx.el.h2(CallsState.asked.call, class_name="h2 mono ellipsis", title=CallsState.asked.call),
        copy_icon(CallsState.asked.call, label=t("calls.copy_id"), data_testid="panel-copy"),
        rx.el.span(class_name="grow"),
        _step("chevron-up", t("calls.above"), CallsState.neighbours[0], "call-above"),
        _step("chevron-down", t("calls.below"), CallsState.neighbours[1], "call-below"),
        link(
            icon("x"),
            to=CallsState.addresses["close"],
            class_name="iconbtn",
            aria_label=close,
            title=close,
            prevent_scroll_reset=True,
            data_closes="true",
            data_testid="close-panel",
        ),
        class_name="sidepanel__head",
    )


def _step(icon_name: str, label: rx.Var[str], call_id: rx.Var[str], name: str) -> rx.Component:
    """Return the link to a neighbour in the list; dead where there is none."""
    looks: dict[str, Any] = {"class_name": "iconbtn", "aria_label": label, "title": label, "data_testid": name}
    there = link(icon(icon_name), to=CallsState.opening + call_id, replace=True, prevent_scroll_reset=True, **looks)
    return rx.cond(call_id != "", there, rx.el.button(icon(icon_name), type="button", disabled=True, **looks))


def _body() -> rx.Component:
    return rx.fragment(
        _trouble(),
        _request(),
        rx.cond(SHOWN, _sent()),
        call_attempts(CALL.attempt_rows),
        rx.cond(~CALL.answer_status.is_none() | has_result(CALL), _answer()),
    )


def _trouble() -> rx.Component:
    """Return why the call failed, or why its last attempt did."""
    reason, last = call_reason(CALL.reason), CALL.attempt_rows[0]
    failed = callout(
        rx.el.div(reason, class_name="strong"),
        rx.el.div(t("calls.tried", made=CALL.attempts, most=CALL.max_attempts)),
        rx.cond(
            CALL.attempt_rows.length() > 0,
            rx.cond(last.message != "", rx.el.div(last.message, class_name="mono small sidepanel__words")),
        ),
        kind="error",
        data_testid="call-failure",
    )
    tried = callout(
        rx.el.div(t("calls.will_retry"), class_name="strong"),
        rx.el.div(reason),
        kind="warning",
        data_testid="call-again",
    )
    status = CALL.status.to(str)
    return rx.cond(status == CallStatus.ERROR, failed, rx.cond(live(CALL) & (reason != ""), tried))


def _request() -> rx.Component:
    path = rx.el.span(CALL.method, " ", CALL.path, class_name="mono ellipsis", title=CALL.path)
    again = link(CALL.retry_of, to=CallsState.opening + CALL.retry_of, class_name="link mono ellipsis")
    body = rx.el.span(size(CALL.body_size), class_name="muted sidepanel__size")
    return facts(
        fact(t("calls.status"), call_status(CALL.status)),
        fact(t("calls.request"), path, body, copy=CALL.path),
        rx.cond(CALL.retry_of != "", fact(t("calls.retry_of"), again)),
        fact(t("calls.created"), when(CALL.created_at, full=True)),
        fact(t("calls.waited"), waited(CALL)),
        fact(t("calls.ran"), ran(CALL)),
        rx.cond(CALL.finished_at, fact(t("calls.finished"), when(CALL.finished_at, full=True))),
        fact(t("calls.key"), key_name(CALL)),
        fact(t("calls.priority"), word(CallPriority, "call_priority", CALL.priority)),
        fact(t("calls.per_attempt"), duration(CALL.request_timeout_s)),
        fact(t("calls.for_instance"), duration(CALL.health_timeout_s)),
        rx.cond(CALL.deadline_at, fact(t("calls.deadline"), when(CALL.deadline_at, full=True))),
        rx.cond(CALL.callback_url != "", _callback()),
        data_testid="call-request",
    )


def _sent() -> rx.Component:
    """Return what was sent, for editors."""
    return rx.fragment(
        headers(CALL.headers, data_testid="request-headers"),
        body_preview(t("calls.request_body"), SHOWN.request, data_testid="request-body"),
    )


def _callback() -> rx.Component:
    """Return where the end of the call is told, whether that was done, and what the last try met with."""
    url = rx.el.span(CALL.callback_url, class_name="mono ellipsis", title=CALL.callback_url)
    status = word(CallbackStatus, "callback_status", CALL.callback_status)
    tries = t_count("calls.callback_tries", CALL.callback_attempts)
    return rx.el.div(
        rx.el.dt(t("calls.callback")),
        rx.el.dd(url, copy_icon(CALL.callback_url)),
        rx.el.dd(
            rx.cond(status != "", status, t("calls.callback_later")),
            rx.cond(CALL.callback_attempts > 0, rx.fragment(", ", tries)),
            rx.cond(CALL.callback_message != "", rx.fragment(": ", CALL.callback_message)),
            class_name="sidepanel__under",
        ),
        class_name="fact",
        data_testid="call-callback",
    )


def _answer() -> rx.Component:
    kind = rx.el.span(CALL.answer_type, class_name="mono ellipsis", title=CALL.answer_type)
    return rx.el.section(
        rx.el.h3(t("calls.answer"), class_name="h2"),
        facts(
            rx.cond(~CALL.answer_status.is_none(), fact(t("calls.code"), CALL.answer_status.to(str))),
            rx.cond(CALL.answer_type != "", fact(t("calls.type"), kind)),
            fact(t("calls.size"), size(CALL.answer_size)),
            rx.cond(CALL.expires_at, fact(t("calls.expires"), when(CALL.expires_at))),
        ),
        rx.cond(SHOWN, _got()),
        data_testid="call-answer",
    )


def _got() -> rx.Component:
    """Return what came back, for editors."""
    return rx.fragment(
        headers(CALL.answer_headers, data_testid="answer-headers"),
        body_preview(t("calls.answer_body"), SHOWN.answer, data_testid="answer-body"),
    )


def _foot() -> rx.Component:
    get = download(
        icon("download"),
        t("calls.get_result"),
        href=result_address(CALL),
        class_name="btn btn--primary",
        data_testid="panel-result",
    )
    retry = button(
        t("calls.retry"), icon_name="rotate-ccw", on_click=CallActions.retry(CALL.id), data_testid="panel-retry"
    )
    cancel = button(t("calls.cancel"), icon_name="x", on_click=CallActions.cancel(CALL.id), data_testid="panel-cancel")
    return rx.el.div(rx.cond(CALL.has_result, get), rx.cond(live(CALL), cancel, retry), class_name="sidepanel__foot")
