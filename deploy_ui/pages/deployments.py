"""The list of deployments."""

import reflex as rx

from deploy_ui.components.buttons import button, button_link, icon_button
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.links import link
from deploy_ui.components.menus import menu
from deploy_ui.components.status import phase_status, phase_word
from deploy_ui.components.tables import Column, chip, chips, data_table, row, search_field, skeleton_rows, toolbar
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment_actions import delete_question, menu_items
from deploy_ui.pages.first_steps import first_steps
from deploy_ui.pages.shell import list_head, shell
from deploy_ui.services.cards import DeploymentRow
from deploy_ui.states.deployments import DeploymentsState
from deploy_ui.states.session import SessionState

COLUMNS = (
    Column(t("deployments.name"), area="name"),
    Column(t("deployments.status"), width="264px", area="status"),
    Column(t("deployments.image"), width="184px", area="image"),
    Column(t("deployments.instances"), width="96px", right=True, area="inst"),
    Column(t("deployments.activity"), width="112px", right=True, area="last"),
    Column("", width="44px", area="menu"),
)


def deployments() -> rx.Component:
    """Return the page."""
    return shell(
        list_head(t("nav.deployments"), _summary(), action=_create()),
        rx.el.section(
            rx.cond(
                DeploymentsState.problem != "",
                _failed(),
                rx.cond(
                    DeploymentsState.loaded & (DeploymentsState.total == 0) & ~DeploymentsState.narrowed,
                    first_steps(),
                    rx.fragment(_toolbar(), _table(), _foot()),
                ),
            ),
            class_name="content content--wide content--list page__body",
        ),
        delete_question(),
        section="deployments",
    )


def _create() -> rx.Component:
    return rx.cond(
        SessionState.may_edit & (DeploymentsState.total > 0),
        button_link(
            t("deployments.create"),
            "/deployments/new",
            look="primary",
            icon_name="plus",
            data_testid="create-deployment",
        ),
    )


def _summary() -> rx.Component:
    return rx.cond(DeploymentsState.total > 0, rx.el.span(t_count("deployments.count", DeploymentsState.total)))


def _toolbar() -> rx.Component:
    return toolbar(
        search_field(DeploymentsState.search, DeploymentsState.look_for, t("deployments.search")),
        chips(
            chip(
                t("common.all"),
                DeploymentsState.total,
                pressed=DeploymentsState.phase == "",
                on_click=DeploymentsState.filter(""),
                data_testid="filter-all",
            ),
            rx.foreach(DeploymentsState.phases, _phase_chip),
            label=t("deployments.status"),
        ),
    )


def _phase_chip(phase: rx.Var[str]) -> rx.Component:
    return chip(
        phase_word(phase),
        DeploymentsState.counts[phase],
        status=phase,
        pressed=DeploymentsState.phase == phase,
        on_click=DeploymentsState.filter(phase),
        data_testid="filter-" + phase.to(str),
    )


def _table() -> rx.Component:
    return rx.cond(
        ~DeploymentsState.loaded,
        data_table(COLUMNS, skeleton_rows(COLUMNS), aria_busy=True),
        rx.cond(
            DeploymentsState.rows.length() > 0,
            data_table(COLUMNS, rx.foreach(DeploymentsState.rows, _row), data_testid="deployments"),
            _no_match(),
        ),
    )


def _row(each: DeploymentRow) -> rx.Component:
    return row(
        COLUMNS,
        [
            link(each.name, to=f"/deployments/{each.slug}/general", title=each.name, class_name="rowlink ellipsis"),
            phase_status(each.phase, each.reason),
            link(each.image_name, to=f"/images/{each.image_id}/info", title=each.image_name, class_name="mono over"),
            rx.el.span(each.ready_instances, " / ", each.wanted_instances, title=t("deployments.instances_help")),
            when(each.last_request_at),
            menu(
                icon_button("ellipsis", t("common.actions_for", name=each.name), small=True, data_testid="actions"),
                *menu_items(each.slug, each.phase),
            ),
        ],
        key=each.slug,
        data_testid="deployment",
        data_slug=each.slug,
    )


def _no_match() -> rx.Component:
    return empty_state(
        "search-x",
        t("deployments.no_match"),
        t("deployments.no_match_help"),
        rx.el.div(button(t("deployments.show_all"), on_click=DeploymentsState.clear), class_name="empty__actions"),
        data_testid="no-match",
    )


def _failed() -> rx.Component:
    return callout(rx.el.div(t("failure.title"), class_name="strong"), DeploymentsState.problem, kind="error")


def _foot() -> rx.Component:
    paged = (DeploymentsState.cursors.length() > 0) | (DeploymentsState.next_cursor != "")
    return rx.cond(
        paged,
        rx.el.div(
            button(
                t("common.previous"),
                small=True,
                on_click=DeploymentsState.back,
                disabled=DeploymentsState.cursors.length() == 0,
            ),
            button(
                t("common.next"),
                small=True,
                on_click=DeploymentsState.forward,
                disabled=DeploymentsState.next_cursor == "",
            ),
            class_name="tablefoot",
        ),
    )
