"""What the Keys tab asks: of a new key, before a rotation, before a revocation."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.date_field import DateField
from deploy_ui.components.dialogs import confirm, dialog
from deploy_ui.components.forms import form_row, plain_form, text_field, wrong_in
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.states.deployment.keys import BY_DATE, LIVES, OVERLAPS, KeysState


def key_dialogs() -> rx.Component:
    """Return all of them; none is open at first."""
    return rx.fragment(_form(), _rotation(), _revocation())


def _form() -> rx.Component:
    form = plain_form(
        _name(),
        _life(),
        _allowed_from(),
        _foot(t("keys.create"), "submit-key"),
        on_submit=KeysState.create,
        no_validate=True,
        class_name="form",
    )
    return dialog(t("keys.create"), form, is_open=KeysState.creating, on_close=KeysState.close)


def _foot(verb: rx.Var[str], testid: str) -> rx.Component:
    return rx.el.div(
        button(t("common.cancel"), on_click=KeysState.close),
        rx.el.button(verb, type="submit", class_name="btn btn--primary", data_testid=testid),
        class_name="dialog__foot",
    )


def _name() -> rx.Component:
    wrong = wrong_in(KeysState.wrong, "name")
    field = text_field("name", error=wrong, max_length=200, auto_complete="off", auto_focus=True)
    return form_row("name", t("keys.name"), field, error=wrong, help_text=t("keys.name_help"))


def _life() -> rx.Component:
    options = (rx.el.option(t(f"keys.life.{life}"), value=life) for life in (*LIVES, BY_DATE))
    field = rx.el.div(
        rx.el.select(
            *options, id="life", name="life", value=KeysState.life, on_change=KeysState.set_life, class_name="field"
        ),
        rx.cond(
            KeysState.life == BY_DATE,
            DateField.create(name="until", class_name="field", aria_label=t("keys.until"), data_testid="key-until"),
        ),
        class_name="row row--wrap",
    )
    return form_row("life", t("keys.expires"), field, error=wrong_in(KeysState.wrong, "expires_at"))


def _allowed_from() -> rx.Component:
    field = rx.el.textarea(
        id="addresses", name="addresses", rows="2", placeholder="10.20.0.0/16", class_name="field mono"
    )
    return form_row(
        "addresses",
        t("keys.addresses"),
        field,
        error=wrong_in(KeysState.wrong, "addresses"),
        help_text=t("keys.addresses_help"),
    )


def _rotation() -> rx.Component:
    options = (rx.el.option(t(f"keys.overlap.{each}"), value=each) for each in OVERLAPS)
    field = rx.el.select(*options, id="overlap", name="overlap", default_value="day", class_name="field")
    form = plain_form(
        form_row("overlap", t("keys.old_key"), field, error=wrong_in(KeysState.wrong, "overlap_s")),
        _foot(t("keys.rotate_verb"), "submit-rotation"),
        on_submit=KeysState.rotate,
        no_validate=True,
        class_name="form",
    )
    return dialog(
        t("keys.rotate_title", name=KeysState.asked.name),
        form,
        words=t("keys.rotate_words"),
        is_open=KeysState.rotating,
        on_close=KeysState.close,
    )


def _revocation() -> rx.Component:
    calls = KeysState.asked.calls
    used = rx.cond(calls > 0, t_count("keys.revoke_used", calls), t("keys.revoke_unused"))
    return confirm(
        t("keys.revoke_title", name=KeysState.asked.name),
        used + " " + t("keys.revoke_words"),
        is_open=KeysState.revoking,
        on_close=KeysState.close,
        on_confirm=KeysState.revoke,
        verb=t("keys.revoke_verb"),
    )
