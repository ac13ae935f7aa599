"""The bar that shows while the console cannot be reached."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from deploy_ui.components.icons import icon
from deploy_ui.i18n.ui import t


def connection_bar() -> rx.Component:
    """Return the bar; it comes and goes by itself."""
    bar = rx.el.div(icon("wifi-off", small=True), t("connection.lost"), class_name="connection", role="status")
    return rx.cond(has_connection_errors, bar)
