"""The form of a new deployment."""

import asyncio
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Invalid
from deploy_ui.services import deployments, images
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import forms, notices
from deploy_ui.states.session import signed_in

BESIDE = {"min_instances": "max_instances", "max_instances": "min_instances"}
"""Fields that may be wrong because of each other: leaving one judges both anew."""


class NewDeploymentState(rx.State):
    """What the form offers, and what is wrong with what was typed. The typed values stay in the browser."""

    image_names: list[str] = []
    image: str = ""
    """The image that is chosen at first."""
    loaded: bool = False
    wrong: dict[str, str] = {}
    """What is wrong, by field."""
    busy: bool = False

    @rx.event
    @signed_in
    async def enter(self, viewer: Viewer) -> None:
        """Find the images that may be deployed; `?image=` chooses one."""
        page = await asyncio.to_thread(images.rows, viewer, limit=200)
        self.image_names = [row.name for row in page.items if row.status.usable]
        asked = str(self.router.url.query_parameters.get("image", ""))
        self.image = asked if asked in self.image_names else next(iter(self.image_names), "")
        self.wrong, self.busy, self.loaded = {}, False, True

    @rx.event
    @signed_in
    async def check(self, viewer: Viewer, name: str, typed: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Say what is wrong with one field as soon as it is left; an empty one is judged on submitting."""
        _, wrong = forms.new_deployment({name: typed})
        judged = {name, BESIDE.get(name)}
        known = {field: words for field, words in self.wrong.items() if field not in judged}
        if typed.strip() and name in wrong:
            known[name] = await notices.in_words(self, wrong[name])
        self.wrong = known

    @rx.event
    @signed_in
    async def begin(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Say that it is being created."""
        self.busy = True

    @rx.event
    @signed_in
    async def submit(self, viewer: Viewer, typed: dict[str, Any]) -> EventSpec | None:
        """Create the deployment and open its card; everything that is wrong is said at its field."""
        self.busy = False
        viewer.require(Role.EDITOR)
        new, wrong = forms.new_deployment(typed)
        await self._say(wrong)
        if wrong:
            return None
        try:
            card = await asyncio.to_thread(deployments.create, viewer, new)
        except AppError as error:
            field = forms.field_of(error)
            if not field:
                raise
            await self._say({field: error})
            return None
        return rx.redirect(f"/deployments/{card.slug}/general")

    async def _say(self, wrong: dict[str, Invalid] | dict[str, AppError]) -> None:
        self.wrong = {name: await notices.in_words(self, problem) for name, problem in wrong.items()}
