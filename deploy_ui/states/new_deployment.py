"""The form of a new deployment."""

import asyncio
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.enums import Role
from deploy_ui.errors import AppError
from deploy_ui.services import deployments, images
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import forms, notices
from deploy_ui.states.session import signed_in

FIELD_OF = {
    "deployment_name_taken": "name",
    "image_not_found": "image",
    "image_unusable": "image",
}
"""Where an error is shown that does not name its field itself."""


class NewDeploymentState(rx.State):
    """What the form offers, and what is wrong with what was typed. The typed values stay in the browser."""

    image_names: list[str] = []
    image: str = ""
    """The image that is chosen at first."""
    loaded: bool = False
    wrong: dict[str, str] = {}
    busy: bool = False

    @rx.event
    @signed_in
    async def enter(self, viewer: Viewer) -> None:
        """Find the images that may be deployed; `?image=` chooses one."""
        page = await asyncio.to_thread(images.rows, viewer, limit=200)
        self.image_names = [row.name for row in page.items if forms.deployable(row.status)]
        asked = str(self.router.url.query_parameters.get("image", ""))
        self.image = asked if asked in self.image_names else next(iter(self.image_names), "")
        self.wrong, self.busy, self.loaded = {}, False, True

    @rx.event
    @signed_in
    async def submit(self, viewer: Viewer, typed: dict[str, Any]) -> EventSpec | None:
        """Create the deployment and open its card; what is wrong is said at its field."""
        viewer.require(Role.EDITOR)
        words = {name: str(value)[: forms.LONGEST] for name, value in typed.items()}
        try:
            card = await asyncio.to_thread(lambda: deployments.create(viewer, forms.new_deployment(words)))
        except AppError as error:
            field = str(error.facts.get("field") or FIELD_OF.get(error.code, ""))
            if not field:
                raise
            self.wrong = {field: await notices.in_words(self, error)}
            return None
        return rx.redirect(f"/deployments/{card.slug}/general")
