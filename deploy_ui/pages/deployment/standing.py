"""What a card says on top while the deployment does not run, and nothing is wrong: what a caller gets, what to do."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import duration
from deploy_ui.components.buttons import button
from deploy_ui.components.icons import icon
from deploy_ui.components.when import when
from deploy_ui.enums import Phase
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.session import SessionState


def standing() -> rx.Component:
    """Return the box of a deployment that is stopped or sleeps; nothing for others."""
    return rx.cond(CardState.at_rest, _stopped(), rx.cond(CardState.card.phase.to(str) == Phase.SLEEPING, _sleeping()))


def _stopped() -> rx.Component:
    code = rx.el.code("deployment_stopped", class_name="inline")
    return _box(
        "circle-stop",
        t("standing.stopped"),
        rx.fragment(t("standing.stopped_gets"), " ", code, ". ", t("standing.stopped_next")),
        rx.cond(SessionState.may_edit, start_button("standing-start")),
        data_testid="standing-stopped",
    )


def _sleeping() -> rx.Component:
    card = CardState.card
    return _box(
        "moon",
        rx.fragment(t("standing.sleeping"), " ", t("general.since"), " ", when(card.phase_since, clock=True)),
        t("standing.sleeping_next", time=duration(card.idle_timeout_s)),
        data_testid="standing-sleeping",
    )


def start_button(testid: str) -> rx.Component:
    """Return the button that starts the deployment of the card."""
    start = DeploymentActions.start(CardState.card.slug)
    return button(t("deployments.start"), icon_name="play", on_click=start, data_testid=testid)


def _box(icon_name: str, title: Any, words: Any, *action: Any, **props: Any) -> rx.Component:
    return rx.el.div(
        icon(icon_name),
        rx.el.div(rx.el.div(title, class_name="strong"), rx.el.p(words), class_name="standing__words"),
        *action,
        class_name="standing",
        role="note",
        **props,
    )
