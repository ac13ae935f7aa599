"""Who is told of a deployment's alerts."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.dialogs import dialog
from deploy_ui.components.forms import form_row, plain_form, text_field, wrong_in
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, section
from deploy_ui.components.menus import menu, menu_item
from deploy_ui.components.status import dot
from deploy_ui.components.when import when
from deploy_ui.enums.alerts import ReceiverKind
from deploy_ui.i18n.ui import LanguageState, t
from deploy_ui.pages.deployment.alert_rules import may_change
from deploy_ui.services.alerts.receivers import ReceiverRow
from deploy_ui.states.deployment.alerts import AlertsState

ICONS = {ReceiverKind.WEBHOOK: "webhook", ReceiverKind.EMAIL: "mail"}


def receivers() -> rx.Component:
    """Return the section."""
    rows = rx.el.div(rx.foreach(AlertsState.receivers, _receiver), class_name="rulebox", data_testid="receivers")
    none = rx.el.p(t("alerts.receivers_none"), class_name="muted alerts__none", data_testid="no-receivers")
    return section(
        t("alerts.receivers_title"),
        rx.el.p(t("alerts.receivers_words"), class_name="muted alerts__words"),
        rx.cond(AlertsState.receivers.length() > 0, rows, none),
        _form(),
        end=rx.cond(may_change(), _add()),
    )


def _add() -> rx.Component:
    return rx.fragment(
        *(
            button(
                t(f"alerts.add_{kind}"),
                icon_name=name,
                on_click=AlertsState.ask(kind.value),
                data_testid=f"add-{kind}",
            )
            for kind, name in ICONS.items()
        )
    )


def _receiver(each: ReceiverRow) -> rx.Component:
    return rx.el.div(
        rx.match(each.kind.to(str), *((kind.value, icon(name)) for kind, name in ICONS.items()), icon("bell")),
        rx.el.div(
            rx.el.div(
                rx.el.span(each.shown, class_name="strong wrap"),
                rx.el.span(each.language, class_name="badge"),
                class_name="row row--wrap",
            ),
            rx.el.p(_last_try(each), class_name="muted", data_testid="last-try"),
            class_name="rule__words",
        ),
        rx.cond(may_change(), _actions(each)),
        class_name="rule",
        key=each.id,
        data_testid="receiver",
    )


def _last_try(each: ReceiverRow) -> rx.Component:
    failed = rx.fragment(
        dot("failed"),
        " ",
        t("alerts.failed"),
        " ",
        when(each.tried_at),
        rx.cond(each.message != "", rx.el.span(": ", each.message, class_name="wrap")),
    )
    delivered = rx.fragment(dot("ready"), " ", t("alerts.delivered"), " ", when(each.tried_at))
    tried = rx.cond(each.tried_at, rx.cond(each.delivered, delivered, failed), t("alerts.never_tried"))
    return rx.fragment(tried, rx.cond(each.waiting, rx.fragment(" · ", t("alerts.waiting"))))


def _actions(each: ReceiverRow) -> rx.Component:
    return rx.el.span(
        button(
            t("alerts.test"),
            small=True,
            on_click=AlertsState.test_receiver(each.id),
            data_testid="test-receiver",
        ),
        menu(
            icon_button(
                "ellipsis", t("alerts.receiver_actions", name=each.shown), small=True, data_testid="receiver-actions"
            ),
            menu_item(
                t("alerts.remove_receiver"),
                icon_name="trash-2",
                danger=True,
                on_select=AlertsState.remove_receiver(each.id),
                data_testid="remove-receiver",
            ),
        ),
        class_name="rule__actions",
    )


def _form() -> rx.Component:
    """Return the form of a new receiver; for e-mails without a mail server it says what to set."""
    email = AlertsState.adding == ReceiverKind.EMAIL.value
    form = plain_form(
        rx.cond(email, _email(), _url()),
        _language(),
        _foot(rx.cond(email, t("alerts.add_email"), t("alerts.add_webhook"))),
        on_submit=AlertsState.add_receiver,
        no_validate=True,
        class_name="form",
        data_testid="receiver-form",
    )
    unset = rx.fragment(
        rx.el.div(
            callout(
                rx.el.div(t("alerts.smtp_title"), class_name="strong"),
                t("alerts.smtp_words"),
                kind="warning",
                data_testid="smtp-missing",
            ),
            class_name="alerts__unset",
        ),
        rx.el.div(button(t("common.cancel"), on_click=AlertsState.close), class_name="dialog__foot"),
    )
    return dialog(
        rx.cond(email, t("alerts.add_email"), t("alerts.add_webhook")),
        rx.cond(email & ~AlertsState.with_email, unset, form),
        is_open=AlertsState.adding != "",
        on_close=AlertsState.close,
    )


def _url() -> rx.Component:
    return _address(t("alerts.url_label"), t("alerts.url_help"), placeholder="https://example.com/hook", type="url")


def _email() -> rx.Component:
    return _address(t("alerts.email_label"), "", placeholder="name@example.com", type="email")


def _address(label: rx.Var[str], help_text: rx.Var[str] | str, **props: Any) -> rx.Component:
    wrong = wrong_in(AlertsState.wrong, "address")
    field = text_field("address", error=wrong, max_length=2100, auto_complete="off", auto_focus=True, **props)
    return form_row("address", label, field, error=wrong, help_text=help_text)


def _language() -> rx.Component:
    options = (rx.el.option(t(f"person.{name}"), value=code) for code, name in (("en", "english"), ("ru", "russian")))
    field = rx.el.select(
        *options, id="language", name="language", default_value=LanguageState.language, class_name="field"
    )
    return form_row("language", t("alerts.language_label"), field)


def _foot(verb: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        button(t("common.cancel"), on_click=AlertsState.close),
        rx.el.button(verb, type="submit", class_name="btn btn--primary", data_testid="submit-receiver"),
        class_name="dialog__foot",
    )
