"""What was sent from the API test tab before."""

import reflex as rx

from deploy_ui.components.amounts import latency
from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.layout import panel
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.answer import status_badge
from deploy_ui.states.deployment.test import Past, TrialState


def history() -> rx.Component:
    """Return the list, or nothing before the first request."""
    return rx.cond(
        TrialState.past.length() > 0,
        panel(
            rx.foreach(TrialState.past, _row),
            title=t("test.history"),
            end=button(t("test.clear"), look="ghost", small=True, on_click=TrialState.clear, data_testid="clear"),
            data_testid="history",
        ),
    )


def _row(each: Past, place: rx.Var[int]) -> rx.Component:
    return rx.el.div(
        when(each.at, clock=True, class_name="muted num"),
        rx.el.span(each.method, class_name="strong"),
        rx.el.span(each.path, class_name="mono ellipsis", title=each.path),
        status_badge(each.status),
        rx.el.span(
            rx.cond(each.accepted, t("test.async_short"), latency(each.duration_ms)), class_name="num muted right"
        ),
        icon_button(
            "rotate-ccw", t("test.again"), small=True, on_click=TrialState.again(each.number), data_testid="again"
        ),
        class_name="histrow histrow--when",
        aria_selected=rx.cond(place == 0, "true", "false"),
        key=each.number,
        data_testid="past",
    )
