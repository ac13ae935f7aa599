"""Programs that call the deployment, on the General tab."""

import asyncio

import reflex as rx

from deploy_ui.errors import AppError
from deploy_ui.services import deployments, snippets
from deploy_ui.services.snippets import LANGUAGES
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in


class SnippetsState(rx.State):
    """The programs, and which one is shown."""

    shown_slug: str = ""
    language: str = LANGUAGES[0]
    texts: dict[str, str] = {}
    """By language."""

    @rx.var
    def text(self) -> str:
        """Return the program that is shown."""
        return self.texts.get(self.language, "")

    @rx.event(background=True)
    async def follow(self) -> None:
        """Read the programs, and again when the deployment gets another image."""
        async with self:
            slug = await open_tab(self, "general")
        if not slug:
            return
        image = ""
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                image, texts = await asyncio.to_thread(_read, viewer, slug, image)
            except AppError:
                return  # the card itself says why
            if texts is not None:
                async with self:
                    self.texts = texts

    @rx.event
    @signed_in
    async def choose(self, viewer: Viewer, language: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Show another language."""
        self.language = language if language in LANGUAGES else self.language


def _read(viewer: Viewer, slug: str, known: str) -> tuple[str, dict[str, str] | None]:
    """Return the image, and the programs if it is not the known one."""
    image = deployments.card(viewer, slug).image_id
    if image == known:
        return image, None
    return image, {each.language: each.text for each in snippets.rows(viewer, slug)}
