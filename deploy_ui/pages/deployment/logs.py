"""The Logs tab."""

import reflex as rx

from deploy_ui.components.layout import callout, skeleton
from deploy_ui.components.log_pane import deployment_log
from deploy_ui.components.status import word
from deploy_ui.enums import InstanceStatus
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.no_log import no_log
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.logs import Choice, LogsState


def logs() -> rx.Component:
    """Return the tab."""
    return rx.cond(
        ~(LogsState.loaded & (LogsState.shown_slug == rx.State.slug)),
        rx.el.section(skeleton(height="32px"), class_name="content content--wide", aria_busy=True),
        rx.fragment(rx.cond(LogsState.unknown != "", _unknown()), rx.cond(LogsState.lines_shown, _pane(), no_log())),
    )


def _unknown() -> rx.Component:
    words = t_count("logs.unknown", CardState.log_days, instance=LogsState.unknown)
    return rx.el.section(callout(words, kind="warning"), class_name="content logs__note", data_testid="log-unknown")


def _pane() -> rx.Component:
    return deployment_log(
        rx.State.slug,
        LogsState.instance,
        _choice(),
        empty=_nothing(),
        kept=t_count("logs.kept", CardState.log_days),
    )


def _nothing() -> rx.Var[str]:
    """Return what stands where a log has no lines."""
    instance = LogsState.instance
    gone = t_count("logs.expired", CardState.log_days, instance=instance)
    ended = rx.cond(LogsState.expired, gone, t("logs.wrote_nothing", instance=instance))
    return rx.cond(LogsState.ended, ended, rx.cond(LogsState.none_live, t("logs.not_running"), t("logs.silent")))


def _choice() -> rx.Component:
    return rx.el.select(
        rx.el.option(t("logs.all"), value=""),
        rx.foreach(LogsState.choices, _option),
        value=LogsState.instance,
        on_change=LogsState.choose,
        class_name="field logbar__instance",
        aria_label=t("logs.instance"),
        data_testid="log-instance",
    )


def _option(each: Choice) -> rx.Component:
    return rx.el.option(each.key, " · ", word(InstanceStatus, "instance_status", each.status), value=each.key)
