"""The ⋮ menu of a deployment and the question before it is deleted."""

import reflex as rx

from deploy_ui.components.dialogs import confirm
from deploy_ui.components.forms import form_row
from deploy_ui.components.menus import menu_item, menu_line
from deploy_ui.enums import Phase
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.session import SessionState

AT_REST = (Phase.STOPPED, Phase.STOPPING)


def menu_items(slug: rx.Var[str], phase: rx.Var[str]) -> list[rx.Component]:
    """Return what a ⋮ menu offers for one deployment; a viewer sees it disabled."""
    at_rest = (phase == AT_REST[0]) | (phase == AT_REST[1])
    barred = ~SessionState.may_edit
    return [
        rx.cond(
            at_rest,
            menu_item(
                t("deployments.start"),
                icon_name="play",
                on_select=DeploymentActions.start(slug),
                disabled=barred,
                data_testid="start",
            ),
            menu_item(
                t("deployments.stop"),
                icon_name="circle-stop",
                on_select=DeploymentActions.stop(slug),
                disabled=barred,
                data_testid="stop",
            ),
        ),
        menu_line(),
        menu_item(
            t("deployments.delete"),
            icon_name="trash-2",
            on_select=DeploymentActions.ask_delete(slug),
            danger=True,
            disabled=barred,
            data_testid="delete",
        ),
    ]


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
