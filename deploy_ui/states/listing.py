"""What every long list has in common: one page of it, what narrows it, how many there are of each status."""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from deploy_ui.errors import AppError
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import live, signed_in

PAGE = 100
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Asked:
    """Which part of a list is shown."""

    search: str = ""
    status: str = ""
    cursor: str = ""


@dataclass(frozen=True)
class Answer:
    """That part of the list."""

    rows: list[Any]
    next_cursor: str
    counts: dict[str, int]


class Listing(rx.State, mixin=True):
    """A list that stays true while its page is open. Its own state says how to `_read` it."""

    rows: list[Any] = []
    """Its own state says of what."""
    counts: dict[str, int] = {}
    search: str = ""
    status: str = ""
    """Only this status; empty: all but what is hidden."""
    loaded: bool = False
    problem: str = ""
    """Why the list could not be read."""
    next_cursor: str = ""
    cursors: list[str] = []
    """The pages before this one."""

    _topic: ClassVar[str]
    """The hints that mean that the list may be another; also the address of its page."""
    _order: ClassVar[tuple[str, ...]]
    """Every status, in the order of the filters."""
    _hidden: ClassVar[str] = ""
    """A status that is shown only when it is asked for."""

    @rx.var
    def total(self) -> int:
        """How many there are, hidden ones aside."""
        return sum(count for status, count in self.counts.items() if status != self._hidden)

    @rx.var
    def statuses(self) -> list[str]:
        """Those that occur."""
        return [status for status in self._order if self.counts.get(status)]

    @rx.var
    def narrowed(self) -> bool:
        """Whether something is searched or filtered."""
        return bool(self.search or self.status)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the list true while the page is open; `?status=` in its address narrows it.

        The database is never waited for under the lock.
        """
        async with self:
            status = str(self.router.url.query_parameters.get("status", ""))
            self.status, self.cursors = status if status in self._order else "", []
        async for viewer in live(self, self._topic):
            asked = self._asked()
            answer = await asyncio.to_thread(self._answer, viewer, asked)
            async with self:
                if asked == self._asked():
                    await self._keep(answer)

    @rx.event
    @signed_in
    async def look_for(self, viewer: Viewer, text: str) -> None:
        """Narrow the list to what holds a text."""
        self.search, self.cursors = text[:LONGEST_SEARCH], []
        await self._load(viewer)

    @rx.event
    @signed_in
    async def clear(self, viewer: Viewer) -> EventSpec:
        """Show everything again."""
        self.search, self.status, self.cursors = "", "", []
        await self._load(viewer)
        return rx.redirect(f"/{self._topic}")

    @rx.event
    @signed_in
    async def forward(self, viewer: Viewer) -> None:
        """Go to the next page."""
        if self.next_cursor:
            self.cursors = [*self.cursors, self.next_cursor]
            await self._load(viewer)

    @rx.event
    @signed_in
    async def back(self, viewer: Viewer) -> None:
        """Go to the page before."""
        self.cursors = self.cursors[:-1]
        await self._load(viewer)

    @staticmethod
    def _read(viewer: Viewer, asked: Asked) -> Answer:
        """Read that part of the list; the list's own state says how."""
        raise NotImplementedError

    @classmethod
    def _answer(cls, viewer: Viewer, asked: Asked) -> Answer | AppError:
        try:
            return cls._read(viewer, asked)
        except AppError as error:
            return error

    async def _load(self, viewer: Viewer) -> None:
        await self._keep(await asyncio.to_thread(self._answer, viewer, self._asked()))

    async def _keep(self, answer: Answer | AppError) -> None:
        if isinstance(answer, AppError):
            self.problem = await in_words(self, answer)
            return
        self.rows, self.next_cursor, self.counts = answer.rows, answer.next_cursor, answer.counts
        self.problem, self.loaded = "", True

    def _asked(self) -> Asked:
        return Asked(self.search, self.status, self.cursors[-1] if self.cursors else "")
