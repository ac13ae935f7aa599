"""The Async calls tab: the list, the calls that are selected, and the one beside the list."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.enums import CallStatus
from deploy_ui.errors import AppError
from deploy_ui.services.calls.previews import Previews
from deploy_ui.services.calls.rows import CallCard, CallRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states.deployment.calls_address import LONGEST, MOST, PAGE, PERIODS, Asked, asked_for
from deploy_ui.states.deployment.calls_reading import Found, read
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import live, signed_in

BREATH_S = 1.0
"""Pause after a look at each `BREATH_ROWS` calls, so that a deployment under load does not send its list all the time.

A browser that is busy with one list after another comes to no click.
"""
BREATH_ROWS = 100


class CallsState(rx.State):
    """The calls that the address asks for, newest first.

    While somebody reads on, has selected calls or has one open, the list is held: calls that are made meanwhile do not
    push it down, but are offered.
    """

    shown_slug: str = ""
    asked: Asked = Asked()
    rows: list[CallRow] = []
    counts: dict[str, int] = {}
    loaded: bool = False
    more: bool = False
    """Whether there are older ones, and room to show them."""
    full: bool = False
    """Whether there are older ones, but no room to show them."""
    newer: bool = False
    anything: bool = False
    """Whether the deployment has any call at all, however old."""
    call: CallCard | None = None
    previews: Previews | None = None
    """How the bodies of the open call begin; None for viewers."""
    problem: str = ""
    """Why the call that was asked for is not there."""
    selected: list[str] = []
    """Ids of calls that have not ended."""
    call_days: int = 0
    """How long results are kept."""
    _held: datetime | None = None
    """When the newest call of a list that is held was made."""
    _place: int = -1
    """Where among the rows the open call is, or was last; -1: nowhere yet."""

    @rx.var
    def addresses(self) -> dict[str, str]:
        """Where links lead: by status, `all` for every status; `every` call ever; `more`; `close`s the open call.

        `older` goes on behind what is shown, `newest` goes back.
        """
        first = {"show": PAGE, "call": "", "before": ""}
        last = self.rows[-1].id if self.rows else ""
        return {
            "all": self.asked.address(status="", **first),
            **{status: self.asked.address(status=status.value, **first) for status in CallStatus},
            "every": Asked(slug=self.asked.slug, period="all").address(),
            "more": self.asked.address(show=min(MOST, self.asked.show + PAGE)),
            "older": self.asked.address(**first | {"before": last}),
            "newest": self.asked.address(**first),
            "close": self.asked.address(call=""),
        }

    @rx.var
    def opening(self) -> str:
        """The address that opens a call, but for the call's id at its end."""
        return self.asked.address(call="-").removesuffix("-")

    @rx.var
    def total(self) -> int:
        """How many calls there are of the period."""
        return sum(self.counts.values())

    @rx.var
    def matching(self) -> int:
        """How many of them have the status that was asked for."""
        return self.counts.get(self.asked.status, 0) if self.asked.status else self.total

    @rx.var
    def selectable(self) -> list[str]:
        """Ids of the shown calls that have not ended."""
        return unended(self.rows)

    @rx.var
    def neighbours(self) -> list[str]:
        """Ids of the calls above and below the open one, or its last place; empty where there is none."""
        ids = [each.id for each in self.rows]
        there = self.asked.call in ids
        place = ids.index(self.asked.call) if there else min(self._place, len(ids))
        below = place + 1 if there else place
        return ["", ""] if place < 0 else ["" if place == 0 else ids[place - 1], *ids[below : below + 1], ""][:2]

    @rx.var
    def narrowed(self) -> str:
        """What narrows the list down, as in `Asked`."""
        return self.asked.narrowed

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep list and open call true while the tab is open."""
        async with self:
            slug = await open_tab(self, "calls")
            if slug:
                self._enter(asked_for(slug, self.router.url.query_parameters))
            elif len(self.rows) > PAGE:
                self.rows = self.rows[:PAGE]  # every page that is loaded anew gets what the tab holds
        if not slug:
            return
        async for viewer in live(self, f"calls:{slug}"):
            async with self:
                asked, held = self.asked, self._held
            try:
                found = await asyncio.to_thread(read, viewer, asked, held)
            except AppError:
                return  # the card itself says why
            async with self:
                if (asked, held) == (self.asked, self._held):
                    await self._keep(found)
            await asyncio.sleep(BREATH_S * max(1, len(found.rows) / BREATH_ROWS))

    @rx.event
    @signed_in
    async def look_for(self, viewer: Viewer, text: str) -> EventSpec:  # noqa: ARG002 - only people who are signed in
        """Narrow the list to calls whose ids begin with a text."""
        return rx.redirect(self.asked.address(search=text.strip()[:LONGEST], show=PAGE, before=""), replace=True)

    @rx.event
    @signed_in
    async def choose_period(self, viewer: Viewer, period: str) -> EventSpec:  # noqa: ARG002 - as above
        """Show calls of another period."""
        period = period if period in PERIODS else self.asked.period
        return rx.redirect(self.asked.address(period=period, show=PAGE, before=""))

    @rx.event
    @signed_in
    async def show_more(self, viewer: Viewer, show: int) -> None:
        """Show so many calls at once: a busy browser says only later that its address has changed."""
        self._enter(replace(self.asked, show=max(self.asked.show, min(MOST, show))))
        await self._load(viewer)

    @rx.event
    @signed_in
    async def show_newer(self, viewer: Viewer) -> None:
        """Let the calls that were made meanwhile into the list."""
        await self._let_in(viewer)

    @rx.event
    @signed_in
    async def select(self, viewer: Viewer, call_id: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Select a call, or no longer; those that have ended cannot be."""
        others = [each for each in self.selected if each != call_id]
        chosen = call_id not in self.selected and call_id in unended(self.rows)
        self.selected = [*others, call_id] if chosen else others
        self._hold()

    @rx.event
    @signed_in
    async def select_all(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Select every shown call that has not ended; if all are selected, none."""
        every = unended(self.rows)
        self.selected = [] if len(self.selected) == len(every) else every
        self._hold()

    @rx.event
    @signed_in
    async def select_none(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget the selection."""
        self.selected = []
        self._hold()

    def _enter(self, asked: Asked) -> None:
        same_list = asked.filters == self.asked.filters
        if not same_list:
            self.selected, self.newer, self._held = [], False, None
        if asked.call != self.asked.call:
            self.problem = ""
            self.call = self.call if self.call is not None and self.call.id == asked.call else None
            self.previews, self._place = None, -1
        self.asked, self.call_days = asked, settings().call_days
        if same_list:
            self._hold()

    def _hold(self) -> None:
        """Hold the list where it is, or let it go, as what a person does asks for."""
        if self.asked.before or not (self.selected or self.asked.call or self.asked.show > PAGE):
            self._held, self.newer = None, False
        elif self._held is None and self.rows:
            self._held = self.rows[0].created_at

    async def _let_in(self, viewer: Viewer) -> None:
        self._held = None
        await self._load(viewer)

    async def _load(self, viewer: Viewer) -> None:
        """Look at once, after something that this person did."""
        asked, held = self.asked, self._held
        if asked.slug:
            await self._keep(await asyncio.to_thread(read, viewer, asked, held))

    async def _keep(self, found: Found) -> None:
        self.rows, self.counts, self.newer, self.anything = found.rows, found.counts, found.newer, found.anything
        self.more = found.more and self.asked.show < MOST
        self.full = found.more and not self.more
        ids = [each.id for each in found.rows]
        self._place = ids.index(self.asked.call) if self.asked.call in ids else self._place
        left = set(unended(found.rows))
        self.selected = [each for each in self.selected if each in left]
        if isinstance(found.call, AppError):
            self.call, self.problem = None, await in_words(self, found.call)
        else:
            self.call, self.problem = found.call, ""
        self.previews = found.previews
        self._hold()
        self.loaded = True


def unended(rows: Sequence[CallRow]) -> list[str]:
    """Return the ids of calls that can still be canceled."""
    return [each.id for each in rows if not each.status.ended]
