"""The Logs tab: the steps of the build and its log, live while it runs."""

import reflex as rx

from deploy_ui.components.layout import skeleton
from deploy_ui.components.log_pane import build_log
from deploy_ui.i18n.ui import t
from deploy_ui.pages.image.build import build_steps, failure
from deploy_ui.states.image.card import ImageState


def logs() -> rx.Component:
    """Return the tab."""
    card = ImageState.card
    return rx.el.section(
        rx.cond(
            card,
            rx.el.div(
                failure(),
                build_steps(),
                build_log(card.id, card.attempt, empty=_empty()),
                class_name="stack",
            ),
            rx.el.div(skeleton(height="200px"), aria_busy=True),
        ),
        class_name="content content--wide",
        data_testid="image-logs",
    )


def _empty() -> rx.Var[str]:
    return rx.match(
        ImageState.card.status.to(str),
        ("queued", t("image.queued")),
        ("canceled", t("image.canceled_before")),
        t("image.no_log"),
    )
