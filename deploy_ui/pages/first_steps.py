"""What an empty installation offers."""

import reflex as rx

from deploy_ui.components.buttons import button_link
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.links import outside_link
from deploy_ui.i18n.ui import t
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
            rx.el.div(_own_image(), class_name="choices"),
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
