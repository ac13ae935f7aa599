"""The ⋮ menu of a deployment and the question before it is deleted."""

from typing import Any

import reflex as rx

from deploy_ui.components.dialogs import confirm
from deploy_ui.components.forms import form_row
from deploy_ui.components.menus import menu, menu_item, menu_line
from deploy_ui.enums import Wish
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.session import SessionState


def actions_menu(each: rx.Var[Any], trigger: rx.Component) -> rx.Component:
    """Return the ⋮ menu of a deployment; nothing for people who may not change it, and for a deleted one."""
    wish = each.wish.to(str)
    return rx.cond(
        SessionState.may_edit & (wish != Wish.DELETE),
        menu(
            trigger,
            rx.cond(wish == Wish.STOP, _start(each.slug), _stop(each.slug)),
            menu_line(),
            menu_item(
                t("deployments.delete"),
                icon_name="trash-2",
                on_select=DeploymentActions.ask_delete(each.slug),
                danger=True,
                data_testid="delete",
            ),
        ),
    )


def _start(slug: rx.Var[str]) -> rx.Component:
    start = DeploymentActions.start(slug)
    return menu_item(t("deployments.start"), icon_name="play", on_select=start, data_testid="start")


def _stop(slug: rx.Var[str]) -> rx.Component:
    stop = DeploymentActions.stop(slug)
    return menu_item(t("deployments.stop"), icon_name="circle-stop", on_select=stop, data_testid="stop")


def delete_question() -> rx.Component:
    """Return the dialog; a page with these actions holds it once."""
    return confirm(
        t("deployments.delete_title", name=DeploymentActions.asked_name),
        t("deployments.delete_words"),
        form_row(
            "confirm-name",
            t("deployments.delete_type", name=DeploymentActions.asked_name),
            rx.el.input(
                id="confirm-name",
                class_name="field",
                value=DeploymentActions.typed_name,
                on_change=DeploymentActions.type_name,
                auto_complete="off",
            ),
        ),
        is_open=DeploymentActions.asking,
        on_close=DeploymentActions.keep,
        on_confirm=DeploymentActions.delete,
        verb=t("deployments.delete_verb"),
        disabled=~DeploymentActions.confirmed,
    )
