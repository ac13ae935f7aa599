"""Tells the browser which language the page is in."""

import reflex as rx

from deploy_ui.i18n.ui import LanguageState


class PageLanguage(rx.Component):
    """Sets `<html lang>`."""

    library = rx.asset("language.js", shared=True).importable_path
    tag = "PageLanguage"

    language: rx.Var[str]


def page_language() -> rx.Component:
    """Return what keeps `<html lang>` true."""
    return PageLanguage.create(language=LanguageState.language)
