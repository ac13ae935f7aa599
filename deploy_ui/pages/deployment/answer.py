"""What came back from a test request."""

import reflex as rx

from deploy_ui.components.copy import copy_icon
from deploy_ui.components.layout import badge, panel
from deploy_ui.components.links import text_link
from deploy_ui.i18n.ui import t
from deploy_ui.services.trials import Header
from deploy_ui.states.deployment.test import TrialState

FAMILIES = ((300, "blue"), (400, "amber"), (500, "red"))
"""The colour of a status by the family it begins."""


def answer() -> rx.Component:
    """Return the panel of the answer."""
    return panel(
        rx.cond(TrialState.answer, _content(), _none()),
        title=t("test.response"),
        end=rx.cond(TrialState.answer, _facts()),
        data_testid="answer",
    )


def status_badge(status: rx.Var[int], phrase: rx.Var[str] | str = "") -> rx.Component:
    """Return an answer's status in the colour of its class."""
    words = rx.fragment(status, " ", phrase)
    found = badge(words, "green")
    for least, look in FAMILIES:
        found = rx.cond(status >= least, badge(words, look), found)
    return found


def _facts() -> rx.Component:
    found = TrialState.answer
    return rx.el.span(
        rx.el.span(status_badge(found.status, found.phrase), data_testid="answer-status"),
        rx.el.span(t("test.took", ms=found.duration_ms), class_name="num"),
        rx.el.span(t("test.size", bytes=found.size), class_name="num"),
        copy_icon(found.body),
        class_name="row small muted",
    )


def _none() -> rx.Component:
    return rx.el.div(
        rx.cond(TrialState.sending, t("test.waiting"), t("test.nothing_yet")), class_name="muted trial__none"
    )


def _content() -> rx.Component:
    found = TrialState.answer
    return rx.fragment(
        rx.cond(found.truncated, rx.el.div(t("test.truncated"), class_name="small muted trial__note")),
        rx.cond(
            found.binary,
            rx.el.div(t("test.binary"), class_name="muted trial__none"),
            rx.el.pre(found.body, class_name="trial__answer mono", tab_index=0, data_testid="answer-body"),
        ),
        rx.el.details(
            rx.el.summary(t("test.headers"), " ", rx.el.span(found.headers.length(), class_name="muted num")),
            rx.foreach(found.headers, _header),
            class_name="details trial__headers",
        ),
        rx.el.div(
            rx.el.span(t("test.request_id"), class_name="muted"),
            rx.el.span(found.request_id, class_name="mono ellipsis"),
            rx.cond(found.request_id != "", copy_icon(found.request_id)),
            rx.el.span(class_name="grow"),
            text_link(t("test.open_logs"), f"/deployments/{rx.State.slug}/logs", data_testid="to-logs"),
            class_name="panel__foot small",
        ),
    )


def _header(each: Header) -> rx.Component:
    return rx.el.div(
        rx.el.span(each.name, class_name="c-key ellipsis"), rx.el.span(each.value, class_name="wrap"), class_name="kv"
    )
