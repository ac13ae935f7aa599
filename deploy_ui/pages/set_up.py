"""The page behind the one-time link: makes the first administrator."""

import reflex as rx

from deploy_ui.components.forms import PostForm, WithFragment, form_row, password_field, submit_button, text_field
from deploy_ui.components.layout import callout
from deploy_ui.i18n.ui import t
from deploy_ui.pages.sign_in import card
from deploy_ui.services.passwords import SHORTEST
from deploy_ui.states.sign_in import SignInState


def set_up() -> rx.Component:
    """Return the page. The link's token stays in the #fragment: no log of any server sees it."""
    return card(WithFragment.create(_form(), fallback=_no_link()))


def _form() -> rx.Component:
    return PostForm.create(
        rx.el.h1(t("set_up.title"), class_name="title title--card"),
        rx.el.p(t("set_up.intro"), class_name="muted"),
        form_row(
            "name",
            t("set_up.name"),
            text_field("name", auto_complete="name", auto_focus=True, error=SignInState.name_error),
            error=SignInState.name_error,
        ),
        form_row(
            "email",
            t("session.email"),
            text_field("email", type="email", auto_complete="username", error=SignInState.email_error),
            error=SignInState.email_error,
        ),
        form_row(
            "password",
            t("session.password"),
            password_field("password", auto_complete="new-password", error=SignInState.error),
            error=SignInState.error,
            help_text=t("set_up.password_help", shortest=SHORTEST),
        ),
        submit_button(t("set_up.submit"), t("set_up.submitting"), data_testid="set-up"),
        action="/api/setup",
        then="/deployments",
        fragment_name="token",
        on_failure=SignInState.failed,
        class_name="panel form form--card",
    )


def _no_link() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("set_up.title"), class_name="title title--card"),
        callout(t("set_up.no_link")),
        rx.el.p(t("set_up.no_link_help"), class_name="small muted"),
        class_name="panel form form--card",
    )
