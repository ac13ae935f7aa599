"""The charts view of the Monitoring tab."""

import reflex as rx

from deploy_ui.components.chart_pane import chart_pane
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.monitoring import MonitoringState


def charts() -> rx.Component:
    """Return the view."""
    return chart_pane(
        MonitoringState.shown_slug,
        gone=CardState.gone,
        days=MonitoringState.kept_days,
        grafana=MonitoringState.grafana_url,
    )
