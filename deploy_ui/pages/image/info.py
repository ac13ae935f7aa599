"""The Info tab: what the image is, what it is made of, who uses it."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import duration, size
from deploy_ui.components.buttons import button
from deploy_ui.components.code_editor import code
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, fact, facts, section, skeleton
from deploy_ui.components.links import text_link
from deploy_ui.components.status import image_status, word
from deploy_ui.components.when import when
from deploy_ui.enums import ImageKind
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.image.build import build_panel, failure
from deploy_ui.services.image_cards import FileRow
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image.info import InfoState

JSON_FILES = (".json", ".yaml", ".yml", ".toml")


def info() -> rx.Component:
    """Return the tab."""
    return rx.el.section(
        rx.cond(
            ImageState.card,
            rx.el.div(
                rx.el.div(
                    rx.cond(ImageState.card.deleted, callout(t("image.deleted"))),
                    failure(),
                    _about(),
                    _files(),
                    rx.cond(InfoState.contents, _contents()),
                ),
                rx.el.aside(build_panel()),
                class_name="split",
            ),
            rx.el.div(skeleton(height="320px"), aria_busy=True),
        ),
        class_name="content",
        data_testid="info",
    )


def _about() -> rx.Component:
    card = ImageState.card
    return section(
        t("image.about"),
        facts(
            fact(t("field.name"), rx.el.span(card.name, class_name="ellipsis", title=card.name), copy=card.name),
            fact(t("image.id"), rx.el.span(card.id, class_name="mono"), copy=card.id),
            fact(t("image.kind"), word(ImageKind, "image_kind", card.kind), _kind_note()),
            rx.cond(
                card.command != "",
                fact(t("new_image.command"), rx.el.span(card.command, class_name="mono wrap"), copy=card.command),
            ),
            fact(t("general.status"), image_status(card.status), _status_note()),
            fact(
                t("general.created"), when(card.created_at, exact=True), rx.el.span(card.created_by, class_name="muted")
            ),
            fact(t("image.size"), rx.el.span(size(card.size_bytes), class_name="num"), _size_note()),
            fact(t("field.ready_path"), rx.el.span(card.ready_path, class_name="mono")),
            rx.cond(
                card.env_names.length() > 0,
                fact(t("general.env"), rx.el.span(card.env_names.join(", "), class_name="mono wrap")),
            ),
            fact(t("image.used_by"), _users()),
        ),
        data_testid="about",
    )


def _kind_note() -> rx.Component:
    card = ImageState.card
    note = rx.match(
        card.kind.to(str),
        ("model", t("image.kind_model", entry=card.entry)),
        ("asgi", t("image.kind_asgi", entry=card.entry)),
        "",
    )
    return rx.el.span(note, class_name="muted ellipsis")


def _status_note() -> rx.Component:
    card = ImageState.card
    took = rx.cond(
        (card.status == "ready") & (ImageState.took_s > 0),
        rx.fragment(", ", t("image.built_in", time=duration(ImageState.took_s))),
    )
    return rx.cond(card.finished_at, rx.el.span(when(card.finished_at), took, class_name="muted"))


def _size_note() -> rx.Component:
    packages = InfoState.contents.packages
    return rx.cond(
        InfoState.contents & (packages > 0),
        rx.el.span(t_count("image.packages", packages), class_name="muted"),
    )


def _users() -> rx.Component:
    more = rx.cond(
        InfoState.more_users > 0, rx.el.span(t_count("image.more_users", InfoState.more_users), class_name="muted")
    )
    return rx.cond(
        InfoState.users.length() > 0,
        rx.el.span(rx.foreach(InfoState.users, _user), more, class_name="links"),
        rx.el.span(t("image.unused"), class_name="muted"),
    )


def _user(each: UsageRow) -> rx.Component:
    return text_link(each.name, f"/deployments/{each.slug}/general", key=each.slug)


def _files() -> rx.Component:
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
    return rx.cond(
        InfoState.file_count > 0,
        _part(
            t("new_image.files"),
            rx.el.div(
                rx.foreach(InfoState.files, _file),
                rx.cond(left > 0, rx.el.div(more, class_name="filerow")),
                class_name="files files--tall",
                data_testid="image-files",
            ),
            note=rx.el.span(InfoState.file_count, class_name="muted num"),
        ),
    )


def _file(each: FileRow) -> rx.Component:
    is_json: Any = each.path.endswith(JSON_FILES[0])
    for ending in JSON_FILES[1:]:
        is_json = is_json | each.path.endswith(ending)
    return rx.el.div(
        rx.cond(
            each.path.endswith(".py"),
            icon("file-code"),
            rx.cond(is_json, icon("braces"), rx.cond(each.path.endswith(".txt"), icon("file-text"), icon("box"))),
        ),
        rx.el.span(each.path, class_name="mono ellipsis", title=each.path),
        rx.el.span(size(each.size), class_name="size"),
        class_name="filerow filerow--read",
        key=each.path,
    )


def _contents() -> rx.Component:
    contents, card = InfoState.contents, ImageState.card
    return rx.fragment(
        _code(t("image.schema"), contents.request_schema, "json", note=t("image.schema_note")),
        _code(t("new_image.script"), contents.script, "python", note=card.entry, wrong_line=ImageState.script_line),
        _code(t("new_image.requirements"), contents.requirements, "text", wrong_line=ImageState.requirements_line),
        _code(t("image.lock"), contents.lock, "text", note=t("image.lock_note")),
    )


def _code(
    title: rx.Var[str], text: rx.Var[str], language: str, note: rx.Var[str] | str = "", **props: Any
) -> rx.Component:
    view = rx.el.div(code(text, language=language, label=title, **props), class_name="panel panel--code")
    return rx.cond(
        text != "",
        _part(title, view, note=rx.el.span(note, class_name="small muted"), end=copy_icon(text)),
    )


def _part(title: rx.Var[str], *children: Any, note: rx.Component, end: rx.Component | None = None) -> rx.Component:
    head = rx.el.div(
        rx.el.h2(title, class_name="h2"),
        note,
        rx.el.span(class_name="grow"),
        end or rx.fragment(),
        class_name="section__head section__head--note",
    )
    return rx.el.section(head, *children, class_name="section")
