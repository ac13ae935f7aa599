"""The text of a file that the API gives out, read by the browser itself when it is shown."""

import reflex as rx

from deploy_ui.components.code_editor import PACKAGES
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

WORDS = ("binary", "gone", "empty", "cut")


class FileText(rx.NoSSRComponent):
    """Shows what `url` gives, if it is text, up to `limit` bytes."""

    library = script("file_text.js")
    tag = "FileText"
    lib_dependencies: list[str] = PACKAGES

    url: rx.Var[str]
    limit: rx.Var[int]
    language: rx.Var[str]
    label: rx.Var[str]
    wrong_line: rx.Var[int]
    words: rx.Var[dict[str, str]]


def text_words() -> dict[str, rx.Var[str]]:
    """Return what is said where there is no text to show."""
    return {word: t(f"file_text.{word}") for word in WORDS}


def file_text(
    url: rx.Var[str] | str, *, limit: int, language: str, label: rx.Var[str], **props: object
) -> rx.Component:
    """Return the text of a file; long text scrolls."""
    return FileText.create(url=url, limit=limit, language=language, label=label, words=text_words(), **props)
