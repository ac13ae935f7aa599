"""The Logs tab: whose lines are shown. The lines themselves do not pass through the state."""

import asyncio
from dataclasses import dataclass

import reflex as rx

from deploy_ui.enums import InstanceStatus
from deploy_ui.errors import AppError
from deploy_ui.services import instances
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in

LONGEST_KEY = 20


@dataclass(frozen=True)
class Choice:
    """An instance whose log can be chosen."""

    key: str
    status: InstanceStatus


class LogsState(rx.State):
    """The instances there are, and the one that is chosen."""

    shown_slug: str = ""
    instance: str = ""
    """Its key; empty: all of them."""
    choices: list[Choice] = []
    loaded: bool = False

    @rx.var
    def none_live(self) -> bool:
        """Whether nothing runs that could write."""
        return all(each.status.ended for each in self.choices)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the list of instances true while the tab is open; `?instance=` chooses one."""
        async with self:
            slug = await open_tab(self, "logs")
            if slug:
                self.instance = str(self.router.url.query_parameters.get("instance", ""))[:LONGEST_KEY]
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                rows = await asyncio.to_thread(instances.rows, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.choices = [Choice(row.key, row.status) for row in rows]
                if self.instance not in {each.key for each in self.choices}:
                    self.instance = ""
                self.loaded = True

    @rx.event
    @signed_in
    async def choose(self, viewer: Viewer, key: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Show one instance's log, or all."""
        self.instance = key if key in {each.key for each in self.choices} else ""
