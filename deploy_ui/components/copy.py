"""Buttons that copy a text."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t


class CopyButton(rx.Component):
    """Copies `text` in the browser and says so for a moment."""

    library = script("copy.js")
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    copied_label: rx.Var[str]
    with_label: rx.Var[bool]


def copy_icon(text: rx.Var[str] | str, *, label: rx.Var[str] | None = None, **props: object) -> rx.Component:
    """Return a small icon button that copies."""
    return CopyButton.create(
        text=text,
        label=label if label is not None else t("common.copy"),
        copied_label=t("common.copied"),
        class_name="iconbtn iconbtn--s copy",
        **props,
    )


def copy_button(
    text: rx.Var[str] | str, *, label: rx.Var[str] | None = None, primary: bool = False, **props: object
) -> rx.Component:
    """Return a button with a word that copies."""
    return CopyButton.create(
        text=text,
        label=label if label is not None else t("common.copy"),
        copied_label=t("common.copied"),
        with_label=True,
        class_name=f"btn {'btn--primary' if primary else 'btn--outline'}",
        **props,
    )
