"""The Logs tab."""

import reflex as rx

from deploy_ui.components.layout import empty_state, skeleton
from deploy_ui.components.log_pane import deployment_log
from deploy_ui.components.status import word
from deploy_ui.enums import InstanceStatus
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.logs import Choice, LogsState


def logs() -> rx.Component:
    """Return the tab."""
    return rx.cond(
        ~(LogsState.loaded & (LogsState.shown_slug == rx.State.slug)),
        rx.el.section(skeleton(height="32px"), class_name="content content--wide", aria_busy=True),
        rx.cond(
            LogsState.choices.length() == 0,
            rx.el.section(
                empty_state(
                    "scroll-text",
                    t("logs.none"),
                    rx.cond(CardState.at_rest, t("logs.none_at_rest"), t("logs.none_words")),
                    data_testid="no-logs",
                ),
                class_name="content",
            ),
            deployment_log(
                rx.State.slug,
                LogsState.instance,
                _choice(),
                empty=rx.cond(LogsState.none_live, t("logs.not_running"), t("logs.silent")),
                kept=t_count("logs.kept", CardState.log_days),
            ),
        ),
    )


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
