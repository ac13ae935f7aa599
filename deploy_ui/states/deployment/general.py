"""The General tab: timeline, what went wrong, and changes that are not saved yet."""

import asyncio
from dataclasses import replace
from typing import Any

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Invalid
from deploy_ui.services import deployments, events, images, plans, starts
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.monitoring import lately
from deploy_ui.services.monitoring.lately import LastHour
from deploy_ui.services.plans import Step
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import env_fields, forms, notices
from deploy_ui.states.deployment.card import CardState, brief, open_tab
from deploy_ui.states.deployment.edits import FACTS, Edit, edits, same, texts
from deploy_ui.states.deployment.failures import Failure, failure
from deploy_ui.states.deployment.moments import Moment, moments
from deploy_ui.states.deployment.steps import Step as StartStep
from deploy_ui.states.deployment.steps import steps
from deploy_ui.states.session import live, signed_in

MOST_EVENTS = 200
FEW_MOMENTS = 12
"""Lines of the timeline before somebody asks for the older ones."""


class GeneralState(rx.State):
    """What the tab shows beside the card."""

    shown_slug: str = ""
    moments: list[Moment] = []
    older: bool = False
    """Whether the whole timeline is shown."""
    failure: Failure | None = None
    steps: list[StartStep] = []
    """The start of the newest instance that is not ready yet; empty when none is on its way."""
    last_hour: LastHour | None = None
    """What was measured in the last hour."""
    image_names: list[str] = []
    """Images that can be chosen."""
    editing: list[str] = []
    """Facts that are fields now."""
    begun: dict[str, str] = {}
    """What the fields began with, by field."""
    draft: dict[str, str] = {}
    """What was typed, by field."""
    edits: list[Edit] = []
    """What saving would change."""
    wrong: dict[str, str] = {}
    """What is wrong with the draft, by field."""
    outlook: list[Step] = []
    """What saving would do to the instances."""
    new_revision: int = 0
    """The revision that saving would make; 0: none."""
    generation: int = 0
    """The deployment's when editing began, or as the person has seen it since; 0: nothing is edited."""

    @rx.var
    def newest(self) -> list[Moment]:
        """Return the part of the timeline that is shown."""
        return self.moments if self.older else self.moments[:FEW_MOMENTS]

    @rx.var
    def more(self) -> bool:
        """Whether older moments are hidden."""
        return len(self.moments) > len(self.newest)

    @rx.var
    def edited(self) -> list[str]:
        """Fields that differ."""
        return [each.field for each in self.edits]

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep timeline, failure and start true while the tab is open."""
        async with self:
            slug = await open_tab(self, "general")
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                rows, trouble, start, hour = await asyncio.to_thread(_read, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.moments, self.failure, self.steps, self.last_hour = rows, trouble, start, hour

    @rx.event
    @signed_in
    async def show_older(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Show the whole timeline."""
        self.older = True

    @rx.event
    @signed_in
    async def edit(self, viewer: Viewer, fact: str) -> None:
        """Turn a fact into fields."""
        viewer.require(Role.EDITOR)
        if fact not in FACTS or fact in self.editing:
            return
        if fact == "image":
            page = await asyncio.to_thread(images.rows, viewer, limit=200)
            self.image_names = [row.name for row in page.items if row.status.usable]
        card = await asyncio.to_thread(deployments.card, viewer, self.slug)
        self.generation = self.generation or card.generation
        self.begun = {**self.begun, **{name: text for name, text in texts(card).items() if name in FACTS[fact]}}
        self.editing = [*self.editing, fact]

    @rx.event
    @signed_in
    async def note(self, viewer: Viewer, name: str, typed: str) -> None:
        """Keep what was typed into one field and say what saving would do."""
        await self._judge(viewer, {**self.draft, name: typed})

    @rx.event
    @signed_in
    async def undo(self, viewer: Viewer, fact: str) -> None:
        """Turn one fact's fields back into the fact."""
        self.editing = [each for each in self.editing if each != fact]
        if not self.editing:
            self._discard()
            return
        await self._judge(viewer, {name: text for name, text in self.draft.items() if name not in FACTS.get(fact, ())})

    @rx.event
    @signed_in
    async def discard(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget every change."""
        self._discard()

    @rx.event
    @signed_in
    async def accept(self, viewer: Viewer, generation: int) -> None:  # noqa: ARG002 - only people who are signed in
        """Let the next saving go on top of what somebody else changed: the person has seen that generation."""
        self.generation = generation

    @rx.event
    @signed_in
    async def save(self, viewer: Viewer, typed: dict[str, Any]) -> None:
        """Make true what the fields say. Values of secret variables are used and not kept."""
        variables = str(typed.get("env", ""))
        try:
            change = await self._judge(viewer, {**self.draft, **typed})
            if change is None:
                return
            if not self.edits:
                self._discard()
                return
            card = await asyncio.to_thread(self._saved, viewer, change, variables)
        except AppError as error:
            await self._place(error)
            return
        (await self.get_state(CardState)).card = brief(card)
        self._discard()
        await notices.say(self, "general.saved")

    def _saved(self, viewer: Viewer, change: Change, variables: str) -> DeploymentCard:
        if change.env is not None:
            if not env_fields.told(variables):
                raise Invalid("request_refused", field="env")
            change = replace(change, env=env_fields.edits(variables))
        return deployments.change(viewer, self.slug, change, generation=self.generation)

    async def _judge(self, viewer: Viewer, typed: dict[str, Any]) -> Change | None:
        """Take a draft; keep what it would do, or what is wrong with it.

        A field that nobody touched is no part of it: its value may have changed by itself meanwhile.
        """
        fields = {name: _kept(name, str(text)) for name, text in typed.items() if name in self._fields()}
        self.draft = {name: text for name, text in fields.items() if not same(name, self.begun.get(name, ""), text)}
        card = await asyncio.to_thread(deployments.card, viewer, self.slug)
        self.edits = edits(card, self.draft)
        change, wrong = forms.change({name: self.draft[name] for name in self.draft if name in self.edited})
        self.wrong = {name: await notices.in_words(self, problem) for name, problem in wrong.items()}
        if wrong:
            return None
        return change if await self._foretell(viewer, card, change) else None

    async def _foretell(self, viewer: Viewer, card: DeploymentCard, change: Change) -> bool:
        """Say what a change would do; whether it can be made."""
        self.outlook, self.new_revision = [], 0
        if not self.edits:
            return True
        try:
            plan = await asyncio.to_thread(plans.plan, viewer, card.slug, change)
        except AppError as error:
            await self._place(error)
            return False
        self.outlook, self.new_revision = plan.steps, plan.revision if plan.new_revision else 0
        return True

    async def _place(self, error: AppError) -> None:
        """Say an error at its field, if that is being edited."""
        field = forms.field_of(error)
        if field not in self._fields():
            raise error
        self.wrong = {**self.wrong, field: await notices.in_words(self, error)}

    def _fields(self) -> set[str]:
        return {name for fact in self.editing for name in FACTS[fact]}

    def _discard(self) -> None:
        self.editing, self.begun, self.draft, self.edits, self.wrong = [], {}, {}, [], {}
        self.outlook, self.new_revision, self.generation = [], 0, 0


def _kept(name: str, text: str) -> str:
    """Return what may stay in the state of a field's text."""
    return env_fields.draft(text) if name == "env" else text[: forms.LONGEST]


def _read(viewer: Viewer, slug: str) -> tuple[list[Moment], Failure | None, list[StartStep], LastHour]:
    start = starts.under_way(viewer, slug)
    rows = moments(events.rows(viewer, slug, limit=MOST_EVENTS))
    hour = lately.last_hour(viewer, slug, clock.now())
    return rows, failure(viewer, slug), steps(start) if start else [], hour
