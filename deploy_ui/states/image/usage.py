"""The Usage tab: every deployment that uses the image or did, and whether it can be deleted."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from deploy_ui.enums import Phase
from deploy_ui.errors import AppError
from deploy_ui.services import image_usage
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.image.card import open_tab
from deploy_ui.states.session import live, signed_in

MOST_ROWS = 300
"""What a page can list of each group."""


@dataclass(frozen=True)
class UsageLine:
    """One line of the table."""

    slug: str
    name: str
    phase: Phase
    revisions: str
    """`r1–r3, r7`."""
    instances: str
    """`2 / 3`; empty for those of before."""
    used_from: datetime | None
    used_until: datetime | None
    deleted: bool


class UsageState(rx.State):
    """What the tab shows."""

    now: list[UsageLine] = []
    before: list[UsageLine] = []
    now_count: int = 0
    before_count: int = 0
    wanted: int = 0
    """How many deployments want it."""
    older: int = 0
    """How many only run instances of an older revision on it."""
    lost: list[UsageLine] = []
    """Deployments that could not be rolled back to it any more, with these revisions."""
    loaded: bool = False
    with_former: bool = True

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep it true while the tab is open."""
        async with self:
            image_id = await open_tab(self, "usage")
            self.now, self.before, self.loaded = [], [], False
        if not image_id:
            return
        async for viewer in live(self, f"image:{image_id}", "deployments"):
            try:
                rows = await asyncio.to_thread(image_usage.rows, viewer, image_id)
            except AppError:
                return  # the card itself says why
            async with self:
                self._keep(rows)

    @rx.event
    @signed_in
    async def show_former(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Show those that used it before, or do not."""
        self.with_former = not self.with_former

    def _keep(self, rows: list[UsageRow]) -> None:
        """Show it; what did not change is not sent to the browser again."""
        now, before = [each for each in rows if each.now], [each for each in rows if not each.now]
        shown = {
            "now": [line(each, each.revisions) for each in now[:MOST_ROWS]],
            "before": [line(each, each.revisions) for each in before[:MOST_ROWS]],
            "now_count": len(now),
            "before_count": len(before),
            "wanted": sum(each.wanted for each in now),
            "older": sum(not each.wanted for each in now),
            "lost": losses(rows),
            "loaded": True,
        }
        for name, value in shown.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def losses(rows: list[UsageRow]) -> list[UsageLine]:
    """Return the deployments that could be rolled back to the image, each with those revisions."""
    return [line(each, each.lost) for each in rows if each.lost][:MOST_ROWS]


def line(row: UsageRow, revisions: list[int]) -> UsageLine:
    """Return one deployment as a line that speaks of these revisions."""
    return UsageLine(
        slug=row.slug,
        name=row.name,
        phase=row.phase,
        revisions=ranges(revisions),
        instances=_instances(row),
        used_from=row.used_from,
        used_until=row.used_until,
        deleted=row.phase == Phase.DELETED,
    )


def ranges(numbers: list[int]) -> str:
    """Return ascending numbers in words: `r1–r3, r7`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"r{first}" if first == last else f"r{first}–r{last}" for first, last in spans)


def _instances(row: UsageRow) -> str:
    if not row.now:
        return ""
    return f"{row.ready_instances} / {row.wanted_instances}" if row.wanted_instances else str(row.ready_instances)
