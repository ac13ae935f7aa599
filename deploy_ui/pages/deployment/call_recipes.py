"""The dialog with programs that call asynchronously, to start from."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.dialogs import dialog
from deploy_ui.components.links import text_link
from deploy_ui.components.subtabs import subtabs
from deploy_ui.i18n.ui import t
from deploy_ui.services.calls.recipes import NAMES, Recipe
from deploy_ui.states.deployment.call_recipes import CallRecipesState

WORDS = {"bash": "bash", "python": "Python"}


def recipes_button(*, primary: bool = False) -> rx.Component:
    """Return the button that opens the dialog."""
    return button(
        t("calls.how_to"),
        look="primary" if primary else "outline",
        icon_name="terminal",
        on_click=CallRecipesState.open(""),
        data_testid="how-to-call",
    )


def call_recipes() -> rx.Component:
    """Return the dialog."""
    keys = text_link(t("calls.recipes.keys"), f"/deployments/{rx.State.slug}/keys")
    return dialog(
        t("calls.recipes.title"),
        rx.el.p(t("calls.recipes.words"), " ", keys, class_name="dialog__words"),
        subtabs(
            WORDS,
            CallRecipesState.language,
            CallRecipesState.open,
            prefix="recipes",
            class_name="subtabs recipes__tabs",
        ),
        rx.foreach(CallRecipesState.recipes, _recipe),
        is_open=CallRecipesState.recipes.length() > 0,
        on_close=CallRecipesState.close,
        actions=[button(t("common.close"), on_click=CallRecipesState.close)],
        wide=True,
        data_testid="recipes",
    )


def _recipe(each: Recipe) -> rx.Component:
    title = rx.match(each.name, *((name, t(f"calls.recipes.{name}")) for name in NAMES), "")
    return rx.el.section(
        rx.el.div(
            rx.el.h3(title, class_name="h2 ellipsis"),
            rx.el.span(each.file, class_name="mono small muted"),
            rx.el.span(class_name="grow"),
            copy_icon(each.text, data_testid=f"copy-recipe-{each.name}"),
            class_name="panel__head",
        ),
        rx.el.pre(each.text, class_name="recipe__text", tab_index=0),
        class_name="panel recipe",
        key=each.file,
        data_testid="recipe",
    )
