"""Facts that become fields in place."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import icon_button
from deploy_ui.components.edit_field import EditField
from deploy_ui.components.env_editor import env_editor
from deploy_ui.components.forms import form_error, wrong_in
from deploy_ui.components.layout import fact
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.edits import FACTS
from deploy_ui.states.deployment.general import GeneralState
from deploy_ui.states.session import SessionState

FACT_OF = {name: fact for fact, names in FACTS.items() for name in names}


def editable(name: str, label: rx.Var[str], value: Any, *fields: Any) -> rx.Component:
    """Return a fact with a pencil that turns it into `fields`; what is wrong with them stands under them."""
    return rx.cond(
        GeneralState.editing.contains(name),
        _opened(name, label, *fields),
        fact(label, value, rx.cond(SessionState.may_edit, _pencil(name, label))),
    )


def number(
    name: str, *, step: str = "1", before: rx.Var[str] | str = "", behind: rx.Var[str] | str = ""
) -> rx.Component:
    """Return a small field for a number between two words, and what it was."""
    return rx.el.span(
        rx.el.span(before, class_name="muted") if not isinstance(before, str) else rx.fragment(),
        _field(name, type="number", step=step, input_mode="decimal", looks="field--num"),
        rx.el.span(behind, class_name="muted") if not isinstance(behind, str) else rx.fragment(),
        _was(name),
        class_name="row",
    )


def words(name: str, *, max_length: int, mono: bool = False) -> rx.Component:
    """Return a field for one line of text."""
    return _field(name, max_length=max_length, spell_check=False, looks=f"grow{' mono' if mono else ''}")


def choice(name: str, options: rx.Var[list[str]]) -> rx.Component:
    """Return a choice among texts."""
    return rx.fragment(
        _field(name, rx.foreach(options, lambda each: rx.el.option(each, value=each)), kind="select", looks=""),
        _was(name),
    )


def variables() -> rx.Component:
    """Return the editor of environment variables."""
    return env_editor(
        "env",
        url=f"/api/v1/deployments/{CardState.card.slug}",
        error=_wrong("env"),
        back="pencil-env",
        on_note=lambda changes: GeneralState.note("env", changes),
        on_cancel=GeneralState.undo("env"),
    )


def _opened(name: str, label: rx.Var[str], *fields: Any) -> rx.Component:
    errors = [
        rx.cond(_wrong(each) != "", form_error(_wrong(each), data_testid=f"wrong-{each}"))
        for each in FACTS[name]
        if each != "env"  # its editor says it itself
    ]
    undo = icon_button("undo-2", t("general.undo", what=label), small=True, on_click=GeneralState.undo(name))
    return rx.el.div(
        rx.el.dt(label),
        rx.el.dd(
            rx.el.div(*fields, class_name="fact__fields"),
            rx.el.span(undo, class_name="end", data_testid=f"undo-{name}"),
            rx.el.div(*errors, class_name="fact__errors"),
        ),
        class_name=f"fact fact--edit fact--{name}",
    )


def _pencil(name: str, label: rx.Var[str]) -> rx.Component:
    pencil = icon_button(
        "pencil",
        t("general.edit", what=label),
        small=True,
        on_click=GeneralState.edit(name),
        id=f"pencil-{name}",
        data_testid=f"edit-{name}-pencil",
    )
    return rx.el.span(pencil, class_name="end")


def _field(name: str, *children: Any, looks: str, kind: str = "input", **props: Any) -> rx.Component:
    fact = FACT_OF[name]
    changed, wrong = GeneralState.edited.contains(name), _wrong(name) != ""
    state = rx.cond(wrong, "field--error", rx.cond(changed, "field--changed", ""))
    return EditField.create(
        *children,
        kind=kind,
        name=name,
        default_value=rx.cond(GeneralState.draft.contains(name), GeneralState.draft[name], GeneralState.begun[name]),
        focus=FACTS[fact][0] == name,
        back=f"pencil-{fact}",
        on_note=lambda typed: GeneralState.note(name, typed),
        on_cancel=GeneralState.undo(fact),
        class_name=f"field field--s {looks} {state}",
        aria_label=t(f"field.{name}"),
        aria_invalid=wrong,
        data_testid=f"edit-{name}",
        **props,
    )


def _was(name: str) -> rx.Component:
    return rx.cond(
        GeneralState.edited.contains(name),
        rx.el.span(
            t("general.was", before=GeneralState.begun[name]), class_name="muted small", data_testid=f"was-{name}"
        ),
    )


def _wrong(name: str) -> rx.Var[str]:
    return wrong_in(GeneralState.wrong, name)
