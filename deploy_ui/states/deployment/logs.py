"""The Logs tab: whose lines are shown. The lines themselves do not pass through the state."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.errors import AppError
from deploy_ui.services import instances
from deploy_ui.services.instances import InstanceRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in

LONGEST_KEY = 20
MOST_OFFERED = 10
"""Ended instances that are offered where no live log is shown; the list in the toolbar has all."""


@dataclass(frozen=True)
class Choice:
    """An instance whose log can be chosen."""

    key: str
    status: InstanceStatus
    reason: Reason
    ended_at: datetime | None
    kept: bool
    """Whether its log is still there: logs outlive their instances for some days."""


class LogsState(rx.State):
    """The instances there are, and the one that is chosen."""

    shown_slug: str = ""
    instance: str = ""
    """Its key; empty: all of them."""
    unknown: str = ""
    """The instance in the address, when nobody knows it any more."""
    choices: list[Choice] = []
    loaded: bool = False
    opened: bool = False
    """Whether the lines of all are shown although nothing runs: somebody asked, or was reading when the last ended."""

    @rx.var
    def none_live(self) -> bool:
        """Whether nothing runs that could write."""
        return all(each.status.ended for each in self.choices)

    @rx.var
    def lines_shown(self) -> bool:
        """Whether the log itself is shown; else why there is no live one."""
        return bool(self.instance) or self.opened or not self.none_live

    @rx.var
    def kept(self) -> list[Choice]:
        """The newest ended instances whose logs can still be read."""
        return [each for each in self.choices if each.kept][:MOST_OFFERED]

    @rx.var
    def ended(self) -> bool:
        """Whether the chosen instance has ended."""
        return any(each.key == self.instance and each.status.ended for each in self.choices)

    @rx.var
    def expired(self) -> bool:
        """Whether the log of the chosen instance is gone."""
        return any(each.key == self.instance and not each.kept for each in self.choices)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the list of instances true while the tab is open; `?instance=` chooses one."""
        async with self:
            slug = await open_tab(self, "logs")
            if slug:
                self.instance, self.unknown, self.opened = self._asked(), "", False
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                rows = await asyncio.to_thread(instances.rows, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.choices = choices(rows, clock.now())
                if self.instance and self.instance not in {each.key for each in self.choices}:
                    self.instance, self.unknown = "", self.instance
                self.opened = self.opened or not self.none_live
                self.loaded = True

    @rx.event
    @signed_in
    async def choose(self, viewer: Viewer, key: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Show one instance's log, or all."""
        self.instance = key if key in {each.key for each in self.choices} else ""
        self.unknown = ""

    @rx.event
    @signed_in
    async def open(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Show what all instances wrote, although none runs."""
        self.opened = True

    def _asked(self) -> str:
        key = str(self.router.url.query_parameters.get("instance", ""))
        return key if len(key) <= LONGEST_KEY and key.isascii() and key.isalnum() else ""


def choices(rows: list[InstanceRow], now: datetime) -> list[Choice]:
    """Return the instances whose logs may be asked for."""
    oldest = now - timedelta(days=settings().log_days)
    return [
        Choice(row.key, row.status, row.reason, row.ended_at, kept=row.ended_at is None or row.ended_at > oldest)
        for row in rows
    ]
