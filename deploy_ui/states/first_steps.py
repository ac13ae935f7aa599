"""What an empty installation offers to try."""

import asyncio

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.errors import AppError
from deploy_ui.i18n.catalog import text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import examples, first_steps
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.session import signed_in, viewer_of


class FirstStepsState(rx.State):
    """Which example is chosen."""

    example: str = ""
    """Empty: the first."""
    busy: bool = False

    @rx.event
    @signed_in
    async def choose(self, viewer: Viewer, example: str) -> None:  # noqa: ARG002 -- only people who are signed in
        """Choose an example."""
        self.example = example

    @rx.event(background=True)
    async def deploy(self) -> EventSpec | None:
        """Deploy the chosen example and open its card."""
        async with self:
            viewer = await viewer_of(self)
            if viewer is None or self.busy:
                return None
            self.busy = True
            example, language = self.example, await language_of(self)
        try:
            slug = await asyncio.to_thread(_deploy, viewer, example, language)
        except AppError as error:
            async with self:
                await notices.failure(self, error)
            return None
        finally:  # whatever broke, the button works again
            async with self:
                self.busy = False
        return rx.redirect(f"/deployments/{slug}/general")


def _deploy(viewer: Viewer, example: str, language: str) -> str:
    chosen = examples.card(example) if example else examples.rows()[0]
    return first_steps.deploy_example(viewer, chosen.id, name=text(language, chosen.title)).slug
