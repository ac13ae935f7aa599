"""Dialogs: for what cannot be undone, and for what is shown once."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.i18n.ui import t


def dialog(
    title: rx.Var[str] | str,
    *children: Any,
    is_open: rx.Var[bool],
    on_close: Any,
    actions: list[rx.Component] | None = None,
    words: rx.Var[str] | str | None = None,
    wide: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a dialog over the page; Esc and a click beside it call `on_close`, which must set `is_open` false."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(title, class_name="dialog__title"),
            rx.dialog.description(words, class_name="dialog__words") if words is not None else rx.fragment(),
            *children,
            rx.el.div(*actions, class_name="dialog__foot") if actions else rx.fragment(),
            class_name="dialog dialog--wide" if wide else "dialog",
            **({} if words is not None else {"aria_describedby": ""}),
            **props,
        ),
        open=is_open,
        on_open_change=lambda _open: on_close,
    )


def confirm(
    title: rx.Var[str] | str,
    words: rx.Var[str] | str,
    *children: Any,
    is_open: rx.Var[bool],
    on_close: Any,
    on_confirm: Any,
    verb: rx.Var[str] | str,
    keep: rx.Var[str] | str | None = None,
    disabled: Any = False,
    **props: Any,
) -> rx.Component:
    """Return a dialog that asks before something that cannot be undone; `verb` is on its red button.

    `keep` is on the button that leaves all as it is.
    """
    return dialog(
        title,
        *children,
        words=words,
        is_open=is_open,
        on_close=on_close,
        actions=[
            button(t("common.cancel") if keep is None else keep, on_click=on_close),
            rx.el.button(
                verb,
                type="button",
                class_name="btn btn--red",
                on_click=on_confirm,
                disabled=disabled,
                data_testid="confirm",
            ),
        ],
        **props,
    )
