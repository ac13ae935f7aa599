"""The part of the Keys tab with the secret that callbacks are signed with."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.callback_secret import callback_secret
from deploy_ui.components.dialogs import confirm
from deploy_ui.components.layout import section
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.keys import KeysState


def callback_secret_section() -> rx.Component:
    """Return the section; for editors only."""
    replace = button(
        t("callback_secret.replace"), on_click=KeysState.ask_replace, data_testid="replace-callback-secret"
    )
    words = (t("callback_secret.words"), " ", rx.el.code("X-Callback-Url", class_name="inline"), ". ")
    return section(
        t("callback_secret.title"),
        rx.el.p(*words, t("callback_secret.words_check"), class_name="muted"),
        callback_secret(
            f"/api/v1/deployments/{rx.State.slug}/callback-secret",
            replace,
            version=KeysState.secrets_replaced,
            on_failure=KeysState.refused,
        ),
        confirm(
            t("callback_secret.replace_title"),
            t("callback_secret.replace_words"),
            is_open=KeysState.asks_replace,
            on_close=KeysState.close,
            on_confirm=KeysState.replace,
            verb=t("callback_secret.replace_verb"),
        ),
        data_testid="callback-secret-section",
    )
