"""What pages are made of: panels, sections, facts, callouts, empty states, timelines, skeletons."""

from typing import Any

import reflex as rx

from deploy_ui.components.copy import copy_icon
from deploy_ui.components.icons import icon

CALLOUTS = {
    "info": ("info", ""),
    "warning": ("triangle-alert", " callout--amber"),
    "error": ("circle-alert", " callout--red"),
}


def section(title: rx.Var[str] | str, *children: Any, end: rx.Component | None = None, **props: Any) -> rx.Component:
    """Return a titled part of a page; `end` stands at the right of its title."""
    head = rx.el.div(
        rx.el.h2(title, class_name="h2"),
        rx.el.span(class_name="grow"),
        end or rx.fragment(),
        class_name="section__head",
    )
    return rx.el.section(head, *children, class_name="section", **props)


def panel(
    *children: Any, title: rx.Var[str] | str | None = None, end: rx.Component | None = None, **props: Any
) -> rx.Component:
    """Return a box around what is one object."""
    if title is None:
        return rx.el.div(*children, class_name="panel", **props)
    head = rx.el.div(
        rx.el.h2(title, class_name="h2"), rx.el.span(class_name="grow"), end or rx.fragment(), class_name="panel__head"
    )
    return rx.el.div(head, *children, class_name="panel", **props)


def facts(*rows: rx.Component, **props: Any) -> rx.Component:
    """Return a list of `fact`s."""
    return rx.el.dl(*rows, class_name="facts", **props)


def fact(label: rx.Var[str] | str, *value: Any, copy: rx.Var[str] | str | None = None, **props: Any) -> rx.Component:
    """Return one fact: the label in gray, the value, a copy button for what people paste."""
    return rx.el.div(
        rx.el.dt(label),
        rx.el.dd(*value, copy_icon(copy) if copy is not None else rx.fragment()),
        class_name="fact",
        **props,
    )


def callout(*words: Any, kind: str = "info", **props: Any) -> rx.Component:
    """Return a tinted line: `info`, `warning` or `error`."""
    icon_name, look = CALLOUTS[kind]
    props.setdefault("role", "alert" if kind == "error" else "note")
    return rx.el.div(icon(icon_name), rx.el.div(*words, class_name="grow"), class_name=f"callout{look}", **props)


def empty_state(icon_name: str, title: rx.Var[str] | str, words: Any, *more: Any, **props: Any) -> rx.Component:
    """Return what stands where there is nothing: what this is, why it is empty, what to do next."""
    return rx.el.div(
        rx.el.div(icon(icon_name), class_name="empty__icon"),
        rx.el.h2(title),
        rx.el.p(words),
        *more,
        class_name="empty",
        **props,
    )


def event(marker: rx.Component, words: Any, meta: Any = None) -> rx.Component:
    """Return one line of a timeline."""
    return rx.el.div(
        rx.el.span(marker, class_name="event__dot"),
        rx.el.div(words, rx.el.div(meta, class_name="event__meta") if meta is not None else rx.fragment()),
        class_name="event",
    )


def timeline(*events: Any, **props: Any) -> rx.Component:
    """Return `event`s under each other, joined by a line."""
    return rx.el.div(*events, class_name="timeline", **props)


def skeleton(*, width: str = "100%", height: str = "12px") -> rx.Component:
    """Return a gray bar of the size of what it stands for."""
    return rx.el.span(class_name="skeleton", style={"width": width, "height": height}, aria_hidden=True)


def badge(words: Any, look: str = "") -> rx.Component:
    """Return a small label: plain, `green`, `blue`, `amber` or `red`."""
    return rx.el.span(words, class_name=f"badge{f' badge--{look}' if look else ''}")
