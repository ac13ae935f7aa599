"""Tells the browser which language the page is in."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState


class PageLanguage(rx.Component):
    """Sets `<html lang>`."""

    library = script("language.js")
    tag = "PageLanguage"

    language: rx.Var[str]


def page_language() -> rx.Component:
    """Return what keeps `<html lang>` true."""
    return PageLanguage.create(language=LanguageState.language)
