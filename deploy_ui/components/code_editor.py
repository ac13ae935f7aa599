"""Code with line numbers and colours, to edit or to read; loaded when first shown."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components.scripts import script

SCRIPT = script("code_editor.js")
PACKAGES = [
    "@codemirror/state@6.7.6",
    "@codemirror/view@6.43.15",
    "@codemirror/commands@6.11.1",
    "@codemirror/language@6.13.1",
    "@codemirror/lang-python@6.2.1",
    "@codemirror/lang-json@6.0.2",
    "@lezer/highlight@1.2.5",
]


class CodeEditor(rx.NoSSRComponent):
    """An editor; inside an `UploadForm` its text is the field `name`."""

    library = SCRIPT
    tag = "CodeEditor"
    lib_dependencies: list[str] = PACKAGES

    name: rx.Var[str]
    value: rx.Var[str]
    """The text to read; or what an editor begins with."""
    language: rx.Var[str]
    """`python`, `json`, or anything else for plain text."""
    read_only: rx.Var[bool]
    wrap: rx.Var[bool]
    """Breaks long lines of a text to read; an editor always does."""
    label: rx.Var[str]
    hint: rx.Var[str]
    companion: rx.Var[str]
    """A native field of the same form whose value `on_left` gets too."""
    wrong_line: rx.Var[int]
    on_left: rx.EventHandler[passthrough_event_spec(str, str)]
    """Gets the text and the companion's value when the editor loses the focus."""


class TextFileButton(rx.NoSSRComponent):
    """Reads a text file into the field `name` of the form around it."""

    library = SCRIPT
    tag = "TextFileButton"
    lib_dependencies: list[str] = PACKAGES

    name: rx.Var[str]
    accept: rx.Var[str]


def code(text: rx.Var[str], *, language: rx.Var[str] | str, label: rx.Var[str], **props: Any) -> rx.Component:
    """Return code to read; long code scrolls."""
    return CodeEditor.create(value=text, language=language, label=label, read_only=True, **props)
