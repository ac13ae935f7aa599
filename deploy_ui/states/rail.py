"""The counts in the rail."""

import asyncio

import reflex as rx

from deploy_ui.enums import Phase
from deploy_ui.services import deployments, images
from deploy_ui.states.session import live


class RailState(rx.State):
    """How many there are of each; 0 is not shown."""

    deployments: int = 0
    images: int = 0

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the counts true while a page is open."""
        async for viewer in live(self, "deployments", "images"):
            by_phase = await asyncio.to_thread(deployments.counts, viewer)
            by_status = await asyncio.to_thread(images.counts, viewer)
            async with self:
                self.deployments = sum(by_phase.values()) - by_phase.get(Phase.DELETED, 0)
                self.images = sum(by_status.values())
