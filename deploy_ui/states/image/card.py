"""What every tab of an image's card needs: the card itself, without what is long and never changes."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import reflex as rx

from deploy_ui.enums import BuildStep, ImageStatus
from deploy_ui.errors import AppError
from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import live

SHORTEST_BAR = 0.5
"""Percent; a shorter step could not be seen."""


@dataclass(frozen=True)
class Step:
    """One step of the build, with its place on the time axis of the whole."""

    step: BuildStep
    state: str
    """`running`, `ok`, `failed` or `canceled`."""
    duration_s: float
    began_at: datetime | None
    left: float
    """Where its bar begins, in percent of the whole."""
    width: float


class ImageState(rx.State):
    """The card of the image in the address."""

    card: ImageCard | None = None
    steps: list[Step] = []
    why: str = ""
    """Why its build failed, in the reader's language."""
    problem: str = ""
    """Why there is no card to show."""

    @rx.var
    def unfinished(self) -> bool:
        """Whether it waits for its build or is being built."""
        return self.card is not None and self.card.status.unfinished

    @rx.var
    def may_again(self) -> bool:
        """Whether it may be built again as it is."""
        return self.card is not None and not self.card.status.usable and not self.card.deleted

    @rx.var
    def may_deploy(self) -> bool:
        """Whether a deployment may choose it."""
        return self.card is not None and self.card.status.usable and not self.card.deleted

    @rx.var
    def took_s(self) -> float:
        """How long the build took; nothing until it is over."""
        return self.card.build_s or 0.0 if self.card else 0.0

    @rx.var
    def script_line(self) -> int:
        """Where in the script the build failed; 0: not there."""
        return self._line("script_")

    @rx.var
    def requirements_line(self) -> int:
        """Where in the requirements the build failed; 0: not there."""
        return self._line("requirement_")

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the card true while it is open."""
        async with self:
            image_id = self.image_id
            if self.card is None or self.card.id != image_id:
                self.card, self.problem = None, ""
        async for viewer in live(self, f"image:{image_id}"):
            try:
                card = await asyncio.to_thread(images.card, viewer, image_id)
            except AppError as error:
                async with self:
                    self.card, self.problem = None, await in_words(self, error)
                return
            async with self:
                await self._keep(card)

    def _line(self, reasons: str) -> int:
        line = self.card.facts.get("line") if self.card and self.card.reason.startswith(reasons) else None
        return line if isinstance(line, int) else 0

    async def _keep(self, card: ImageCard) -> None:
        """Show a card; what did not change is not sent to the browser again."""
        short = replace(card, script="", requirements="", lock="", files=[], request_schema=None, steps=[])
        why = error_text(await language_of(self), card.reason, card.facts) if card.reason else ""
        for name, value in (("card", short), ("why", why), ("steps", _steps(card))):
            if getattr(self, name) != value:
                setattr(self, name, value)


def _steps(card: ImageCard) -> list[Step]:
    begin = min((each.offset_s for each in card.steps), default=0.0)
    whole = max((each.offset_s - begin + each.duration_s for each in card.steps), default=0.0) or 1.0
    return [
        Step(
            step=each.step,
            state="canceled" if each.state == "failed" and card.status == ImageStatus.CANCELED else each.state,
            duration_s=each.duration_s,
            began_at=card.started_at + timedelta(seconds=each.offset_s) if card.started_at else None,
            left=min(100 - SHORTEST_BAR, round(100 * (each.offset_s - begin) / whole, 1)),
            width=max(SHORTEST_BAR, round(100 * each.duration_s / whole, 1)),
        )
        for each in card.steps
    ]


async def open_tab(state: rx.State, tab: str) -> str:
    """Return the image in the address if this tab is open, else nothing. Call it under the state's lock."""
    return str(state.image_id) if str(state.tab or "info") == tab else ""
