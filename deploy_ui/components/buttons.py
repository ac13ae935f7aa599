"""Buttons, and links that look like them."""

from typing import Literal

import reflex as rx

from deploy_ui.components.icons import icon
from deploy_ui.components.links import link

Look = Literal["primary", "outline", "soft", "ghost", "danger"]


def button(
    label: rx.Var[str] | str, *, look: Look = "outline", icon_name: str = "", small: bool = False, **props: object
) -> rx.Component:
    """Return a button. One `primary` a screen; `danger` is a quiet red one."""
    return rx.el.button(
        *_inside(label, icon_name), type=props.pop("type", "button"), class_name=_class(look, small), **props
    )


def button_link(
    label: rx.Var[str] | str,
    to: rx.Var[str] | str,
    *,
    look: Look = "outline",
    icon_name: str = "",
    small: bool = False,
    **props: object,
) -> rx.Component:
    """Return a link that looks like a button; inside the console it does not reload the page."""
    return link(*_inside(label, icon_name), to=to, class_name=_class(look, small), **props)


def icon_button(
    name: str, label: rx.Var[str] | str, *, outline: bool = False, small: bool = False, **props: object
) -> rx.Component:
    """Return a button that is an icon only; the label is its tooltip and what screen readers say."""
    looks = f"iconbtn{' iconbtn--outline' if outline else ''}{' iconbtn--s' if small else ''}"
    return rx.el.button(icon(name), type="button", class_name=looks, aria_label=label, title=label, **props)


def _inside(label: rx.Var[str] | str, icon_name: str) -> list[rx.Component | rx.Var[str] | str]:
    return [icon(icon_name), label] if icon_name else [label]


def _class(look: Look, small: bool) -> str:  # noqa: FBT001 - private, and read beside its only callers
    return f"btn btn--{look}{' btn--s' if small else ''}"
