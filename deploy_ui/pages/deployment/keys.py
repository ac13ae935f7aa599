"""The Keys tab: make, list, disable and revoke what callers need."""

import reflex as rx

from deploy_ui.components.amounts import decimal
from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.layout import empty_state
from deploy_ui.components.menus import menu, menu_item, menu_line
from deploy_ui.components.secret import secret_box
from deploy_ui.components.status import key_status
from deploy_ui.components.tables import Column, data_table, row, skeleton_rows
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.callback_secret import callback_secret_section
from deploy_ui.pages.deployment.key_dialogs import key_dialogs
from deploy_ui.services.keys import KeyRow
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.keys import KeysState
from deploy_ui.states.session import SessionState

COLUMNS = (
    Column(t("keys.name"), area="name"),
    Column(t("keys.hint"), width="104px", area="fact"),
    Column(t("keys.status"), width="120px", area="status"),
    Column(t("keys.created"), width="176px", area="fact"),
    Column(t("keys.expires"), width="112px", right=True, area="fact"),
    Column(t("keys.last_used"), width="120px", right=True, area="fact"),
    Column(t("keys.calls"), width="96px", right=True, area="fact"),
    Column(t("keys.addresses"), width="152px", area="fact"),
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
        key_dialogs(),
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
            _called(each),
            rx.el.span("dk_…", each.hint, class_name="mono"),
            key_status(each.status),
            rx.el.span(when(each.created_at), ", ", each.created_by, title=each.created_by),
            rx.cond(each.expires_at, when(each.expires_at), t("keys.no_expiry")),
            rx.cond(each.last_used_at, when(each.last_used_at), t("keys.unused")),
            decimal(each.calls),
            _addresses(each),
            rx.cond(SessionState.may_edit & (each.status != "revoked"), _menu(each)),
        ],
        key=each.id,
        class_name=rx.cond(new, "isnew", rx.cond(ended, "ended", "")),
        data_testid="key",
        data_name=each.name,
    )


def _called(each: KeyRow) -> rx.Component:
    """Return its name; two of the same name are told apart by which one is on its way out."""
    replaced = rx.el.span(t("keys.replaced"), class_name="muted small")
    return rx.el.span(
        rx.el.span(each.name, class_name="ellipsis", title=each.name),
        rx.cond(each.replaced & (each.status == "active"), replaced),
        class_name="row",
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
        rx.cond(
            (each.status == "active") & ~each.replaced,
            menu_item(
                t("keys.rotate"),
                icon_name="refresh-cw",
                on_select=KeysState.ask_rotate(each.id),
                data_testid="rotate-key",
            ),
        ),
        menu_line(),
        menu_item(
            t("keys.revoke"),
            icon_name="trash-2",
            danger=True,
            on_select=KeysState.ask_revoke(each.id),
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
