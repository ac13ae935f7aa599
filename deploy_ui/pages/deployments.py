"""The list of deployments."""

import reflex as rx

from deploy_ui.components.buttons import icon_button
from deploy_ui.components.links import link
from deploy_ui.components.sparkline import sparkline
from deploy_ui.components.status import phase_status, phase_word
from deploy_ui.components.tables import Column, row
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.alert_words import bell
from deploy_ui.pages.deployment_actions import actions_menu, delete_question
from deploy_ui.pages.first_steps import first_steps
from deploy_ui.pages.listing import ListView, list_page
from deploy_ui.services.cards import DeploymentRow
from deploy_ui.states.deployments import DeploymentsState
from deploy_ui.states.rail import RailState

COLUMNS = (
    Column(t("deployments.name"), area="name"),
    Column(t("deployments.status"), width="216px", area="status"),
    Column(t("deployments.image"), width="128px", area="image"),
    Column(t("deployments.instances"), width="100px", right=True, area="inst"),
    Column(t("deployments.requests"), width="168px", right=True, area="spark", spare=1),
    Column(t("deployments.activity"), width="136px", right=True, area="last"),
    Column("", width="44px", area="menu"),
)


def deployments() -> rx.Component:
    """Return the page."""
    creatable = (DeploymentsState.total > 0) | (RailState.images > 0)
    view = ListView("deployments", DeploymentsState, COLUMNS, _row, phase_word, first_steps, creatable)
    return list_page(view, delete_question())


def _row(each: DeploymentRow) -> rx.Component:
    return row(
        COLUMNS,
        [
            rx.el.span(
                link(each.name, to=f"/deployments/{each.slug}/general", title=each.name, class_name="rowlink ellipsis"),
                bell(each.slug, each.alerts),
                class_name="belled",
            ),
            phase_status(each.phase, each.reason),
            link(each.image_name, to=f"/images/{each.image_id}/info", title=each.image_name, class_name="mono over"),
            rx.el.span(each.ready_instances, " / ", each.wanted_instances, title=t("deployments.instances_help")),
            sparkline(DeploymentsState.sparks[each.slug], data_testid="spark"),
            when(each.last_request_at),
            actions_menu(
                each,
                icon_button("ellipsis", t("common.actions_for", name=each.name), small=True, data_testid="actions"),
            ),
        ],
        key=each.slug,
        data_testid="deployment",
        data_slug=each.slug,
    )
