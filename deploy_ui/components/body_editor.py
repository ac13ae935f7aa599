"""The editor of a request's body; loaded when first shown."""

import reflex as rx

from deploy_ui.components.code_editor import PACKAGES
from deploy_ui.components.scripts import script


class BodyEditor(rx.NoSSRComponent):
    """JSON with colours and line numbers. The form around it carries the text as `name`; Ctrl+Enter sends the form."""

    library = script("body_editor.js")
    tag = "BodyEditor"
    lib_dependencies: list[str] = PACKAGES

    name: rx.Var[str]
    default_value: rx.Var[str]
    label: rx.Var[str]
    wrong_line: rx.Var[int]
    """Marked as wrong; 0: none."""
    testid: rx.Var[str]
    """Of the text, where a test types."""
