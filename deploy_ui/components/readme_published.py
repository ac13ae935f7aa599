"""A published README as a stranger reads it; knows nothing of the console."""

from typing import Any

import reflex as rx

from deploy_ui.components import readme_view
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t


class PublishedReadme(rx.NoSSRComponent):
    """Reads the README of the link in the address and shows it; children stand where the link leads to nothing."""

    library = script("readme_published.js")
    tag = "PublishedReadme"
    lib_dependencies: list[str] = readme_view.PACKAGES

    language: rx.Var[str]
    words: rx.Var[dict[str, str]]


def published_readme(*dead: rx.Component, **props: Any) -> rx.Component:
    """Return the document; `dead` stands where the link leads to nothing."""
    own = {"changed": t("readme_published.changed", at="{at}"), "print": t("readme_published.print")}
    words = {**readme_view.words(), **own, "blank": t("readme_published.blank")}
    return PublishedReadme.create(*dead, language=LanguageState.language, words=words, **props)
