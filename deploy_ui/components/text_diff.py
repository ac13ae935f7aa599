"""What differs between two texts."""

from typing import Any

import reflex as rx

from deploy_ui.components.code_editor import PACKAGES
from deploy_ui.components.file_text import text_words
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

script("narrow.js")  # what text_diff.js imports, and others, lies beside it


class TextDiff(rx.NoSSRComponent):
    """Two texts, given or fetched by the browser; equal ones say so."""

    library = script("text_diff.js")
    tag = "TextDiff"
    lib_dependencies: list[str] = [*PACKAGES, "@codemirror/merge@6.12.3"]

    before: rx.Var[str]
    after: rx.Var[str]
    before_url: rx.Var[str]
    """Where the text is fetched from; empty: `before` counts."""
    after_url: rx.Var[str]
    language: rx.Var[str]
    label: rx.Var[str]
    words: rx.Var[dict[str, str]]


def text_diff(*, language: str, label: rx.Var[str], **props: Any) -> rx.Component:
    """Return the difference of two texts."""
    more = {word: t(f"text_diff.{word}") for word in ("same", "folded", "gone", "cut")}
    return TextDiff.create(language=language, label=label, words={**text_words(), **more}, **props)
