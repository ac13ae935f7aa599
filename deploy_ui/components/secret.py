"""A secret that is shown once."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.copy import copy_button
from deploy_ui.i18n.ui import t


def secret_box(title: Any, words: Any, secret: rx.Var[str], *more: Any, on_saved: Any, **props: Any) -> rx.Component:
    """Return the box of a fresh secret with Copy and "I have saved it", which must forget it; `more` is under it."""
    return rx.el.div(
        rx.el.div(title, class_name="strong"),
        rx.el.p(words, class_name="small muted"),
        rx.el.div(
            rx.el.code(secret, class_name="secret__value", data_testid="secret"),
            copy_button(secret, primary=True),
            button(t("common.saved_secret"), on_click=on_saved, data_testid="secret-saved"),
            class_name="secret__row",
        ),
        *more,
        class_name="secret",
        **props,
    )
