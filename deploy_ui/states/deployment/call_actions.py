"""What a person does to calls: cancel one or many, send one anew."""

import asyncio

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.enums import CallStatus, Role
from deploy_ui.services.calls import cards as call_cards
from deploy_ui.services.calls import changes
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.session import signed_in


class CallActions(rx.State):
    """The verbs, and the question before many calls are canceled."""

    asked_ids: list[str] = []
    """The calls that the open question is about; empty: it is about the whole queue."""
    asked_count: int = 0
    """How many it is about; 0: no question is open."""

    @rx.event
    @signed_in
    async def cancel(self, viewer: Viewer, call_id: str) -> None:
        """End a call at once."""
        await asyncio.to_thread(changes.cancel, viewer, self.slug, call_id)
        await notices.say(self, "calls.canceled_one", id=call_id)
        await self._look_again(viewer)

    @rx.event
    @signed_in
    async def retry(self, viewer: Viewer, call_id: str) -> EventSpec | None:
        """Send the same request as a new call; whoever has the old one open gets the new one."""
        made = await asyncio.to_thread(changes.retry, viewer, self.slug, call_id)
        await notices.say(self, "calls.retried", id=made.id)
        calls = await self.get_state(CallsState)
        await calls._let_in(viewer)  # noqa: SLF001 - it is the same tab
        return rx.redirect(calls.asked.address(call=made.id)) if calls.asked.call == call_id else None

    @rx.event
    @signed_in
    async def copied(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Say that an id was copied."""
        await notices.say(self, "common.copied")

    @rx.event
    @signed_in
    async def ask_selected(self, viewer: Viewer) -> None:
        """Open the question before the selected calls are canceled."""
        viewer.require(Role.EDITOR)
        self.asked_ids = (await self.get_state(CallsState)).selected[:]
        self.asked_count = len(self.asked_ids)

    @rx.event
    @signed_in
    async def ask_queued(self, viewer: Viewer) -> None:
        """Open the question before every call that waits is canceled, of whatever period."""
        viewer.require(Role.EDITOR)
        counts = await asyncio.to_thread(call_cards.counts, viewer, self.slug)
        self.asked_ids, self.asked_count = [], counts[CallStatus.QUEUED]

    @rx.event
    @signed_in
    async def keep(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close the question; nothing is canceled. The page does so first of all."""
        self.asked_ids, self.asked_count = [], 0

    @rx.event
    @signed_in
    async def cancel_asked(self, viewer: Viewer) -> None:
        """Cancel what the question is about."""
        if not self.asked_count:
            return
        ids, self.asked_ids, self.asked_count = self.asked_ids[:], [], 0
        status = None if ids else CallStatus.QUEUED
        count = await asyncio.to_thread(changes.cancel_many, viewer, self.slug, ids or None, status)
        await notices.say_count(self, "calls.canceled_many", count)
        await self._look_again(viewer)

    async def _look_again(self, viewer: Viewer) -> None:
        await (await self.get_state(CallsState))._load(viewer)  # noqa: SLF001 - it is the same tab
