"""What came back from a test request."""

from http import HTTPStatus

import reflex as rx

from deploy_ui.components.amounts import latency, size
from deploy_ui.components.code_editor import code
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import badge
from deploy_ui.components.links import text_link
from deploy_ui.components.status import call_status
from deploy_ui.components.trial_form import SaveButton
from deploy_ui.enums import CallStatus
from deploy_ui.i18n.ui import t
from deploy_ui.services.trials.request import Header
from deploy_ui.states.deployment.test import TrialState

FAMILIES = ((300, "blue"), (400, "amber"), (500, "red"))
"""The colour of a status by the family it begins; 202 is blue as well: the answer is still to come."""


def answer() -> rx.Component:
    """Return the panel of the answer."""
    return rx.el.div(
        rx.el.div(
            rx.cond(TrialState.answer, _parts(), rx.el.h2(t("test.response"), class_name="h2")),
            rx.el.span(class_name="grow"),
            rx.cond(TrialState.answer, _facts()),
            class_name="panel__head answer__head",
        ),
        rx.cond(TrialState.answer, _content(), _none()),
        class_name="panel",
        aria_busy=TrialState.sending,
        aria_live="polite",
        data_testid="answer",
    )


def status_badge(status: rx.Var[int], phrase: rx.Var[str] | str = "") -> rx.Component:
    """Return an answer's status in the colour of its class."""
    words = rx.fragment(status, rx.cond(rx.Var.create(phrase) != "", rx.fragment(" ", phrase)))
    found = rx.cond(status == HTTPStatus.ACCEPTED, badge(words, "blue"), badge(words, "green"))
    for least, look in FAMILIES:
        found = rx.cond(status >= least, badge(words, look), found)
    return found


def _parts() -> rx.Component:
    count = rx.el.span(TrialState.answer.headers.length(), class_name="num")
    return rx.el.div(
        _part("body", t("test.response")),
        _part("headers", t("test.headers"), " ", count),
        class_name="subtabs",
        role="tablist",
    )


def _part(name: str, *words: rx.Var[str] | rx.Component | str) -> rx.Component:
    return rx.el.button(
        *words,
        type="button",
        role="tab",
        aria_selected=rx.cond(TrialState.part == name, "true", "false"),
        on_click=TrialState.show(name),
        class_name="subtab",
        data_testid=f"part-{name}",
    )


def _facts() -> rx.Component:
    found = TrialState.answer
    text = rx.cond(found.binary, rx.fragment(), rx.fragment(copy_icon(found.body), _save()))
    return rx.el.span(
        rx.el.span(status_badge(found.status, found.phrase), data_testid="answer-status"),
        rx.el.span(latency(found.duration_ms), class_name="num"),
        rx.el.span(size(found.size), class_name="num"),
        rx.el.span(text, class_name="iconrow"),
        class_name="row small muted answer__facts",
    )


def _save() -> rx.Component:
    found = TrialState.answer
    name = "answer-" + found.request_id + rx.cond(found.json, ".json", ".txt")
    return SaveButton.create(
        icon("download"), text=found.body, filename=name, label=t("test.save"), class_name="iconbtn iconbtn--s"
    )


def _none() -> rx.Component:
    return rx.el.div(
        rx.cond(TrialState.sending, t("test.waiting"), t("test.nothing_yet")), class_name="muted trial__none"
    )


def _content() -> rx.Component:
    found = TrialState.answer
    headers = rx.el.div(rx.foreach(found.headers, _header), class_name="trial__headers", data_testid="answer-headers")
    return rx.fragment(
        rx.cond(found.truncated, rx.el.div(t("test.truncated"), class_name="small muted trial__note")),
        rx.cond(TrialState.part == "headers", headers, _body()),
        rx.cond(TrialState.call, _call(), _foot()),
    )


def _body() -> rx.Component:
    found = TrialState.answer
    text = rx.el.div(
        code(found.body, language=rx.cond(found.json, "json", ""), label=t("test.response"), wrap=True),
        class_name="trial__answer",
        data_testid="answer-body",
    )
    empty = rx.el.div(t("test.empty"), class_name="muted trial__none", data_testid="answer-empty")
    binary = rx.el.div(t("test.binary"), class_name="muted trial__none", data_testid="answer-binary")
    return rx.cond(found.binary, binary, rx.cond(found.body == "", empty, text))


def _foot() -> rx.Component:
    found = TrialState.answer
    logs = f"/deployments/{rx.State.slug}/logs"
    answered = rx.fragment(
        rx.el.span(t("test.answered_by"), class_name="muted"),
        text_link(found.instance, f"{logs}?instance={found.instance}", data_testid="answered-by"),
        rx.el.span("·", class_name="muted"),
    )
    return rx.el.div(
        rx.cond(found.instance != "", answered),
        rx.el.span(found.request_id, class_name="mono ellipsis muted", title=found.request_id),
        rx.cond(found.request_id != "", copy_icon(found.request_id, label=t("test.copy_id"))),
        rx.el.span(class_name="grow"),
        text_link(t("test.open_logs"), logs, data_testid="to-logs"),
        class_name="panel__foot small",
    )


def _call() -> rx.Component:
    """Return how far the asynchronous call is, and the ways to it and to its answer."""
    call = TrialState.call
    result = f"/api/v1/deployments/{rx.State.slug}/calls/{call.id}/result"
    ended = rx.cond(
        call.status == CallStatus.COMPLETED,
        text_link(t("test.call_result"), result, reload_document=True, download=True, data_testid="call-result"),
    )
    return rx.fragment(
        rx.el.div(
            call_status(call.status, data_testid="call-status"),
            rx.cond(call.over, ended, rx.el.span(t("test.call_later"), class_name="muted")),
            class_name="panel__foot small",
            aria_live="polite",
        ),
        rx.el.div(
            text_link(t("test.call_open"), f"/deployments/{rx.State.slug}/calls?call={call.id}", data_testid="to-call"),
            rx.el.span("·", class_name="muted"),
            rx.el.span(call.id, class_name="mono ellipsis muted", title=call.id, data_testid="call-id"),
            copy_icon(call.id, label=t("test.call_copy_id")),
            class_name="panel__foot small",
        ),
    )


def _header(each: Header) -> rx.Component:
    return rx.el.div(
        rx.el.span(each.name, class_name="c-key wrap"),
        rx.el.span(each.value, class_name="wrap"),
        class_name="kv kv--read",
    )
