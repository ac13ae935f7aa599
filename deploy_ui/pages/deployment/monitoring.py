"""The Monitoring tab: charts, the request log, alerts, and Grafana where there is one."""

import reflex as rx

from deploy_ui.components.subtabs import subtabs
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.alerts import alerts
from deploy_ui.pages.deployment.charts import charts
from deploy_ui.pages.deployment.grafana import grafana
from deploy_ui.pages.deployment.request_log import request_log
from deploy_ui.states.deployment.monitoring import FIRST_VIEW, VIEWS, MonitoringState


def monitoring() -> rx.Component:
    """Return the tab."""
    views = {"requests": request_log, "alerts": alerts, "grafana": grafana}
    return rx.el.section(
        rx.cond(MonitoringState.with_grafana, _views(VIEWS), _views(VIEWS[:-1])),
        rx.match(MonitoringState.view, *((name, view()) for name, view in views.items()), charts()),
        class_name="content content--wide monitoring",
        data_testid="monitoring",
    )


def _views(names: tuple[str, ...]) -> rx.Component:
    words = {name: t(f"monitoring.{name}") for name in names or (FIRST_VIEW,)}
    return subtabs(words, MonitoringState.view, MonitoringState.choose, prefix="view")
