"""What the list of deployments shows."""

import asyncio

import reflex as rx

from deploy_ui.enums import Phase
from deploy_ui.errors import AppError
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import live, signed_in

PAGE = 100


class DeploymentsState(rx.State):
    """One page of the list, what narrows it, and how many there are of each phase."""

    rows: list[DeploymentRow] = []
    counts: dict[str, int] = {}
    search: str = ""
    phase: str = ""
    """Only this phase; empty: all but deleted ones."""
    loaded: bool = False
    problem: str = ""
    """Why the list could not be read."""
    next_cursor: str = ""
    cursors: list[str] = []
    """The pages before this one."""

    @rx.var
    def total(self) -> int:
        """How many there are, deleted ones aside."""
        return sum(count for phase, count in self.counts.items() if phase != Phase.DELETED)

    @rx.var
    def phases(self) -> list[str]:
        """Phases that occur, most urgent first."""
        return [phase for phase in Phase if self.counts.get(phase)]

    @rx.var
    def narrowed(self) -> bool:
        """Whether something is searched or filtered."""
        return bool(self.search or self.phase)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the list true while the page is open."""
        async for viewer in live(self, "deployments"):
            await self._refresh(viewer)

    @rx.event
    @signed_in
    async def look_for(self, viewer: Viewer, text: str) -> None:
        """Narrow the list to names, keys and images that hold a text."""
        self.search, self.cursors = text[:100], []
        await self._load(viewer)

    @rx.event
    @signed_in
    async def filter(self, viewer: Viewer, phase: str) -> None:
        """Narrow the list to one phase; the empty one shows all."""
        self.phase, self.cursors = phase if phase in set(Phase) else "", []
        await self._load(viewer)

    @rx.event
    @signed_in
    async def clear(self, viewer: Viewer) -> None:
        """Show everything again."""
        self.search, self.phase, self.cursors = "", "", []
        await self._load(viewer)

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

    async def _refresh(self, viewer: Viewer) -> None:
        """Read the list again from a background handler: never wait for the database under the lock."""
        asked = (self.search, self.phase, self._cursor())
        answer = await asyncio.to_thread(_read, viewer, *asked)
        async with self:
            if asked == (self.search, self.phase, self._cursor()):
                await self._keep(answer)

    async def _load(self, viewer: Viewer) -> None:
        await self._keep(await asyncio.to_thread(_read, viewer, self.search, self.phase, self._cursor()))

    async def _keep(self, answer: "Answer | AppError") -> None:
        if isinstance(answer, AppError):
            self.problem = await in_words(self, answer)
            return
        self.rows, self.next_cursor, self.counts = answer
        self.problem, self.loaded = "", True

    def _cursor(self) -> str:
        return self.cursors[-1] if self.cursors else ""


Answer = tuple[list[DeploymentRow], str, dict[str, int]]


def _read(viewer: Viewer, search: str, phase: str, cursor: str) -> Answer | AppError:
    try:
        status = Phase(phase) if phase else None
        page = deployments.rows(viewer, limit=PAGE, cursor=cursor or None, search=search, status=status)
        return page.items, page.next or "", deployments.counts(viewer)
    except AppError as error:
        return error
