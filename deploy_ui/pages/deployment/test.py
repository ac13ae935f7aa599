"""The API test tab: a request on the left, its answer on the right, what was sent before below."""

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.forms import form_error, wrong_in
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, panel, skeleton
from deploy_ui.components.trial_form import BodyField, CurlButton
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.answer import answer
from deploy_ui.pages.deployment.history import history
from deploy_ui.services.trials import METHODS
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.test import HeaderLine, TrialState
from deploy_ui.states.session import SessionState


def test() -> rx.Component:
    """Return the tab."""
    return rx.el.section(
        rx.cond(
            CardState.card,
            rx.cond(SessionState.may_edit, _form(), callout(t("test.viewer"))),
            skeleton(height="32px"),
        ),
        class_name="content content--wide",
        data_testid="api-test",
    )


def _form() -> rx.Component:
    return rx.fragment(
        rx.cond(CardState.at_rest, callout(t("test.at_rest"), kind="warning")),
        rx.el.form(
            _bar(),
            rx.el.div(
                panel(_body(), _headers(), title=t("test.body")),
                answer(),
                class_name="duo",
            ),
            on_submit=TrialState.send,
            key=TrialState.version,
            no_validate=True,
            class_name="trial",
        ),
        history(),
    )


def _bar() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.select(
                *(rx.el.option(method, value=method) for method in METHODS),
                name="method",
                default_value=TrialState.method,
                class_name="requestbar__method",
                aria_label=t("test.method"),
                data_testid="method",
            ),
            rx.el.span(CardState.card.url, class_name="requestbar__base", title=CardState.card.url),
            rx.el.input(
                name="path",
                default_value=TrialState.path,
                class_name="requestbar__path",
                aria_label=t("test.path"),
                spell_check=False,
                auto_complete="off",
                data_testid="path",
            ),
            class_name="requestbar__group grow",
        ),
        rx.el.button(
            rx.cond(TrialState.sending, rx.el.span(class_name="dot dot--starting"), icon("send")),
            rx.cond(TrialState.sending, t("test.sending"), t("test.send")),
            type="submit",
            class_name="btn btn--primary",
            disabled=TrialState.sending,
            title="Ctrl+Enter",
            data_testid="send",
        ),
        CurlButton.create(
            url=f"/api/v1/deployments/{rx.State.slug}/curl",
            label=t("test.curl"),
            copied_label=t("common.copied"),
            on_failure=TrialState.refused,
            class_name="btn btn--outline",
            data_testid="curl",
        ),
        rx.cond(
            wrong_in(TrialState.wrong, "path") != "", form_error(TrialState.wrong["path"], data_testid="wrong-path")
        ),
        class_name="requestbar",
    )


def _body() -> rx.Component:
    return rx.fragment(
        BodyField.create(
            name="body",
            default_value=TrialState.body,
            aria_label=t("test.body"),
            class_name="trial__body mono",
            data_testid="body",
        ),
        rx.cond(
            wrong_in(TrialState.wrong, "body") != "",
            rx.el.div(form_error(TrialState.wrong["body"], data_testid="wrong-body"), class_name="trial__wrong"),
        ),
    )


def _headers() -> rx.Component:
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
        rx.foreach(TrialState.headers, _header),
        rx.el.div(
            rx.el.span("X-API-Key", class_name="c-key"),
            rx.el.span(t("test.console_key"), class_name="muted small"),
            class_name="kv",
            title=t("test.console_key_help"),
        ),
        rx.cond(
            wrong_in(TrialState.wrong, "headers") != "",
            rx.el.div(form_error(TrialState.wrong["headers"], data_testid="wrong-headers"), class_name="trial__wrong"),
        ),
    )


def _header(each: HeaderLine) -> rx.Component:
    return rx.el.div(
        _header_field(each, "name", each.name, "c-key"),
        _header_field(each, "value", each.value, ""),
        icon_button("x", t("test.remove_header"), small=True, on_click=TrialState.remove_header(each.number)),
        class_name="kv",
        key=each.number,
    )


def _header_field(each: HeaderLine, part: str, value: rx.Var[str], look: str) -> rx.Component:
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
