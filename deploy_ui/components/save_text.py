"""A button that saves a text as a file."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

script("save_blob.js")  # what save_text.js imports, and others, lies beside it


class SaveText(rx.Component):
    """Saves `text` under a name, without asking the server for it."""

    library = script("save_text.js")
    tag = "SaveText"

    text: rx.Var[str]
    file_name: rx.Var[str]
    label: rx.Var[str]


def save_text(text: rx.Var[str], file_name: rx.Var[str] | str, **props: object) -> rx.Component:
    """Return a small icon button that saves the text."""
    return SaveText.create(
        text=text, file_name=file_name, label=t("files.download"), class_name="iconbtn iconbtn--s", **props
    )
