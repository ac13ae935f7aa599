"""What an empty installation offers."""

import reflex as rx

from deploy_ui.components.buttons import button, button_link
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.links import outside_link
from deploy_ui.i18n.ui import t
from deploy_ui.services import examples
from deploy_ui.services.examples import Example
from deploy_ui.states.first_steps import FirstStepsState
from deploy_ui.states.session import SessionState

SCRIPT = (
    (("c-kw", "class"), ("", " Model:")),
    (("", "    "), ("c-kw", "def"), ("", " load("), ("c-kw", "self"), ("", "):")),
    (("", "        "), ("c-kw", "self"), ("", ".net = load("), ("c-str", '"net.onnx"'), ("", ")")),
    (("", " "),),
    (("", "    "), ("c-kw", "def"), ("", " predict("), ("c-kw", "self"), ("", ", payload):")),
    (("", "        "), ("c-kw", "return self"), ("", ".net(payload)")),
)
"""A serving script in six lines, coloured."""


def first_steps() -> rx.Component:
    """Return the two ways to the first deployment."""
    return empty_state(
        "rocket",
        t("first_steps.title"),
        t("first_steps.words"),
        rx.cond(
            SessionState.may_edit,
            rx.el.div(_an_example(), _own_image(), class_name="choices"),
            callout(t("session.read_only")),
        ),
        rx.el.p(
            t("first_steps.terminal"),
            " ",
            outside_link(t("first_steps.api"), "/api/docs"),
            class_name="small empty__more",
        ),
        data_testid="first-steps",
    )


def _an_example() -> rx.Component:
    """Offer the examples; they are part of the product, so they are read when the pages are built."""
    found = examples.rows()
    return rx.el.div(
        rx.el.h3(icon("sparkles"), t("first_steps.example_title")),
        rx.el.p(t("first_steps.example_words")),
        rx.el.div(
            *(_option(each, first=index == 0) for index, each in enumerate(found)),
            role="radiogroup",
            aria_label=t("first_steps.example_title"),
            class_name="options",
        ),
        button(
            rx.cond(FirstStepsState.busy, t("first_steps.example_busy"), t("first_steps.example_verb")),
            look="primary",
            on_click=FirstStepsState.deploy,
            disabled=FirstStepsState.busy,
            data_testid="deploy-example",
        ),
        class_name="choice",
    )


def _option(each: Example, *, first: bool) -> rx.Component:
    chosen = FirstStepsState.example == each.id
    return rx.el.button(
        rx.el.span(rx.el.b(t(each.title)), rx.el.span(t(each.description))),
        type="button",
        role="radio",
        aria_checked=chosen | (FirstStepsState.example == "") if first else chosen,
        on_click=FirstStepsState.choose(each.id),
        class_name="option",
        data_testid=f"example-{each.id}",
    )


def _own_image() -> rx.Component:
    return rx.el.div(
        rx.el.h3(icon("package-plus"), t("first_steps.own_title")),
        rx.el.p(t("first_steps.own_words")),
        rx.el.div(
            *(
                rx.el.span(rx.el.span(*(rx.el.span(words, class_name=look) for look, words in line)), class_name="ln")
                for line in SCRIPT
            ),
            class_name="code code--bare",
            aria_hidden=True,
        ),
        button_link(t("first_steps.own_verb"), "/images/new", data_testid="create-image"),
        class_name="choice",
    )
