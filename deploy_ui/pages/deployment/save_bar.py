"""The bar that floats over the General tab while something is not saved."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.edits import FACTS, Edit
from deploy_ui.states.deployment.general import GeneralState

FIELDS = tuple(name for names in FACTS.values() for name in names)


def save_bar() -> rx.Component:
    """Return the bar, or nothing while nothing differs."""
    return rx.cond(
        GeneralState.edits.length() > 0,
        rx.el.div(
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
            button(t("general.discard"), look="ghost", on_click=GeneralState.discard, data_testid="discard"),
            rx.el.button(
                t("general.save"),
                type="submit",
                class_name="btn btn--primary",
                disabled=GeneralState.wrong.length() > 0,
                data_testid="save",
            ),
            class_name="savebar",
            data_testid="save-bar",
        ),
    )


def _edit(each: Edit) -> rx.Component:
    """Return one change in words, such as `Max instances 3 → 6`."""
    label = rx.match(each.field, *((name, t(f"field.{name}")) for name in FIELDS), "")
    values = rx.fragment(rx.cond(each.before != "", rx.fragment(each.before, " → ")), each.after)
    return rx.fragment(label, rx.cond((each.after != "") & (each.field != "name"), rx.fragment(" ", values)), ". ")


def _effect() -> rx.Component:
    return rx.cond(
        GeneralState.wrong.length() > 0,
        t("general.mend"),
        rx.fragment(
            rx.cond(
                GeneralState.revision > CardState.card.revision,
                rx.fragment(t("general.saved_as", revision=GeneralState.revision), " "),
            ),
            rx.cond(
                GeneralState.restarts > 0, t_count("general.restarts", GeneralState.restarts), t("general.no_restart")
            ),
        ),
    )
