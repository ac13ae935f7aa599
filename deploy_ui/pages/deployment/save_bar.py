"""The bar that floats over the General tab while something is not saved."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.icons import icon
from deploy_ui.components.status import word
from deploy_ui.components.when import when
from deploy_ui.enums import PlanStep, VariableChange
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.services.plans import Step
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.edits import FACTS, Edit
from deploy_ui.states.deployment.general import GeneralState

COUNTED = (PlanStep.REPLACED, PlanStep.STARTED, PlanStep.STOPPED, PlanStep.TRIED)
FIELDS = tuple(name for names in FACTS.values() for name in names)


STEPS = [each for each in PlanStep if each not in COUNTED]


def save_bar() -> rx.Component:
    """Return the bar, or nothing while nothing differs."""
    return rx.cond(
        GeneralState.edits.length() > 0,
        rx.el.div(
            rx.cond(_overtaken(), _conflict()),
            rx.el.div(
                rx.el.div(t_count("general.unsaved", GeneralState.edits.length()), class_name="strong"),
                rx.el.div(
                    rx.foreach(GeneralState.edits, _edit),
                    _effect(),
                    class_name="muted small savebar__words",
                    data_testid="effect",
                ),
                class_name="grow",
            ),
            _buttons(),
            class_name="savebar",
            data_testid="save-bar",
        ),
    )


def _buttons() -> rx.Component:
    save = {"type": "submit", "disabled": GeneralState.wrong.length() > 0}
    on_top = GeneralState.accept(CardState.card.generation)
    return rx.cond(
        _overtaken(),
        rx.fragment(
            button(t("general.take_theirs"), look="ghost", on_click=GeneralState.discard, data_testid="take-theirs"),
            button(t("general.save_on_top"), look="primary", on_click=on_top, data_testid="save-on-top", **save),
        ),
        rx.fragment(
            button(t("general.discard"), look="ghost", on_click=GeneralState.discard, data_testid="discard"),
            button(t("general.save"), look="primary", data_testid="save", **save),
        ),
    )


def _overtaken() -> Any:
    """Say whether the deployment was changed since editing began."""
    return (GeneralState.generation > 0) & (CardState.card.generation > GeneralState.generation)


def _conflict() -> rx.Component:
    card = CardState.card
    return rx.el.div(
        icon("triangle-alert", small=True),
        rx.el.span(t("general.overtaken", name=card.changed_by), " ", when(card.changed_at), ". "),
        rx.el.span(t("general.overtaken_help"), class_name="muted"),
        class_name="savebar__conflict small",
        role="alert",
        data_testid="conflict",
    )


def _edit(each: Edit) -> rx.Component:
    """Return one change in words, such as `Max instances 3 → 6`; of a secret variable only its name."""
    label = rx.match(each.field, *((name, t(f"field.{name}")) for name in FIELDS if name != "env"), "")
    values = rx.fragment(rx.cond(each.before != "", rx.fragment(each.before, " → ")), each.after)
    shown = (each.after != "") & (each.field != "name")
    words = rx.fragment(label, rx.cond(shown, rx.fragment(" ", values)), ". ")
    return rx.cond(each.field == "env", _variable(each, values), words)


def _variable(each: Edit, values: rx.Component) -> rx.Component:
    changed = rx.cond(each.after != "", values, word(VariableChange, "variable_change", each.change))
    return rx.cond(
        each.name != "",
        rx.fragment(rx.el.span(each.name, class_name="mono"), " ", changed, ". "),
        rx.fragment(t("field.env"), ". "),
    )


def _effect() -> rx.Component:
    new = GeneralState.new_revision
    saved = rx.cond(new > 0, rx.fragment(t("general.saved_as", revision=new), " "))
    told = rx.fragment(saved, rx.foreach(GeneralState.outlook, _step))
    return rx.cond(GeneralState.wrong.length() > 0, t("general.mend"), told)


def _step(each: Step) -> rx.Component:
    counted = ((step.value, t_count(f"plan.{step}", each.count)) for step in COUNTED)
    plain = ((step.value, t(f"plan.{step}")) for step in STEPS)
    return rx.fragment(rx.match(each.what, *counted, *plain, ""), " ")
