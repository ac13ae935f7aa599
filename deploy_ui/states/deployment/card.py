"""What every tab of a deployment's card needs: the card itself, and which tab is open."""

import asyncio
from dataclasses import replace

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.enums import Wish
from deploy_ui.errors import AppError
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.settings import settings
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import live

FIRST_TAB = "general"
KEPT_TABS = frozenset({FIRST_TAB, "monitoring", "readme"})
"""What is left of the card when its deployment was deleted."""
LONGEST_VALUE = 200
"""Characters of a variable's value that are shown."""


class CardState(rx.State):
    """The card of the deployment in the address."""

    card: DeploymentCard | None = None
    problem: str = ""
    """Why there is no card to show."""
    log_days: int = 0
    """How long logs are kept."""

    @rx.var
    def at_rest(self) -> bool:
        """Whether a person stopped or deleted it, from the moment they said so."""
        return self.card is not None and self.card.wish != Wish.RUN

    @rx.var
    def gone(self) -> bool:
        """Whether it is deleted: nothing can be changed any more."""
        return self.card is not None and self.card.wish == Wish.DELETE

    @rx.event(background=True)
    async def follow(self) -> EventSpec | None:
        """Keep the card true while it is open. A deleted deployment has few tabs left: lead there from others."""
        async with self:
            slug, self.log_days = self.slug, settings().log_days
            if self.card is None or self.card.slug != slug:
                self.card, self.problem = None, ""
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                card = await asyncio.to_thread(deployments.card, viewer, slug)
            except AppError as error:
                async with self:
                    self.card, self.problem = None, await in_words(self, error)
                return None
            async with self:
                self.card = brief(card)
                if self.gone and str(self.tab or FIRST_TAB) not in KEPT_TABS:
                    return rx.redirect(f"/deployments/{slug}/{FIRST_TAB}", replace=True)
        return None


def brief(card: DeploymentCard) -> DeploymentCard:
    """Return the card as the browser gets it again and again: of long values of variables only the beginning.

    Open variables come first.
    """
    env = [replace(each, value=each.value and each.value[:LONGEST_VALUE]) for each in card.env]
    return replace(card, env=sorted(env, key=lambda each: each.secret))


async def open_tab(state: rx.State, tab: str) -> str:
    """Return the slug in the address if this tab is open, else nothing; forget what was shown of another deployment.

    Call it under the state's lock, in a state that keeps `shown_slug`.
    """
    slug = str(state.slug)
    if state.shown_slug != slug:
        state.reset()
        state.shown_slug = slug
    return slug if str(state.tab or FIRST_TAB) == tab else ""
