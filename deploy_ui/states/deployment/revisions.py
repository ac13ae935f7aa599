"""Revisions on the General tab: what changed from one to the next, and the way back."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

import reflex as rx

from deploy_ui.enums import InstanceStatus, Role
from deploy_ui.errors import AppError
from deploy_ui.services import deployments, instances, revisions
from deploy_ui.services.env import VariableDifference
from deploy_ui.services.paging import LARGEST_LIMIT
from deploy_ui.services.revisions import RevisionRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.deployment.card import LONGEST_VALUE, CardState, brief, open_tab
from deploy_ui.states.session import live, signed_in

FEW = 5
"""Revisions before somebody asks for the older ones."""


@dataclass(frozen=True)
class Delta:
    """One value that differs, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class RevisionLine:
    """One revision, as the page says it."""

    number: int
    created_at: datetime
    created_by: str
    image_name: str
    current: bool
    obstacle: str
    failed: bool
    reason: str
    message: str
    serving: int
    """Ready instances of it."""
    instance: str
    """The newest instance of it that failed, for its log; empty: none is known any more."""
    first: bool
    """Whether none is known before it."""
    fields: list[str]
    """What differs, by the names of configuration fields."""
    deltas: list[Delta]
    variables: list[VariableDifference]
    unknown_variables: bool
    """Whether variables differ and nobody can tell which."""


class RevisionsState(rx.State):
    """The list, what was rolled back by itself, and the question before a rollback."""

    shown_slug: str = ""
    lines: list[RevisionLine] = []
    undone: RevisionLine | None = None
    older: bool = False
    """Whether all are shown."""
    asked: int = 0
    """The revision that the open question is about; 0: no question is open."""
    asked_failed: bool = False
    restarts: int = 0
    """Instances that the rollback in question would replace."""

    @rx.var
    def newest(self) -> list[RevisionLine]:
        """Return the part of the list that is shown."""
        return self.lines if self.older else self.lines[:FEW]

    @rx.var
    def more(self) -> bool:
        """Whether older ones are hidden."""
        return len(self.lines) > len(self.newest)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the list true while the tab is open."""
        async with self:
            slug = await open_tab(self, "general")
            self.asked = 0  # a question left open on the page before
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                lines, undone = await asyncio.to_thread(_read, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.lines, self.undone = lines, undone

    @rx.event
    @signed_in
    async def show_older(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Show all of them."""
        self.older = True

    @rx.event
    @signed_in
    async def ask(self, viewer: Viewer, number: int) -> None:
        """Open the question, with what a rollback would do."""
        viewer.require(Role.EDITOR)
        effect = await asyncio.to_thread(deployments.roll_back_effect, viewer, self.slug, number)
        self.restarts, self.asked = effect.restarts, number
        self.asked_failed = any(each.failed for each in self.lines if each.number == number)

    @rx.event
    @signed_in
    async def keep(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close the question; nothing changes."""
        self.asked = 0

    @rx.event
    @signed_in
    async def roll_back(self, viewer: Viewer) -> None:
        """Do what was asked about."""
        number, self.asked = self.asked, 0
        if not number:
            return
        card = await asyncio.to_thread(deployments.roll_back, viewer, self.slug, number)
        (await self.get_state(CardState)).card = brief(card)
        await notices.say(self, "revisions.wanted", revision=number)


def line(row: RevisionRow, instance: str) -> RevisionLine:
    """Return what the list says of one revision."""
    deltas = [Delta(each.field, _text(each.before), _text(each.after)) for each in row.changes]
    return RevisionLine(
        number=row.number,
        created_at=row.created_at,
        created_by=row.created_by,
        image_name=row.image_name,
        current=row.current,
        obstacle=row.obstacle,
        failed=row.failed_at is not None,
        reason=row.reason,
        message=row.message,
        serving=row.ready_instances,
        instance=instance,
        first=row.before is None,
        fields=[*(each.field for each in deltas), *(["env"] if row.env_changed else [])],
        deltas=deltas,
        variables=[_brief(each) for each in row.env_changes],
        unknown_variables=row.env_changed and not row.env_changes,
    )


def _brief(each: VariableDifference) -> VariableDifference:
    before, after = (value and value[:LONGEST_VALUE] for value in (each.before, each.after))
    return replace(each, before=before, after=after)


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _read(viewer: Viewer, slug: str) -> tuple[list[RevisionLine], RevisionLine | None]:
    failed: dict[int, str] = {}
    for each in sorted(instances.rows(viewer, slug), key=lambda row: row.created_at):
        if each.status == InstanceStatus.FAILED:
            failed[each.revision] = each.key
    rows, undone = revisions.rows(viewer, slug, limit=LARGEST_LIMIT).items, revisions.undone(viewer, slug)
    lines = [line(row, failed.get(row.number, "")) for row in rows]
    return lines, line(undone, failed.get(undone.number, "")) if undone else None
