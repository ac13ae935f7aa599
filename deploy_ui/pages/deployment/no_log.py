"""What the Logs tab shows while nothing runs: why there is no live log, what to do, and what ended instances wrote."""

import reflex as rx

from deploy_ui.components.buttons import button, button_link
from deploy_ui.components.layout import empty_state, section
from deploy_ui.components.links import link
from deploy_ui.components.status import instance_status, reason_word
from deploy_ui.components.tables import Column, data_table, row
from deploy_ui.components.when import when
from deploy_ui.enums import Phase
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.standing import start_button
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.logs import Choice, LogsState
from deploy_ui.states.session import SessionState

COLUMNS = (
    Column(t("instances.key"), width="120px", area="name"),
    Column(t("instances.status_reason"), area="status"),
    Column(t("instances.ended"), width="136px", right=True, area="fact"),
)
EXPLAINED = ("failed", "pending", "starting")
"""Cases whose reason is worth words; the others are reason enough."""


def no_log() -> rx.Component:
    """Return why there is no live log, and the logs there are."""
    return rx.el.section(
        rx.cond(
            CardState.at_rest,
            _why("stopped", rx.cond(SessionState.may_edit, start_button("logs-start"))),
            rx.match(
                CardState.card.phase.to(str),
                (Phase.SLEEPING, _why("sleeping", rx.cond(SessionState.may_edit, _to_test()))),
                (Phase.FAILED, _why("failed", _to_general())),
                (Phase.DEGRADED, _why("failed", _to_general())),
                (Phase.PENDING, _why("pending", _to_image())),
                _why("starting"),
            ),
        ),
        rx.cond(LogsState.kept.length() > 0, _offered()),
        class_name="content",
    )


def _why(case: str, *actions: rx.Component) -> rx.Component:
    reason = reason_word(CardState.card.reason)
    because = rx.cond(reason != "", rx.fragment(t("logs.because"), " ", reason, ". "))
    return empty_state(
        "scroll-text",
        t(f"logs.none.{case}"),
        rx.fragment(because if case in EXPLAINED else "", t(f"logs.why.{case}")),
        rx.el.div(*actions, class_name="empty__actions"),
        data_testid="no-logs",
        data_case=case,
    )


def _to_test() -> rx.Component:
    return button_link(t("general.open_test"), f"/deployments/{CardState.card.slug}/test")


def _to_general() -> rx.Component:
    return button_link(t("logs.to_general"), f"/deployments/{CardState.card.slug}/general")


def _to_image() -> rx.Component:
    return button_link(t("logs.to_image"), f"/images/{CardState.card.image_id}/logs")


def _offered() -> rx.Component:
    return section(
        t("logs.ended"),
        data_table(COLUMNS, rx.foreach(LogsState.kept, _row), data_testid="ended-logs"),
        rx.el.p(t_count("logs.kept", CardState.log_days), class_name="small muted tablenote"),
        end=button(t("logs.open_all"), look="soft", small=True, on_click=LogsState.open, data_testid="open-all-logs"),
    )


def _row(each: Choice) -> rx.Component:
    address = f"/deployments/{rx.State.slug}/logs?instance={each.key}"
    return row(
        COLUMNS,
        [
            link(each.key, to=address, class_name="rowlink mono"),
            instance_status(each.status, each.reason),
            when(each.ended_at),
        ],
        key=each.key,
        data_testid="ended-log",
    )
