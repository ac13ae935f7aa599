"""What a person does to a deployment, from the list and from its card: start, stop, delete."""

import asyncio

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.services import deployments
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.session import signed_in


class DeploymentActions(rx.State):
    """The verbs, and the question before a deletion."""

    asked_slug: str = ""
    """The deployment that the open question is about; empty: no question is open."""
    asked_name: str = ""
    typed_name: str = ""

    @rx.var
    def asking(self) -> bool:
        """Whether the question is open."""
        return bool(self.asked_slug)

    @rx.var
    def confirmed(self) -> bool:
        """Whether the name was typed as it is."""
        return self.typed_name.strip() == self.asked_name

    @rx.event
    @signed_in
    async def start(self, viewer: Viewer, slug: str) -> None:
        """Run it again."""
        card = await asyncio.to_thread(deployments.start, viewer, slug)
        await notices.say(self, "deployments.started", name=card.name)

    @rx.event
    @signed_in
    async def stop(self, viewer: Viewer, slug: str) -> None:
        """End its instances."""
        card = await asyncio.to_thread(deployments.stop, viewer, slug)
        await notices.say(self, "deployments.stopped", name=card.name)

    @rx.event
    @signed_in
    async def ask_delete(self, viewer: Viewer, slug: str) -> None:
        """Open the question."""
        card = await asyncio.to_thread(deployments.card, viewer, slug)
        self.asked_slug, self.asked_name, self.typed_name = card.slug, card.name, ""

    @rx.event
    @signed_in
    async def type_name(self, viewer: Viewer, typed: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Take what is typed to confirm."""
        self.typed_name = typed

    @rx.event
    @signed_in
    async def keep(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close the question, which every page that could hold it does first; nothing is deleted."""
        self.asked_slug = ""

    @rx.event
    @signed_in
    async def delete(self, viewer: Viewer) -> EventSpec | None:
        """Delete what the question is about, and go to the list."""
        if not (self.asked_slug and self.confirmed):
            return None
        slug, self.asked_slug = self.asked_slug, ""
        card = await asyncio.to_thread(deployments.delete, viewer, slug)
        await notices.say(self, "deployments.deleted", name=card.name)
        return rx.redirect("/deployments")
