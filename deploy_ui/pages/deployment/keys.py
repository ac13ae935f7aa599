"""The Keys tab: make, list, disable and revoke what callers need."""

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.dialogs import confirm, dialog
from deploy_ui.components.forms import form_row, text_field, wrong_in
from deploy_ui.components.layout import empty_state
from deploy_ui.components.menus import menu, menu_item, menu_line
from deploy_ui.components.secret import secret_box
from deploy_ui.components.status import key_status
from deploy_ui.components.tables import Column, data_table, row, skeleton_rows
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.callback_secret import callback_secret_section
from deploy_ui.services.keys import KeyRow
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.keys import LIVES, KeysState
from deploy_ui.states.session import SessionState

COLUMNS = (
    Column(t("keys.name"), area="name"),
    Column(t("keys.hint"), width="104px", area="fact"),
    Column(t("keys.status"), width="120px", area="status"),
    Column(t("keys.created"), width="208px", area="fact"),
    Column(t("keys.expires"), width="112px", right=True, area="fact"),
    Column(t("keys.last_used"), width="120px", right=True, area="fact"),
    Column(t("keys.addresses"), width="168px", area="fact"),
    Column("", width="44px", area="menu"),
)


def keys() -> rx.Component:
    """Return the tab."""
    table = rx.fragment(data_table(COLUMNS, rx.foreach(KeysState.rows, _row), data_testid="keys"), _note())
    return rx.el.section(
        rx.cond(
            KeysState.loaded & (KeysState.shown_slug == rx.State.slug),
            rx.fragment(
                rx.cond(KeysState.secret != "", _secret()),
                rx.cond(KeysState.rows.length() > 0, rx.el.section(_title(), table, class_name="section"), _none()),
                rx.cond(SessionState.may_edit, callback_secret_section()),
            ),
            data_table(COLUMNS, skeleton_rows(COLUMNS, 3), aria_busy=True),
        ),
        _form(),
        _question(),
        class_name="content content--wide",
    )


def _title() -> rx.Component:
    return rx.el.div(
        rx.el.h2(t("keys.title"), " ", rx.el.span(KeysState.rows.length(), class_name="count"), class_name="h2"),
        rx.el.span(class_name="grow"),
        rx.cond(
            SessionState.may_edit,
            button(t("keys.create"), icon_name="plus", on_click=KeysState.ask, data_testid="create-key"),
        ),
        class_name="section__head section__head--table",
    )


def _secret() -> rx.Component:
    shown = f'curl -H "X-API-Key: …{KeysState.made.hint}" {CardState.card.url}…'
    curl = rx.el.div(
        rx.el.span(shown, class_name="ellipsis"),
        copy_icon(KeysState.command, label=t("keys.copy_curl"), data_testid="copy-curl"),
        class_name="codeline",
    )
    return secret_box(
        t("keys.made", name=KeysState.made.name),
        t("keys.made_words"),
        KeysState.secret,
        curl,
        on_saved=KeysState.saved,
        data_testid="new-key",
    )


def _row(each: KeyRow) -> rx.Component:
    ended = (each.status == "revoked") | (each.status == "expired")
    new = KeysState.secret.bool() & (each.id == KeysState.made.id)
    return row(
        COLUMNS,
        [
            rx.el.span(each.name, class_name="ellipsis", title=each.name),
            rx.el.span("dk_…", each.hint, class_name="mono"),
            key_status(each.status),
            rx.el.span(when(each.created_at), ", ", each.created_by, title=each.created_by),
            rx.cond(each.expires_at, when(each.expires_at), t("keys.no_expiry")),
            rx.cond(each.last_used_at, when(each.last_used_at), t("keys.unused")),
            _addresses(each),
            rx.cond(SessionState.may_edit & (each.status != "revoked"), _menu(each)),
        ],
        key=each.id,
        class_name=rx.cond(new, "isnew", rx.cond(ended, "ended", "")),
        data_testid="key",
        data_name=each.name,
    )


def _addresses(each: KeyRow) -> rx.Component:
    listed = each.addresses.join(", ")
    return rx.cond(
        each.addresses.length() > 0, rx.el.span(listed, class_name="mono", title=listed), rx.el.span(t("keys.anywhere"))
    )


def _menu(each: KeyRow) -> rx.Component:
    return menu(
        icon_button("ellipsis", t("common.actions_for", name=each.name), small=True, data_testid="key-actions"),
        rx.cond(
            each.status == "disabled",
            menu_item(t("keys.enable"), icon_name="circle-check", on_select=KeysState.enable(each.id)),
            menu_item(
                t("keys.disable"),
                icon_name="circle-pause",
                on_select=KeysState.disable(each.id),
                data_testid="disable-key",
            ),
        ),
        menu_line(),
        menu_item(
            t("keys.revoke"),
            icon_name="trash-2",
            danger=True,
            on_select=KeysState.ask_revoke(each.id, each.name),
            data_testid="revoke-key",
        ),
    )


def _note() -> rx.Component:
    words = (
        *(t("keys.note"), " ", rx.el.code("X-API-Key", class_name="inline"), " ", t("keys.note_or")),
        *(" ", rx.el.code("Authorization: Bearer", class_name="inline"), ". ", t("keys.note_only")),
    )
    return rx.el.p(*words, class_name="small muted tablenote")


def _none() -> rx.Component:
    return empty_state(
        "key-round",
        t("keys.none"),
        t("keys.none_words"),
        rx.cond(
            SessionState.may_edit,
            rx.el.div(
                button(t("keys.create"), look="primary", on_click=KeysState.ask, data_testid="create-key"),
                class_name="empty__actions",
            ),
        ),
    )


def _form() -> rx.Component:
    form = rx.el.form(
        _name(),
        _life(),
        _allowed_from(),
        rx.el.div(
            button(t("common.cancel"), on_click=KeysState.close),
            rx.el.button(t("keys.create"), type="submit", class_name="btn btn--primary", data_testid="submit-key"),
            class_name="dialog__foot",
        ),
        on_submit=KeysState.create,
        no_validate=True,
        class_name="form",
    )
    return dialog(t("keys.create"), form, is_open=KeysState.creating, on_close=KeysState.close)


def _name() -> rx.Component:
    wrong = wrong_in(KeysState.wrong, "name")
    field = text_field("name", error=wrong, max_length=200, auto_complete="off", auto_focus=True)
    return form_row("name", t("keys.name"), field, error=wrong, help_text=t("keys.name_help"))


def _life() -> rx.Component:
    options = (rx.el.option(t(f"keys.life.{life}"), value=life) for life in LIVES)
    field = rx.el.select(*options, id="life", name="life", class_name="field")
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


def _question() -> rx.Component:
    return confirm(
        t("keys.revoke_title", name=KeysState.asked_name),
        t("keys.revoke_words"),
        is_open=KeysState.asked_id != "",
        on_close=KeysState.close,
        on_confirm=KeysState.revoke,
        verb=t("keys.revoke_verb"),
    )
