"""The Grafana view of the Monitoring tab: the deployment's dashboard, or why it cannot be shown."""

import reflex as rx
from reflex.style import resolved_color_mode

from deploy_ui.components.buttons import button
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import empty_state, skeleton
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.grafana import GrafanaState

SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox"
"""Grafana needs its own origin and scripts; it cannot lead this page elsewhere."""


def grafana() -> rx.Component:
    """Return the view."""
    return rx.el.div(
        rx.cond(
            GrafanaState.checked,
            rx.cond(GrafanaState.problem, _problem(), _dashboard()),
            rx.el.div(skeleton(height="480px"), data_testid="grafana-waits"),
        ),
        class_name="grafana",
        data_testid="monitoring-grafana",
    )


def _dashboard() -> rx.Component:
    theme = rx.cond(resolved_color_mode == "dark", "&theme=dark", "&theme=light")
    return rx.fragment(
        rx.el.div(
            rx.el.p(t("grafana.hint"), class_name="small muted grow"),
            _outside("btn--s"),
            class_name="grafana__head",
        ),
        rx.el.iframe(
            src=GrafanaState.dashboard + "&kiosk" + theme,
            title=t("grafana.title"),
            sandbox=SANDBOX,
            referrer_policy="no-referrer",
            class_name="grafana__frame",
            data_testid="grafana-frame",
        ),
    )


def _problem() -> rx.Component:
    return empty_state(
        "unplug",
        t("grafana.not_shown"),
        GrafanaState.problem,
        rx.el.p(t("grafana.rest_works"), class_name="small muted"),
        rx.el.div(
            button(
                t("grafana.again"), icon_name="refresh-cw", on_click=GrafanaState.follow, data_testid="grafana-again"
            ),
            _outside(),
            class_name="empty__actions",
        ),
        data_testid="grafana-problem",
    )


def _outside(size: str = "") -> rx.Component:
    return rx.el.a(
        icon("external-link"),
        t("grafana.open"),
        href=GrafanaState.dashboard,
        target="_blank",
        rel="noopener noreferrer",
        class_name=f"btn btn--outline {size}",
        data_testid="grafana-open",
    )
