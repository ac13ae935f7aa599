"""The page of an address where nothing is."""

import reflex as rx

from deploy_ui.components.buttons import button_link
from deploy_ui.components.icons import mark
from deploy_ui.components.layout import empty_state
from deploy_ui.i18n.ui import t
from deploy_ui.pages.shell import around


def not_found() -> rx.Component:
    """Return the page; it says nothing that only people who are signed in may know."""
    return around(
        rx.el.main(
            rx.el.div(mark(), rx.el.span(t("product.name")), class_name="signin__mark not-found__mark"),
            empty_state(
                "compass",
                t("not_found.title"),
                t("not_found.text"),
                rx.el.div(button_link(t("not_found.back"), "/deployments"), class_name="empty__actions"),
            ),
            class_name="page",
        )
    )
