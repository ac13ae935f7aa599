"""The sign-in page."""

import reflex as rx
from reflex.style import color_mode

from deploy_ui.components.forms import PostForm, form_row, password_field, submit_button, text_field
from deploy_ui.components.icons import icon, mark
from deploy_ui.components.menus import menu
from deploy_ui.i18n.ui import LanguageState, t
from deploy_ui.pages.shell import around, preferences
from deploy_ui.states.sign_in import SignInState


def sign_in() -> rx.Component:
    """Return the page."""
    return card(
        PostForm.create(
            rx.el.h1(t("session.sign_in"), class_name="title title--card"),
            form_row(
                "email",
                t("session.email"),
                text_field(
                    "email", type="email", auto_complete="username", auto_focus=True, error=SignInState.email_error
                ),
                error=SignInState.email_error,
            ),
            form_row(
                "password",
                t("session.password"),
                password_field("password", auto_complete="current-password", error=SignInState.error),
                error=SignInState.error,
            ),
            submit_button(t("session.sign_in"), t("session.signing_in"), data_testid="sign-in"),
            rx.el.p(t("session.no_account"), class_name="small muted centered"),
            action="/api/session",
            then="/deployments",
            on_failure=SignInState.failed,
            class_name="panel form form--card",
        )
    )


def card(*content: rx.Component) -> rx.Component:
    """Return a page with one card in the middle, for people who are not signed in."""
    return around(
        rx.el.main(
            rx.el.div(
                rx.el.div(mark(), rx.el.span(t("product.name")), class_name="signin__mark"),
                *content,
                _preferences(),
                class_name="signin__card",
            ),
            class_name="signin",
        )
    )


def _preferences() -> rx.Component:
    trigger = rx.el.button(
        icon("languages", small=True),
        rx.cond(LanguageState.language == "ru", t("person.russian"), t("person.english")),
        rx.match(
            color_mode,
            ("light", icon("sun", small=True)),
            ("dark", icon("moon", small=True)),
            icon("sun-moon", small=True),
        ),
        rx.match(color_mode, ("light", t("person.light")), ("dark", t("person.dark")), t("person.system")),
        type="button",
        class_name="signin__preferences",
        data_testid="preferences",
    )
    return menu(trigger, *preferences(), end=False)
