"""What a person does to an image: build again, cancel, delete."""

import asyncio

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.services import image_usage, images, rebuilds
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.session import signed_in


class ImageActions(rx.State):
    """The verbs, and the question before a deletion."""

    asked_id: str = ""
    """The image that the open question is about; empty: no question is open."""
    asked_name: str = ""
    users: list[UsageRow] = []
    """Deployments that use it: while there are any it cannot be deleted."""

    @rx.var
    def may_delete(self) -> bool:
        """Whether the question is open and nothing stands against it."""
        return bool(self.asked_id) and not self.users

    @rx.var
    def barred(self) -> bool:
        """Whether the question is open, and its answer is that it is in use."""
        return bool(self.asked_id) and bool(self.users)

    @rx.event
    @signed_in
    async def rebuild(self, viewer: Viewer, image_id: str) -> EventSpec | None:
        """Build it again, and show how that goes."""
        card = await asyncio.to_thread(rebuilds.again, viewer, image_id)
        return rx.redirect(f"/images/{card.id}/logs")

    @rx.event
    @signed_in
    async def cancel(self, viewer: Viewer, image_id: str) -> None:
        """End its build."""
        card = await asyncio.to_thread(images.cancel, viewer, image_id)
        await notices.say(self, "image.cancels", name=card.name)

    @rx.event
    @signed_in
    async def ask_delete(self, viewer: Viewer, image_id: str) -> None:
        """Open the question."""
        card = await asyncio.to_thread(images.card, viewer, image_id)
        users = await asyncio.to_thread(image_usage.rows, viewer, image_id)
        self.users = [each for each in users if each.now]
        self.asked_id, self.asked_name = card.id, card.name

    @rx.event
    @signed_in
    async def keep(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close the question, which every page that could hold it does first; nothing is deleted."""
        self.asked_id = ""

    @rx.event
    @signed_in
    async def delete(self, viewer: Viewer) -> EventSpec | None:
        """Delete what the question is about, and go to the list."""
        if not self.asked_id:
            return None
        image_id, self.asked_id = self.asked_id, ""
        await asyncio.to_thread(images.delete, viewer, image_id)
        await notices.say(self, "image.deleted_now", name=self.asked_name)
        return rx.redirect("/images")
