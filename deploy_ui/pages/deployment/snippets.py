"""Programs that call the deployment, to copy, on the General tab."""

import reflex as rx

from deploy_ui.components.copy import copy_icon
from deploy_ui.components.layout import section
from deploy_ui.components.links import text_link
from deploy_ui.components.subtabs import subtabs
from deploy_ui.i18n.ui import t
from deploy_ui.services.snippets import KEY
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.snippets import SnippetsState

NAMES = {"curl": "cURL", "python": "Python", "javascript": "JavaScript"}


def snippets() -> rx.Component:
    """Return the section; nothing for a moment while the programs are read."""
    keys = text_link(t("snippets.keys"), f"/deployments/{CardState.card.slug}/keys", data_testid="to-keys")
    return rx.cond(
        SnippetsState.text != "",
        section(
            t("snippets.title"),
            rx.el.div(
                rx.el.div(
                    subtabs(NAMES, SnippetsState.language, SnippetsState.choose, prefix="snippet"),
                    rx.el.span(class_name="grow"),
                    copy_icon(SnippetsState.text, data_testid="copy-snippet"),
                    class_name="panel__head",
                ),
                rx.el.pre(SnippetsState.text, class_name="recipe__text", tab_index=0, data_testid="snippet"),
                class_name="panel snippet",
            ),
            rx.el.p(t("snippets.key", variable=KEY), " ", keys, class_name="small muted snippet__key"),
        ),
    )
