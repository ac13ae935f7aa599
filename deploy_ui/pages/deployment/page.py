"""The card of a deployment: its name and status, what can be done, the tabs."""

import reflex as rx

from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.status import phase_status
from deploy_ui.enums import Phase
from deploy_ui.i18n.ui import t
from deploy_ui.pages.card import CardView, card_page, open_tab, tab_content
from deploy_ui.pages.deployment.alert_words import bell
from deploy_ui.pages.deployment.calls import calls
from deploy_ui.pages.deployment.general import general, general_skeleton
from deploy_ui.pages.deployment.gone import gone
from deploy_ui.pages.deployment.instances import instances
from deploy_ui.pages.deployment.keys import keys
from deploy_ui.pages.deployment.logs import logs
from deploy_ui.pages.deployment.monitoring import monitoring
from deploy_ui.pages.deployment.test import test
from deploy_ui.pages.deployment_actions import actions_menu, delete_question
from deploy_ui.pages.readme import readme
from deploy_ui.states.deployment.card import FIRST_TAB, KEPT_TABS, CardState
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.session import SessionState

TABS = (
    (FIRST_TAB, general),
    ("instances", instances),
    ("test", test),
    ("calls", calls),
    ("logs", logs),
    ("monitoring", monitoring),
    ("keys", keys),
    ("readme", lambda: readme("/api/v1/deployments/" + rx.State.slug + "/readme", deleted=CardState.gone)),
)
TITLE = rx.cond(CardState.card, CardState.card.name, t("nav.deployments"))


def deployment() -> rx.Component:
    """Return the page."""
    card = CardState.card
    here = card.slug == rx.State.slug  # right after a step to another deployment it is not yet
    counted = ~CardState.at_rest & (card.phase != Phase.SLEEPING)
    shown = rx.cond(CardState.gone & (open_tab(TABS) == FIRST_TAB), gone(), tab_content(TABS))
    view = CardView(
        section="deployments",
        texts="card.tab",
        here=rx.State.slug,
        card=card,
        loaded=here,
        problem=CardState.problem,
        facts=(phase_status(card.phase, card.reason), rx.cond(counted, _ready()), bell(card.slug, card.alerts)),
        actions=rx.cond(SessionState.may_edit & ~CardState.gone, _actions()),
        tabs=TABS,
        content=rx.cond(here, shown, rx.cond(open_tab(TABS) == FIRST_TAB, general_skeleton())),
        gone=CardState.gone,
        kept=KEPT_TABS,
    )
    return card_page(view, delete_question())


def _ready() -> rx.Component:
    card = CardState.card
    return rx.fragment(
        rx.el.span("·", class_name="sep muted"),
        rx.el.span(t("card.ready", ready=card.ready_instances, wanted=card.wanted_instances)),
    )


def _actions() -> rx.Component:
    card = CardState.card
    start, stop = DeploymentActions.start(card.slug), DeploymentActions.stop(card.slug)
    return rx.fragment(
        rx.cond(
            CardState.at_rest,
            button(t("deployments.start"), icon_name="play", on_click=start, data_testid="card-start"),
            button(t("deployments.stop"), icon_name="circle-stop", on_click=stop, data_testid="card-stop"),
        ),
        actions_menu(
            card,
            icon_button("ellipsis", t("common.actions_for", name=card.name), outline=True, data_testid="card-menu"),
        ),
    )
