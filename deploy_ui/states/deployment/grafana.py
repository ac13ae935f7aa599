"""The Grafana view of the Monitoring tab: whether there is something to show. The dashboard itself comes from there."""

import asyncio

import reflex as rx

from deploy_ui.services.monitoring import grafana
from deploy_ui.settings import settings
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import viewer_of


class GrafanaState(rx.State):
    """Where the dashboard is, and why it cannot be shown."""

    shown_slug: str = ""
    address: str = ""
    """Of Grafana, as people know it."""
    dashboard: str = ""
    """The address of the deployment's dashboard."""
    problem: str = ""
    checked: bool = False
    """Whether it is known that Grafana answers, or why not."""

    @rx.event(background=True)
    async def follow(self) -> None:
        """Ask Grafana whether it is well, while the view is open. The page does not wait for the answer."""
        async with self:
            slug = await open_tab(self, "monitoring")
            query = {name: str(value) for name, value in self.router.url.query_parameters.items()}
            asked = query.get("view") == "grafana" and bool(settings().grafana_url)
            self.checked = False
        viewer = await viewer_of(self) if slug and asked else None
        if viewer is None:
            return
        address = grafana.dashboard(viewer, slug, query)
        trouble = await asyncio.to_thread(grafana.trouble, viewer)
        async with self:
            self.address, self.dashboard = settings().grafana_url, address
            self.problem = await in_words(self, trouble) if trouble else ""
            self.checked = True
