"""The headers of a test request."""

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.forms import form_error, wrong_in
from deploy_ui.components.icons import icon
from deploy_ui.i18n.ui import t
from deploy_ui.services.trials.request import ASYNCHRONOUS
from deploy_ui.states.deployment.test import OWN_KEY, HeaderLine, TrialState

ASYNC_ROW = 0
"""The number of the row that the box adds; those of people begin with 1."""


def request_headers() -> rx.Component:
    """Return the rows; the console's own key has one too."""
    wrong = wrong_in(TrialState.wrong, "headers")
    return rx.el.div(
        rx.el.div(
            rx.el.h2(t("test.headers"), class_name="h2"),
            rx.el.span(class_name="grow"),
            button(
                t("test.add_header"),
                look="ghost",
                icon_name="plus",
                small=True,
                on_click=TrialState.add_header,
                data_testid="add-header",
            ),
            class_name="panel__head panel__head--inner",
        ),
        rx.foreach(TrialState.headers, _row),
        rx.cond(~TrialState.own_key, _console_key()),
        rx.cond(TrialState.asynchronous, _asynchronous()),
        rx.cond(wrong != "", rx.el.div(form_error(wrong, data_testid="wrong-headers"), class_name="trial__wrong")),
        data_testid="headers",
    )


def asynchronous_box() -> rx.Component:
    """Return the box that asks for an asynchronous call, and what it does."""
    ticked = TrialState.asynchronous
    adds = rx.fragment(t("test.async_adds"), " ", _code(f"{ASYNCHRONOUS.name}: {ASYNCHRONOUS.value}"))
    return rx.el.div(
        rx.el.label(
            rx.el.button(
                icon("check"),
                type="button",
                role="checkbox",
                aria_checked=rx.cond(ticked, "true", "false"),
                on_click=TrialState.set_asynchronous(~ticked),
                class_name="check",
                data_testid="async",
            ),
            rx.el.span(t("test.async"), class_name="strong"),
            class_name="row",
        ),
        rx.el.span(rx.cond(ticked, t("test.async_means"), adds), class_name="muted small"),
        class_name="panel__foot trial__async",
    )


def _code(words: str) -> rx.Component:
    return rx.el.code(words, class_name="inline")


def _asynchronous() -> rx.Component:
    """Return the row that the box adds; its two fields go with the form like those of any other row."""
    return rx.el.div(
        *(
            rx.el.input(type="hidden", name=f"header-{ASYNC_ROW}-{part}", value=value, read_only=True)
            for part, value in (("name", ASYNCHRONOUS.name), ("value", ASYNCHRONOUS.value))
        ),
        rx.el.span(ASYNCHRONOUS.name, class_name="c-key"),
        rx.el.span(ASYNCHRONOUS.value, " ", rx.el.span(t("test.async_added"), class_name="muted small")),
        class_name="kv",
        data_testid="async-header",
    )


def _console_key() -> rx.Component:
    return rx.el.div(
        rx.el.span(OWN_KEY, class_name="c-key"),
        rx.el.span(t("test.console_key"), class_name="muted small"),
        icon_button("pencil", t("test.own_key"), small=True, on_click=TrialState.add_key, data_testid="own-key"),
        class_name="kv",
    )


def _row(each: HeaderLine) -> rx.Component:
    remove = icon_button(
        "x",
        t("test.remove_header"),
        small=True,
        on_click=TrialState.remove_header(each.number),
        data_testid="remove-header",
    )
    return rx.el.div(
        _field(each, "name", each.name, "c-key"),
        _field(each, "value", each.value, ""),
        remove,
        class_name="kv",
        key=each.number,
    )


def _field(each: HeaderLine, part: str, value: rx.Var[str], look: str) -> rx.Component:
    return rx.el.input(
        name=f"header-{each.number}-{part}",
        default_value=value,
        class_name=f"kv__field {look}",
        placeholder=t(f"test.header_{part}"),
        aria_label=t(f"test.header_{part}"),
        spell_check=False,
        auto_complete="off",
        data_testid=f"header-{part}",
    )
