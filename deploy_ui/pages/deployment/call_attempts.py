"""The attempts of a call, newest first."""

import reflex as rx

from deploy_ui.components.amounts import duration, elapsed
from deploy_ui.components.layout import event, timeline
from deploy_ui.components.links import text_link
from deploy_ui.components.status import CALL_RUNS, call_reason, dot
from deploy_ui.components.when import when
from deploy_ui.enums import CallReason
from deploy_ui.i18n.ui import t
from deploy_ui.services.calls.rows import AttemptRow


def call_attempts(attempts: rx.Var[list[AttemptRow]]) -> rx.Component:
    """Return the section; each attempt leads to the log of its instance."""
    none = rx.el.p(t("calls.no_attempts"), class_name="muted small")
    return rx.el.section(
        rx.el.h3(t("calls.attempts"), class_name="h2"),
        rx.cond(attempts.length() > 0, timeline(rx.foreach(attempts, _attempt)), none),
        data_testid="attempts",
    )


def _attempt(each: AttemptRow) -> rx.Component:
    reason = rx.Var.create(each.reason).to(str)
    runs = each.ended_at.is_none()
    look = rx.cond(reason == CallReason.NONE, "completed", rx.cond(reason == CallReason.CANCELED, "canceled", "failed"))
    words = rx.cond(
        runs, t("calls.attempt_runs"), rx.cond(reason == CallReason.NONE, t("calls.answered"), call_reason(each.reason))
    )
    said = rx.el.div(each.message, class_name="mono small sidepanel__words")
    return event(
        dot(rx.cond(runs, CALL_RUNS, look)),
        rx.fragment(
            rx.el.div(
                rx.el.span(t("calls.attempt", number=each.number), class_name="strong"),
                rx.el.span(when(each.started_at, clock=True), class_name="num muted small"),
                class_name="row row--between",
                data_testid="attempt",
            ),
            rx.el.div(words),
            rx.cond(each.message != "", said),
        ),
        _meta(each),
    )


def _meta(each: AttemptRow) -> rx.Component:
    log = text_link(each.instance, f"/deployments/{rx.State.slug}/logs?instance={each.instance}")
    lasted = rx.cond(each.duration_s.is_none(), elapsed(each.started_at), rx.el.span(duration(each.duration_s)))
    return rx.el.span(
        rx.cond(each.status.is_none(), rx.fragment(), rx.fragment(each.status.to(str), " · ")),
        lasted,
        rx.cond(each.instance != "", rx.fragment(" · ", t("calls.instance"), " ", rx.el.span(log, class_name="mono"))),
        class_name="num",
    )
