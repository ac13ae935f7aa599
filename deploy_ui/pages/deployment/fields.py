"""Facts that become fields in place."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import icon_button
from deploy_ui.components.forms import form_error
from deploy_ui.components.layout import fact
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.general import GeneralState
from deploy_ui.states.session import SessionState


def editable(
    name: str, label: rx.Var[str], value: Any, field: rx.Component, *, fields: tuple[str, ...] = ()
) -> rx.Component:
    """Return a fact with a pencil that turns it into `field`; what is wrong with `fields` stands behind it."""
    pencil = rx.cond(
        SessionState.may_edit & ~CardState.gone,
        icon_button(
            "pencil",
            t("general.edit", what=label),
            small=True,
            on_click=GeneralState.edit(name),
            data_testid=f"edit-{name}-pencil",
        ),
    )
    errors = [
        rx.cond(GeneralState.wrong.contains(each), form_error(GeneralState.wrong[each], data_testid=f"wrong-{each}"))
        for each in fields or (name,)
    ]
    return rx.cond(
        GeneralState.editing.contains(name),
        fact(label, field, *errors),
        fact(label, value, rx.el.span(pencil, class_name="end")),
    )


def number(name: str, value: rx.Var[Any], *, step: str = "1") -> rx.Component:
    """Return a small field for a number."""
    return rx.el.input(
        type="number",
        step=step,
        default_value=value.to(str),
        on_blur=lambda typed: GeneralState.note(name, typed),
        class_name="field field--s field--num",
        aria_label=t(f"field.{name}"),
        data_testid=f"edit-{name}",
    )


def words(name: str, value: rx.Var[str], *, max_length: int) -> rx.Component:
    """Return a field for one line of text."""
    return rx.el.input(
        default_value=value,
        max_length=max_length,
        on_blur=lambda typed: GeneralState.note(name, typed),
        class_name="field field--s grow",
        aria_label=t(f"field.{name}"),
        data_testid=f"edit-{name}",
    )
