"""The dialog that says how to call asynchronously: programs to start from."""

import asyncio

import reflex as rx

from deploy_ui.services.calls import recipes
from deploy_ui.services.calls.recipes import LANGUAGES, Recipe
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.session import signed_in


class CallRecipesState(rx.State):
    """The recipes of the deployment in the address, in one language."""

    recipes: list[Recipe] = []
    """Those of the chosen language; none: the dialog is closed."""
    language: str = next(iter(LANGUAGES))

    @rx.event
    @signed_in
    async def open(self, viewer: Viewer, language: str = "") -> None:
        """Show the recipes, in another language if one is named."""
        self.language = language if language in LANGUAGES else self.language
        found = await asyncio.to_thread(recipes.rows, viewer, self.slug)
        self.recipes = [each for each in found if each.language == self.language]

    @rx.event
    @signed_in
    async def close(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close the dialog, which the page does first of all."""
        self.recipes = []
