"""The Monitoring tab: which of its views is open. What they show comes past the state, or from states of their own."""

from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.services.monitoring import grafana
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import signed_in, viewer_of

FIRST_VIEW = "charts"
VIEWS = (FIRST_VIEW, "requests", "alerts", "grafana")
TIME = ("range", "since", "until")
"""Which time is looked at: every view says it so in the address."""


class MonitoringState(rx.State):
    """The open view."""

    shown_slug: str = ""
    view: str = FIRST_VIEW
    with_grafana: bool = False
    """Whether there is a Grafana to show."""
    grafana_url: str = ""
    """The address of the deployment's dashboard there."""
    kept_days: int = 0

    @rx.event
    async def follow(self) -> None:
        """Open the view that `?view=` in the address names."""
        if await open_tab(self, "monitoring"):
            self.kept_days, self.with_grafana = settings().metrics_days, bool(settings().grafana_url)
            viewer = await viewer_of(self) if self.with_grafana else None
            self.grafana_url = grafana.dashboard(viewer, self.shown_slug) if viewer else ""
            asked = str(self.router.url.query_parameters.get("view", FIRST_VIEW))
            known = VIEWS if self.with_grafana else VIEWS[:-1]
            self.view = asked if asked in known else FIRST_VIEW

    @rx.event
    @signed_in
    async def choose(self, viewer: Viewer, view: str) -> EventSpec | None:  # noqa: ARG002 - only people who are signed in
        """Open a view of the same time; the address names both, so that it can be sent to somebody."""
        if view not in VIEWS:
            return None
        self.view = view
        query = self.router.url.query_parameters
        kept = {"view": view} | {name: str(query[name]) for name in TIME if name in query}
        return rx.redirect(f"/deployments/{self.shown_slug}/monitoring?{urlencode(kept)}", replace=True)
