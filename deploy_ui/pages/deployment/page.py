"""The frame of a deployment's card: where it is, its name and status, what can be done, the tabs."""

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.layout import callout, skeleton
from deploy_ui.components.links import link
from deploy_ui.components.status import phase_status
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.general import general, general_skeleton
from deploy_ui.pages.deployment.gone import gone
from deploy_ui.pages.deployment.instances import instances
from deploy_ui.pages.deployment.keys import keys
from deploy_ui.pages.deployment.logs import logs
from deploy_ui.pages.deployment.test import test
from deploy_ui.pages.deployment_actions import actions_menu, delete_question
from deploy_ui.pages.shell import crumbs, shell
from deploy_ui.states.deployment.card import FIRST_TAB, CardState
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.session import SessionState

TABS = (("general", general), ("instances", instances), ("test", test), ("logs", logs), ("keys", keys))
"""Every tab: its name in the address, and what it shows."""
TITLE = rx.cond(CardState.card, CardState.card.name, t("nav.deployments"))


def deployment() -> rx.Component:
    """Return the page."""
    return shell(
        rx.cond(CardState.problem != "", _missing(), rx.fragment(_head(), _tabs(), _content())),
        delete_question(),
        section="deployments",
    )


def _missing() -> rx.Component:
    return rx.el.section(
        callout(CardState.problem, " ", link(t("not_found.back"), to="/deployments", class_name="link"), kind="error"),
        class_name="content",
        data_testid="card-missing",
    )


def _head() -> rx.Component:
    return rx.el.header(
        crumbs((t("nav.deployments"), "/deployments"), here=rx.State.slug),
        rx.el.div(
            rx.cond(_here(), _title(), skeleton(width="240px", height="20px")),
            class_name="titleline",
        ),
        class_name="page__head",
    )


def _title() -> rx.Component:
    card = CardState.card
    return rx.fragment(
        rx.el.h1(card.name, class_name="title ellipsis", title=card.name, data_testid="title"),
        rx.el.div(
            phase_status(card.phase, card.reason),
            rx.cond(
                ~CardState.at_rest,
                rx.fragment(
                    rx.el.span("·", class_name="sep muted"),
                    rx.el.span(t("card.ready", ready=card.ready_instances, wanted=card.wanted_instances)),
                ),
            ),
            class_name="titleline__facts",
        ),
        rx.el.div(rx.cond(SessionState.may_edit & ~CardState.gone, _actions()), class_name="titleline__actions"),
    )


def _actions() -> rx.Component:
    card = CardState.card
    return rx.fragment(
        rx.cond(
            CardState.at_rest,
            button(
                t("deployments.start"),
                icon_name="play",
                on_click=DeploymentActions.start(card.slug),
                data_testid="card-start",
            ),
            button(
                t("deployments.stop"),
                icon_name="circle-stop",
                on_click=DeploymentActions.stop(card.slug),
                data_testid="card-stop",
            ),
        ),
        actions_menu(
            card,
            icon_button("ellipsis", t("common.actions_for", name=card.name), outline=True, data_testid="card-menu"),
        ),
    )


def _tabs() -> rx.Component:
    """Return the tabs; a deleted deployment has the first only."""
    first, *others = (_tab(name) for name, _ in TABS)
    return rx.el.nav(first, rx.cond(~CardState.gone, rx.fragment(*others)), class_name="tabs", role="tablist")


def _tab(name: str) -> rx.Component:
    return link(
        t(f"card.tab.{name}"),
        to=f"/deployments/{rx.State.slug}/{name}",
        class_name="tab",
        role="tab",
        aria_selected=rx.cond(_open_tab() == name, "true", "false"),
        data_testid=f"tab-{name}",
    )


def _content() -> rx.Component:
    return rx.cond(_here(), _tab_content(), rx.cond(_open_tab() == "general", general_skeleton()))


def _here() -> rx.Var[bool]:
    """Whether the card is that of the deployment in the address: right after a step to another it is not yet."""
    return CardState.card.slug == rx.State.slug


def _tab_content() -> rx.Component:
    return rx.cond(CardState.gone, gone(), rx.match(_open_tab(), *((name, view()) for name, view in TABS), _no_tab()))


def _no_tab() -> rx.Component:
    return rx.el.section(callout(t("card.no_tab")), class_name="content")


def _open_tab() -> rx.Var[str]:
    return rx.cond(rx.State.tab, rx.State.tab, FIRST_TAB)
