"""Menus that open from a button."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from deploy_ui.components.download import download
from deploy_ui.components.icons import icon
from deploy_ui.components.scripts import script

_LIBRARY = script("menu_copy.js")
script("copy.js")  # what menu_copy.js imports lies beside it


class CopyItem(rx.Component):
    """Copies `text` in the browser."""

    library = _LIBRARY
    tag = "CopyItem"

    text: rx.Var[str]
    on_copied: rx.EventHandler[no_args_event_spec]


def menu(trigger: rx.Component, *items: Any, end: bool = True, **props: Any) -> rx.Component:
    """Return a menu; `items` are `menu_item`s and `menu_line`s. It opens under the trigger, aligned at its end."""
    return rx.menu.root(
        rx.menu.trigger(trigger),
        rx.menu.content(*items, class_name="menu", align="end" if end else "start", side_offset=4, **props),
        modal=False,
    )


def menu_item(
    label: rx.Var[str] | str,
    *,
    icon_name: str = "",
    on_select: Any = None,
    danger: bool = False,
    disabled: Any = False,
    **props: Any,
) -> rx.Component:
    """Return one choice of a menu."""
    return rx.menu.item(
        icon(icon_name) if icon_name else rx.fragment(),
        rx.el.span(label, class_name="menu__label"),
        class_name=f"menu__item{' menu__item--danger' if danger else ''}",
        disabled=disabled,
        **({"on_select": on_select} if on_select is not None else {}),
        **props,
    )


def menu_copy(label: rx.Var[str] | str, text: rx.Var[str], *, on_copied: Any, **props: Any) -> rx.Component:
    """Return a choice that copies a text; `on_copied` should say so, since the menu is closed by then."""
    words = (icon("copy"), rx.el.span(label, class_name="menu__label"))
    return CopyItem.create(*words, text=text, on_copied=on_copied, class_name="menu__item", **props)


def menu_download(
    label: rx.Var[str] | str, href: rx.Var[str] | str, *, icon_name: str, hint: Any = "", **props: Any
) -> rx.Component:
    """Return a choice that lets the browser download a file; `hint` says at its end what it is."""
    words = (rx.el.span(label, class_name="menu__label"), rx.el.span(hint, class_name="menu__hint"))
    file = download(icon(icon_name), *words, href=href, **props)
    return rx.menu.item(file, as_child=True, class_name="menu__item")


def menu_choice(label: rx.Var[str] | str, *, chosen: rx.Var[bool], on_select: Any, **props: Any) -> rx.Component:
    """Return one of several values, with a check at the chosen one."""
    return rx.menu.item(
        rx.el.span(rx.cond(chosen, icon("check")), class_name="menu__check"),
        rx.el.span(label, class_name="menu__label"),
        class_name="menu__item",
        role="menuitemradio",
        aria_checked=chosen,
        on_select=on_select,
        **props,
    )


def menu_head(label: rx.Var[str] | str) -> rx.Component:
    """Return a small heading in a menu."""
    return rx.el.div(label, class_name="menu__head", role="presentation")


def menu_line() -> rx.Component:
    """Return the line between groups of a menu."""
    return rx.menu.separator(class_name="menu__line")
