"""What a person does to an image: build again, cancel, delete."""

import asyncio
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.errors import AppError
from deploy_ui.services import image_usage, images, rebuilds
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.image.usage import UsageLine, losses
from deploy_ui.states.session import signed_in, viewer_of

LONGEST_NAME = 100


class ImageActions(rx.State):
    """The verbs, and the questions before them."""

    asked_id: str = ""
    """The image that the open question is about; empty: no question is open."""
    asked_name: str = ""
    users: list[UsageRow] = []
    """Deployments that use it: while there are any it cannot be deleted."""
    lost: list[UsageLine] = []
    """Deployments that could not be rolled back to it any more."""

    anew_id: str = ""
    """The image that a new one is about to be made of; empty: nobody asked."""
    anew_from: str = ""
    anew_name: str = ""
    """The name that is offered for the new one."""
    anew_wrong: str = ""
    """What is wrong with the name."""
    copying: bool = False

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
        """Build it again as it is, and show how that goes."""
        card = await asyncio.to_thread(rebuilds.again, viewer, image_id)
        return rx.redirect(f"/images/{card.id}/logs")

    @rx.event
    @signed_in
    async def ask_anew(self, viewer: Viewer, image_id: str) -> None:
        """Ask how a new image of the same files is to be called."""
        name = await asyncio.to_thread(rebuilds.free_name, viewer, image_id)
        card = await asyncio.to_thread(images.card, viewer, image_id)
        self.anew_id, self.anew_from, self.anew_name, self.anew_wrong = card.id, card.name, name, ""

    @rx.event(background=True)
    async def build_anew(self, typed: dict[str, Any]) -> EventSpec | None:
        """Make the new image and show its build; copying its files may take a while."""
        async with self:
            viewer, image_id = await viewer_of(self), self.anew_id
            if viewer is None or not image_id or self.copying:
                return None
            self.anew_name, self.anew_wrong, self.copying = str(typed.get("name", ""))[:LONGEST_NAME], "", True
            name = self.anew_name.strip()
        try:
            card = await asyncio.to_thread(rebuilds.anew, viewer, image_id, name)
        except AppError as error:
            async with self:
                self.anew_wrong = await notices.in_words(self, error)
            return None
        finally:
            async with self:
                self.copying = False
        async with self:
            waited, self.anew_id = self.anew_id == image_id, ""
            if not waited:
                await notices.say(self, "image.built_anew", name=card.name)
        return rx.redirect(f"/images/{card.id}/logs") if waited else None

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
        rows = await asyncio.to_thread(image_usage.rows, viewer, image_id)
        self.users, self.lost = [each for each in rows if each.now], losses(rows)
        self.asked_id, self.asked_name = card.id, card.name

    @rx.event
    @signed_in
    async def keep(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close the questions, which every page that could hold them does first; nothing is done."""
        self.asked_id = self.anew_id = ""

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
