"""Links inside the console: they do not reload the page."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink


def link(*children: Any, to: rx.Var[str] | str, **props: Any) -> rx.Component:
    """Return a link to a path of the console, without a look of its own."""
    return ReactRouterLink.create(*children, to=to, **props)


def text_link(label: rx.Var[str] | str, to: rx.Var[str] | str, **props: Any) -> rx.Component:
    """Return a link inside a sentence."""
    return link(label, to=to, class_name="link", **props)


def outside_link(label: rx.Var[str] | str, href: rx.Var[str] | str, **props: Any) -> rx.Component:
    """Return a link to what is not a page of the console; it opens beside it."""
    return rx.el.a(label, href=href, target="_blank", rel="noopener noreferrer", class_name="link", **props)
