"""The General tab: timeline, what went wrong, and changes that are not saved yet."""

import asyncio
from dataclasses import dataclass

import reflex as rx

from deploy_ui.enums import InstanceStatus, Phase, Role
from deploy_ui.errors import AppError, Invalid
from deploy_ui.services import deployments, events, images, instances, logs
from deploy_ui.services.deployments import Change
from deploy_ui.services.logs import LogRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import forms, notices
from deploy_ui.states.deployment.card import CardState, open_tab
from deploy_ui.states.deployment.moments import Moment, moments
from deploy_ui.states.session import live, signed_in

EXCERPT = 12
"""Lines of a failed instance's log on the card."""
TROUBLED = {Phase.FAILED, Phase.DEGRADED}


@dataclass(frozen=True)
class Failure:
    """The newest instance that ended by itself, and its last words."""

    instance: str
    exit_code: int | None
    lines: list[LogRow]


class GeneralState(rx.State):
    """What the tab shows beside the card."""

    moments: list[Moment] = []
    failure: Failure | None = None
    image_names: list[str] = []
    """Images that can be chosen."""
    editing: list[str] = []
    """Facts that are fields now."""
    draft: dict[str, str] = {}
    """What was typed, by field."""
    wrong: dict[str, str] = {}
    """What is wrong with it, by field."""
    restarts: int = 0

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep timeline and failure true while the tab is open."""
        async with self:
            slug = await open_tab(self, "general")
            self._discard()
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                rows, failure = await asyncio.to_thread(_read, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.moments, self.failure = rows, failure

    @rx.event
    @signed_in
    async def edit(self, viewer: Viewer, name: str) -> None:
        """Turn a fact into a field."""
        viewer.require(Role.EDITOR)
        if name == "image":
            page = await asyncio.to_thread(images.rows, viewer, limit=200)
            self.image_names = [row.name for row in page.items if forms.deployable(row.status)]
        if name not in self.editing:
            self.editing = [*self.editing, name]

    @rx.event
    @signed_in
    async def note(self, viewer: Viewer, name: str, value: str) -> None:
        """Keep what was typed into one field and say what saving would do."""
        self.draft = {**self.draft, name: value[: forms.LONGEST]}
        await self._judge(viewer)

    @rx.event
    @signed_in
    async def discard(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget every change."""
        self._discard()

    @rx.event
    @signed_in
    async def save(self, viewer: Viewer) -> None:
        """Make the changes true."""
        change = await self._judge(viewer)
        if change is None:
            return
        card = await asyncio.to_thread(deployments.change, viewer, self.slug, change)
        (await self.get_state(CardState)).card = card
        self._discard()
        await notices.say(self, "general.saved")

    async def _judge(self, viewer: Viewer) -> Change | None:
        """Check the draft; keep what is wrong or what it would do."""
        self.wrong = {}
        try:
            change = forms.change(self.draft)
            effect = await asyncio.to_thread(deployments.effect, viewer, self.slug, change)
        except Invalid as error:
            self.wrong = {error.field: await notices.in_words(self, error)}
            return None
        self.restarts = effect.restarts
        return change

    def _discard(self) -> None:
        self.editing, self.draft, self.wrong, self.restarts = [], {}, {}, 0


def _read(viewer: Viewer, slug: str) -> tuple[list[Moment], Failure | None]:
    rows = moments(events.rows(viewer, slug, limit=100))
    if deployments.card(viewer, slug).phase not in TROUBLED:
        return rows, None
    ended = [each for each in instances.rows(viewer, slug) if each.status == InstanceStatus.FAILED]
    if not ended:
        return rows, None
    newest = max(ended, key=lambda each: each.created_at)
    return rows, Failure(
        instance=newest.key,
        exit_code=newest.exit_code,
        lines=logs.tail(viewer, slug, instance=newest.key, limit=EXCERPT),
    )
