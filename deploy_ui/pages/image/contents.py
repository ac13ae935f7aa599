"""What an image is made of, on its Info tab: files, request schema, script, requirements, packages."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.code_editor import code
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.download import download
from deploy_ui.components.file_list import file_list
from deploy_ui.components.file_text import file_text
from deploy_ui.components.save_text import save_text
from deploy_ui.components.tables import Column, data_table, row
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.services.schema_fields import SchemaField
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image.info import InfoState

LONGEST_SCRIPT = 4 * 1024 * 1024
"""Bytes; no longer one builds."""
FIELDS = (
    Column(t("image.field_name"), area="name"),
    Column(t("image.field_type"), width="176px", area="fact"),
    Column(t("image.field_required"), width="112px", area="fact"),
    Column(t("image.field_description"), area="fact"),
)


def files() -> rx.Component:
    """Return the files; a deleted image has only their names left."""
    left = InfoState.file_count - InfoState.files.length()
    more = rx.cond(
        InfoState.all_files,
        rx.el.span(t_count("image.more_files", left), class_name="muted"),
        button(
            t_count("image.show_more_files", left),
            look="ghost",
            small=True,
            on_click=InfoState.show_all_files,
            data_testid="all-files",
        ),
    )
    view = file_list(
        InfoState.files,
        rx.cond(left > 0, rx.el.div(more, class_name="filerow")),
        base=rx.cond(ImageState.card.deleted, "", _address("files/")),
        class_name="files files--tall",
        data_testid="image-files",
    )
    everything = download(
        t("image.download_all"), href=_address("archive"), class_name="link small", data_testid="download-all"
    )
    return rx.cond(
        InfoState.file_count > 0,
        _part(
            t("new_image.files"),
            view,
            note=rx.el.span(InfoState.file_count, class_name="muted num"),
            end=rx.cond(ImageState.card.deleted, rx.fragment(), everything),
        ),
    )


def contents() -> rx.Component:
    """Return what the files hold and what the build made of them."""
    made = InfoState.contents
    lock = rx.fragment(copy_icon(made.lock), save_text(made.lock, f"{ImageState.card.name}.lock.txt"))
    return rx.fragment(
        _schema(),
        _script(),
        _code(t("new_image.requirements"), made.requirements, wrong_line=ImageState.requirements_line),
        _code(t("image.lock"), made.lock, note=t_count("image.lock_count", made.packages), end=lock),
    )


def _schema() -> rx.Component:
    schema = InfoState.contents.request_schema
    as_json = rx.el.div(code(schema, language="json", label=t("image.schema")), class_name="panel panel--code")
    as_table = data_table(FIELDS, rx.foreach(InfoState.contents.fields, _field), data_testid="schema-fields")
    views = rx.el.div(
        _view(t("image.as_json"), False),  # noqa: FBT003 - private, and read beside its definition
        _view(t("image.as_table"), True),  # noqa: FBT003 - as above
        class_name="seg",
        role="group",
        aria_label=t("image.schema"),
    )
    has_fields = InfoState.contents.fields.length() > 0
    return rx.cond(
        schema != "",
        _part(
            t("image.schema"),
            rx.cond(InfoState.as_table & has_fields, as_table, as_json),
            note=rx.el.span(_schema_note(), class_name="small muted only-wide"),
            end=rx.fragment(rx.cond(has_fields, views), copy_icon(schema)),
        ),
    )


def _schema_note() -> rx.Var[str]:
    return rx.cond(ImageState.card.kind.to(str) == "model", t("image.schema_note"), "")


def _view(words: rx.Var[str], as_table: bool) -> rx.Component:  # noqa: FBT001 - private
    pressed = InfoState.as_table if as_table else ~InfoState.as_table
    return rx.el.button(
        words,
        type="button",
        aria_pressed=rx.cond(pressed, "true", "false"),
        on_click=InfoState.show_schema(as_table),
        data_testid="schema-table" if as_table else "schema-json",
    )


def _field(each: SchemaField) -> rx.Component:
    return row(
        FIELDS,
        [
            rx.el.span(each.name, class_name="mono ellipsis", title=each.name),
            rx.el.span(each.type, class_name="mono", title=each.type),
            rx.cond(each.required, t("image.required"), rx.el.span(t("image.optional"), class_name="muted")),
            rx.el.span(each.description, title=each.description),
        ],
        key=each.name,
    )


def _script() -> rx.Component:
    card = ImageState.card
    view = file_text(
        _address("files/") + card.entry,
        limit=LONGEST_SCRIPT,
        language="python",
        label=t("new_image.script"),
        wrong_line=ImageState.script_line,
        class_name="panel panel--code",
        data_testid="script",
    )
    return rx.cond(
        InfoState.contents.has_script & ~card.deleted,
        _part(t("new_image.script"), view, note=rx.el.span(card.entry, class_name="small muted mono")),
    )


def _code(
    title: rx.Var[str],
    text: rx.Var[str],
    *,
    note: rx.Var[str] | str = "",
    end: rx.Component | None = None,
    **props: Any,
) -> rx.Component:
    view = rx.el.div(code(text, language="text", label=title, **props), class_name="panel panel--code")
    return rx.cond(
        text != "",
        _part(title, view, note=rx.el.span(note, class_name="small muted"), end=end or copy_icon(text)),
    )


def _part(title: rx.Var[str], *children: Any, note: rx.Component, end: rx.Component | None = None) -> rx.Component:
    head = rx.el.div(
        rx.el.h2(title, class_name="h2"),
        note,
        rx.el.span(class_name="grow"),
        *([end] if end else []),
        class_name="section__head section__head--note",
    )
    return rx.el.section(head, *children, class_name="section")


def _address(what: str) -> rx.Var[str]:
    return f"/api/v1/images/{ImageState.card.id}/{what}"  # type: ignore[return-value]  # Reflex makes it a var
