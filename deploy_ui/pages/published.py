"""A published README: a document by itself, without the console around it and without a way into it."""

import reflex as rx

from deploy_ui.components.language import page_language
from deploy_ui.components.layout import empty_state
from deploy_ui.components.readme_published import published_readme
from deploy_ui.i18n.ui import t


def published() -> rx.Component:
    """Return the page."""
    dead = empty_state(
        "unlink", t("readme_published.dead"), t("readme_published.dead_words"), data_testid="published-dead"
    )
    return rx.fragment(page_language(), published_readme(dead))
