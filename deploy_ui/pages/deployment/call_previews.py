"""Headers of a request or an answer, and how its body begins: plain text, whatever it holds."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import size
from deploy_ui.components.icons import icon
from deploy_ui.i18n.ui import t
from deploy_ui.services.calls.previews import Preview


def headers(each: rx.Var[list[tuple[str, str]]], **props: Any) -> rx.Component:
    """Return them folded; nothing without any."""
    lines = rx.el.dl(rx.foreach(each, _header), class_name="mono small preview__text", tab_index=0)
    count = rx.el.span(each.length(), class_name="muted num")
    return rx.cond(each.length() > 0, _fold(rx.fragment(t("calls.headers"), " ", count), lines, **props))


def body_preview(title: rx.Var[str], each: rx.Var[Preview], **props: Any) -> rx.Component:
    """Return its first bytes folded, or how long it is if they are no text; nothing if it is empty."""
    text = rx.fragment(
        rx.el.pre(each.text, class_name="mono small preview__text", tab_index=0),
        rx.cond(each.more, rx.el.p(t("calls.body_more"), class_name="muted small")),
    )
    binary = rx.el.p(t("calls.body_binary", size=size(each.size)), class_name="muted small")
    return rx.cond(each.size > 0, _fold(title, rx.cond(each.text != "", text, binary), **props))


def _header(each: rx.Var[tuple[str, str]]) -> rx.Component:
    return rx.el.div(rx.el.dt(each[0], ":"), rx.el.dd(each[1]))


def _fold(title: Any, content: rx.Component, **props: Any) -> rx.Component:
    summary = rx.el.summary(icon("chevron-right"), rx.el.span(title))
    return rx.el.details(summary, content, class_name="preview", **props)
