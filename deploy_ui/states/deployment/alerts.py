"""The alerts view of the Monitoring tab: what fires, the rules, who is told, what fired before."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import reflex as rx

from deploy_ui.enums import Role
from deploy_ui.enums.alerts import AlertKind, ReceiverKind
from deploy_ui.errors import AppError, Invalid
from deploy_ui.i18n.catalog import error_text, has
from deploy_ui.i18n.ui import language_of
from deploy_ui.services.alerts import board, receivers, rules
from deploy_ui.services.alerts.board import AlertRow
from deploy_ui.services.alerts.receivers import ReceiverRow
from deploy_ui.services.alerts.rules import RuleRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.deployment import alert_numbers
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in

MUTES = {"hour": 3_600, "hours": 8 * 3_600, "day": 86_400, "week": 7 * 86_400, "ever": None}
"""Choices of how long a rule is muted, in seconds."""
PAGE = 20
MOST_SHOWN = 200


@dataclass(frozen=True)
class Board:
    """Everything the view shows."""

    rules: list[RuleRow] = field(default_factory=list)
    firing: list[AlertRow] = field(default_factory=list)
    history: list[AlertRow] = field(default_factory=list)
    more: bool = False
    receivers: list[ReceiverRow] = field(default_factory=list)
    with_email: bool = False


class AlertsState(rx.State):
    """What fires, the rules, the receivers, and which of them is being changed."""

    shown_slug: str = ""
    loaded: bool = False
    rules: list[RuleRow] = []
    firing: list[AlertRow] = []
    history: list[AlertRow] = []
    more: bool = False
    """Whether older ones are not shown."""
    receivers: list[ReceiverRow] = []
    with_email: bool = False
    """Whether a mail server is set."""
    edited: int = 0
    """The rule whose numbers are being changed; 0: none."""
    wrong: dict[str, str] = {}
    adding: str = ""
    """The kind of receiver that is being added."""

    _shown: int = PAGE

    @rx.var
    def watched(self) -> bool:
        """Whether any rule is switched on."""
        return any(each.enabled for each in self.rules)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the view true while it is open."""
        async with self:
            slug = await open_tab(self, "monitoring")
            seen = self.router.url.query_parameters.get("view") == "alerts"
        if not slug or not seen:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                found = await asyncio.to_thread(_read, viewer, slug, self._shown)
            except AppError:
                return  # the card itself says why
            async with self:
                await self._keep(found)

    @rx.event
    @signed_in
    async def show_older(self, viewer: Viewer) -> None:
        """Show more of the history."""
        self._shown = min(self._shown + PAGE, MOST_SHOWN)
        await self._load(viewer)

    @rx.event
    @signed_in
    async def add_rule(self, viewer: Viewer, kind: str) -> None:
        """Add a rule as is usual for its kind, and let its numbers be changed."""
        if kind not in set(AlertKind):
            return
        made = await asyncio.to_thread(rules.create, viewer, self.slug, AlertKind(kind), {})
        await self._load(viewer)
        self.edited, self.wrong = made.id, {}

    @rx.event
    @signed_in
    async def edit(self, viewer: Viewer, rule_id: int) -> None:
        """Let a rule's numbers be changed."""
        viewer.require(Role.EDITOR)
        self.edited, self.wrong = rule_id, {}

    @rx.event
    @signed_in
    async def close(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Leave what is being changed as it is."""
        self.edited, self.adding, self.wrong = 0, "", {}

    @rx.event
    @signed_in
    async def save(self, viewer: Viewer, typed: dict[str, Any]) -> None:
        """Change the numbers of the rule that is being edited."""
        rule = next((each for each in self.rules if each.id == self.edited), None)
        if rule is None:
            return
        numbers = alert_numbers.typed(rule.kind, typed)
        try:
            await asyncio.to_thread(rules.change, viewer, self.slug, rule.id, numbers)
        except Invalid as error:
            said = alert_numbers.as_typed(rule.kind, error)
            self.wrong = {error.field: await notices.in_words(self, said)}
            return
        self.edited, self.wrong = 0, {}
        await self._load(viewer)
        await notices.say(self, "alerts.saved")

    @rx.event
    @signed_in
    async def switch(self, viewer: Viewer, rule_id: int, enabled: bool) -> None:  # noqa: FBT001 - sent by the page
        """Switch a rule on or off."""
        await asyncio.to_thread(lambda: rules.change(viewer, self.slug, rule_id, {}, enabled=enabled))
        await self._load(viewer)

    @rx.event
    @signed_in
    async def remove_rule(self, viewer: Viewer, rule_id: int) -> None:
        """Remove a rule."""
        await asyncio.to_thread(rules.remove, viewer, self.slug, rule_id)
        self.edited = 0
        await self._load(viewer)
        await notices.say(self, "alerts.removed")

    @rx.event
    @signed_in
    async def mute(self, viewer: Viewer, rule_id: int, choice: str) -> None:
        """Send no notices of a rule for a while."""
        if choice not in MUTES:
            return
        await asyncio.to_thread(rules.mute, viewer, self.slug, rule_id, MUTES[choice])
        await self._load(viewer)

    @rx.event
    @signed_in
    async def unmute(self, viewer: Viewer, rule_id: int) -> None:
        """Send notices of a rule again."""
        await asyncio.to_thread(rules.unmute, viewer, self.slug, rule_id)
        await self._load(viewer)

    @rx.event
    @signed_in
    async def ask(self, viewer: Viewer, kind: str) -> None:
        """Open the form of a new receiver."""
        viewer.require(Role.EDITOR)
        self.adding, self.wrong = (kind if kind in set(ReceiverKind) else ""), {}

    @rx.event
    @signed_in
    async def add_receiver(self, viewer: Viewer, typed: dict[str, Any]) -> None:
        """Add a receiver."""
        if not self.adding:
            return
        kind, address = ReceiverKind(self.adding), str(typed.get("address", ""))
        language = str(typed.get("language", ""))
        try:
            made = await asyncio.to_thread(receivers.create, viewer, self.slug, kind, address, language)
        except Invalid as error:
            self.wrong = {error.field: await notices.in_words(self, error)}
            return
        self.adding, self.wrong = "", {}
        await self._load(viewer)
        await notices.say(self, "alerts.receiver_added", name=made.shown)

    @rx.event
    @signed_in
    async def test_receiver(self, viewer: Viewer, receiver_id: int) -> None:
        """Send a test."""
        await asyncio.to_thread(receivers.test, viewer, self.slug, receiver_id)
        await self._load(viewer)
        await notices.say(self, "alerts.test_sent")

    @rx.event
    @signed_in
    async def remove_receiver(self, viewer: Viewer, receiver_id: int) -> None:
        """Tell somebody nothing more."""
        gone = next((each.shown for each in self.receivers if each.id == receiver_id), "")
        await asyncio.to_thread(receivers.remove, viewer, self.slug, receiver_id)
        await self._load(viewer)
        await notices.say(self, "alerts.receiver_removed", name=gone)

    async def _load(self, viewer: Viewer) -> None:
        await self._keep(await asyncio.to_thread(_read, viewer, self.slug, self._shown))

    async def _keep(self, found: Board) -> None:
        self.rules, self.firing, self.history, self.more = found.rules, found.firing, found.history, found.more
        self.with_email, self.loaded = found.with_email, True
        language = await language_of(self)
        self.receivers = [_in_words(each, language) for each in found.receivers]


def _read(viewer: Viewer, slug: str, shown: int) -> Board:
    page = board.history(viewer, slug, limit=shown)
    return Board(
        rules=rules.rows(viewer, slug),
        firing=board.firing(viewer, slug),
        history=page.items,
        more=page.next is not None and shown < MOST_SHOWN,
        receivers=receivers.rows(viewer, slug),
        with_email=receivers.email_possible(viewer),
    )


def _in_words(row: ReceiverRow, language: str) -> ReceiverRow:
    """Return a receiver with what its last try met with in words, where that is one of our codes."""
    return replace(row, message=error_text(language, row.message, {})) if has(f"error.{row.message}") else row
