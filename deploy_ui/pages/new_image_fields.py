"""The fields of the form of a new image."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import size
from deploy_ui.components.buttons import button
from deploy_ui.components.code_editor import CodeEditor, TextFileButton
from deploy_ui.components.forms import form_error, form_row, text_field, wrong_in
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout
from deploy_ui.components.menus import menu, menu_item
from deploy_ui.components.upload_form import EnvField, file_drop
from deploy_ui.enums import ImageKind
from deploy_ui.i18n.ui import t
from deploy_ui.services import examples
from deploy_ui.services.images import ENTRIES
from deploy_ui.states.new_image import NewImageState

ADVANCED = ("ready_path", "entry", "env")
NEEDS_SCRIPT = {kind.value: list(names) for kind, names in ENTRIES.items() if kind != ImageKind.COMMAND}
GHOST = "btn btn--ghost btn--s"


def name() -> rx.Component:
    """Return the name, checked as soon as it is left."""
    field = text_field(
        "name",
        error=wrong("name"),
        max_length=200,
        auto_complete="off",
        auto_focus=True,
        spell_check=False,
        required=True,
        on_blur=NewImageState.check_name,
    )
    return form_row("name", t("field.name"), field, error=wrong("name"), help_text=t("new_image.name_help"))


def kinds() -> rx.Component:
    """Return the three kinds as cards."""
    return rx.el.fieldset(
        rx.el.legend(t("new_image.kind"), class_name="label"),
        rx.el.div(*(_kind(kind) for kind in ImageKind), class_name="radios"),
        class_name="formrow",
    )


def _kind(kind: ImageKind) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="kind",
            value=kind.value,
            default_checked=kind == ImageKind.MODEL,
            on_change=NewImageState.choose_kind,
            class_name="unseen",
        ),
        rx.el.b(t(f"image_kind.{kind}")),
        rx.el.span(t(f"new_image.kind_{kind}")),
        class_name="radio",
        data_testid=f"kind-{kind}",
    )


def command() -> rx.Component:
    """Return the command; only the kind `command` shows it."""
    return rx.el.div(
        form_row(
            "command",
            t("new_image.command"),
            text_field(
                "command",
                error=wrong("command"),
                auto_complete="off",
                spell_check=False,
                required=True,
                placeholder="uvicorn main:app --host 127.0.0.1 --port $PORT",
            ),
            error=wrong("command"),
            help_text=t("new_image.command_help"),
        ),
        class_name="for-command",
    )


def script() -> rx.Component:
    """Return the editor of the script."""
    names = {kind: ENTRIES[kind][0] for kind in ImageKind}
    return rx.el.div(
        rx.el.span(t("new_image.script"), class_name="label"),
        rx.el.div(
            rx.el.div(
                icon("file-code", small=True),
                *(rx.el.span(name, class_name=f"mono for-{kind}") for kind, name in names.items()),
                rx.el.span(class_name="grow"),
                TextFileButton.create(t("new_image.upload"), name="script", accept=".py", class_name=GHOST),
                _examples(),
                class_name="codebox__head",
            ),
            CodeEditor.create(
                name="script",
                language="python",
                label=t("new_image.script"),
                companion="kind",
                wrong_line=_line("script"),
                on_left=NewImageState.check_script,
                data_testid="script",
            ),
            class_name=_box("script"),
        ),
        rx.cond(
            wrong("script") != "",
            form_error(wrong("script"), data_testid="error-script"),
            rx.cond(NewImageState.script_fine, _fine(t("new_image.script_fine")), _help(t("new_image.script_help"))),
        ),
        class_name="formrow",
    )


def _examples() -> rx.Component:
    """Offer the examples; they are part of the product, so they are read when the pages are built."""
    items = [
        menu_item(t(each.title), on_select=NewImageState.start_from(each.id), data_testid=f"from-{each.id}")
        for each in examples.rows()
    ]
    opener = button(t("new_image.example"), look="ghost", small=True, icon_name="sparkles", data_testid="from-example")
    return menu(opener, *items)


def requirements() -> rx.Component:
    """Return the editor of the requirements."""
    return rx.el.div(
        rx.el.span(t("new_image.requirements"), class_name="label"),
        rx.el.div(
            rx.el.div(
                icon("list", small=True),
                rx.el.span("requirements.txt", class_name="mono"),
                rx.el.span(class_name="grow"),
                TextFileButton.create(t("new_image.upload"), name="requirements", accept=".txt", class_name=GHOST),
                class_name="codebox__head",
            ),
            CodeEditor.create(
                name="requirements",
                label=t("new_image.requirements"),
                hint="scikit-learn==1.5.2",
                wrong_line=_line("requirements"),
                on_left=NewImageState.check_requirements,
                data_testid="requirements",
            ),
            class_name=_box("requirements"),
        ),
        rx.cond(
            wrong("requirements") != "",
            form_error(wrong("requirements"), data_testid="error-requirements"),
            _help(t("new_image.requirements_help")),
        ),
        class_name="formrow",
    )


def files() -> rx.Component:
    """Return the list of files with its drop zone."""
    limit = NewImageState.limit_mb * 1024 * 1024
    return rx.el.div(
        rx.el.span(t("new_image.files"), class_name="label"),
        rx.cond(
            NewImageState.lacking.length() > 0,
            callout(
                t("new_image.lacking"),
                rx.el.div(NewImageState.lacking.join(", "), class_name="mono small wrap clamped"),
                data_testid="lacking",
            ),
        ),
        file_drop(limit=limit, entries=NEEDS_SCRIPT),
        rx.cond(
            wrong("files") != "",
            form_error(wrong("files"), data_testid="error-files"),
            _help(t("new_image.files_help", limit=size(limit))),
        ),
        class_name="formrow",
    )


def advanced() -> rx.Component:
    """Return what most images leave as it is."""
    return rx.el.details(
        rx.el.summary(
            rx.el.span(t("new.advanced"), class_name="strong"),
            rx.el.span(t("new_image.advanced_hint"), class_name="small muted"),
        ),
        rx.el.div(
            _text("ready_path", t("field.ready_path"), t("new_image.ready_path_help"), "/health/ready"),
            _text("entry", t("new_image.entry"), t("new_image.entry_help"), "src/serving.py"),
            form_row(
                "env",
                t("field.env"),
                EnvField.create(name="env", id="env", rows=4, placeholder="THRESHOLD=0.82", class_name="field mono"),
                error=wrong("env"),
                help_text=t("new_image.env_help"),
            ),
            class_name="form form--inner",
        ),
        open=_any_wrong(ADVANCED),
        class_name="details",
        data_testid="advanced",
    )


def _text(name: str, label: rx.Var[str], help_text: rx.Var[str], hint: str) -> rx.Component:
    field = text_field(name, error=wrong(name), placeholder=hint, auto_complete="off", spell_check=False)
    return form_row(name, label, field, error=wrong(name), help_text=help_text)


def wrong(name: str) -> rx.Var[str]:
    """Return what is wrong with a field, or nothing."""
    return wrong_in(NewImageState.wrong, name)


def _line(name: str) -> rx.Var[int]:
    lines = NewImageState.wrong_lines
    return rx.cond(lines.contains(name), lines[name].to(int), 0)


def _any_wrong(names: tuple[str, ...]) -> Any:
    found: Any = wrong(names[0]) != ""
    for name in names[1:]:
        found = found | (wrong(name) != "")
    return found


def _box(name: str) -> rx.Var[str]:
    return rx.cond(wrong(name) != "", "codebox codebox--error", "codebox")


def _help(words: rx.Var[str]) -> rx.Component:
    return rx.el.span(words, class_name="help")


def _fine(words: rx.Var[str]) -> rx.Component:
    return rx.el.span(
        icon("check", small=True, color="var(--green-11)"), words, class_name="help row", data_testid="fine"
    )
