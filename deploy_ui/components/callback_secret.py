"""The secret of a deployment's callbacks, which only the browser and the API ever hold."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

_LIBRARY = script("callback_secret.js")
script("copy.js")  # what callback_secret.js imports lies beside it


class CallbackSecret(rx.Component):
    """Shows and copies the secret at `url`; its children stand behind its buttons."""

    library = _LIBRARY
    tag = "CallbackSecret"

    url: rx.Var[str]
    version: rx.Var[int]
    """Whenever it changes, what was shown is hidden."""
    words: rx.Var[dict[str, str]]
    on_failure: rx.EventHandler[passthrough_event_spec(str, dict[str, Any])]
    """Gets the code and the facts of the error."""


def callback_secret(url: Any, *actions: rx.Component, version: Any, on_failure: Any) -> rx.Component:
    """Return the secret, hidden, with Show and Copy; `actions` are more buttons."""
    names = {
        "show": t("callback_secret.show"),
        "hide": t("callback_secret.hide"),
        "hidden": t("callback_secret.hidden"),
        "copy": t("common.copy"),
        "copied": t("common.copied"),
    }
    return CallbackSecret.create(*actions, url=url, version=version, words=names, on_failure=on_failure)
