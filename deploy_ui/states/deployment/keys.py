"""The Keys tab: who may call the deployment."""

import asyncio
from datetime import timedelta
from typing import Any

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Invalid
from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import keys, samples
from deploy_ui.services.calls import callback_secrets
from deploy_ui.services.keys import KeyRow, NewKey
from deploy_ui.services.trials import curl
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in

LIVES = {"never": None, "day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
"""Choices of a new key's life, in days."""
MOST_LINES = 1000
"""Lines of addresses that are looked at; the service allows far fewer."""


class KeysState(rx.State):
    """The keys, the form of a new one, and the secret of the newest until it is saved."""

    shown_slug: str = ""
    rows: list[KeyRow] = []
    loaded: bool = False
    creating: bool = False
    wrong: dict[str, str] = {}
    made: KeyRow | None = None
    """The key that was just made."""
    secret: str = ""
    """Sent to the browser of the person who made it, once; forgotten when they have saved it or leave the tab."""
    command: str = ""
    """A call with the secret, for the shell."""
    asked_id: str = ""
    """The key whose revocation is asked about; empty: no question is open."""
    asked_name: str = ""
    asks_replace: bool = False
    """Whether the question before another callback secret is open. The secret itself is never here."""
    secrets_replaced: int = 0
    """Grows with every callback secret that was replaced, so that an old one is hidden."""

    @rx.event
    @signed_in
    async def leave(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget the secret on every page but its own: each page of the console loads this."""
        here = f"/deployments/{self.shown_slug}/keys"
        if self.router.url.path.rstrip("/") != here:
            self._forget()

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the list true while the tab is open."""
        async with self:
            slug = await open_tab(self, "keys")
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}"):
            try:
                rows = await asyncio.to_thread(keys.rows, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.rows, self.loaded = rows, True

    @rx.event
    @signed_in
    async def ask(self, viewer: Viewer) -> None:
        """Open the form of a new key."""
        viewer.require(Role.EDITOR)
        self.creating, self.wrong = True, {}

    @rx.event
    @signed_in
    async def close(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close whatever dialog is open."""
        self.creating, self.asked_id, self.asks_replace = False, "", False

    @rx.event
    @signed_in
    async def create(self, viewer: Viewer, typed: dict[str, Any]) -> None:
        """Make the key and show its secret."""
        days = LIVES.get(str(typed.get("life", "")))
        expires_at = clock.now() + timedelta(days=days) if days else None
        addresses = str(typed.get("addresses", "")).replace(",", "\n").splitlines()[:MOST_LINES]
        name = str(typed.get("name", ""))
        try:
            made, command = await asyncio.to_thread(
                lambda: _made(viewer, self.slug, name=name, expires_at=expires_at, addresses=addresses)
            )
        except Invalid as error:
            self.wrong = {error.field: await notices.in_words(self, error)}
            return
        self.creating, self.made, self.secret, self.command = False, made.row, made.secret, command
        await self._load(viewer)

    @rx.event
    @signed_in
    async def saved(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget the secret."""
        self._forget()

    @rx.event
    @signed_in
    async def disable(self, viewer: Viewer, key_id: str) -> None:
        """Switch a key off."""
        await asyncio.to_thread(keys.change, viewer, self.slug, key_id, disabled=True)
        await self._load(viewer)

    @rx.event
    @signed_in
    async def enable(self, viewer: Viewer, key_id: str) -> None:
        """Switch a key on again."""
        await asyncio.to_thread(keys.change, viewer, self.slug, key_id, disabled=False)
        await self._load(viewer)

    @rx.event
    @signed_in
    async def ask_revoke(self, viewer: Viewer, key_id: str, name: str) -> None:
        """Open the question before a revocation."""
        viewer.require(Role.EDITOR)
        self.asked_id, self.asked_name = key_id, name

    @rx.event
    @signed_in
    async def revoke(self, viewer: Viewer) -> None:
        """Close the key for ever."""
        key_id, self.asked_id = self.asked_id, ""
        await asyncio.to_thread(keys.revoke, viewer, self.slug, key_id)
        await self._load(viewer)
        await notices.say(self, "keys.revoked", name=self.asked_name)

    @rx.event
    @signed_in
    async def ask_replace(self, viewer: Viewer) -> None:
        """Open the question before another callback secret."""
        viewer.require(Role.EDITOR)
        self.asks_replace = True

    @rx.event
    @signed_in
    async def replace(self, viewer: Viewer) -> None:
        """Replace the secret that callbacks are signed with."""
        self.asks_replace = False
        await asyncio.to_thread(callback_secrets.rotate, viewer, self.slug)
        self.secrets_replaced += 1
        await notices.say(self, "callback_secret.replaced")

    @rx.event
    @signed_in
    async def refused(self, viewer: Viewer, code: str, facts: dict[str, Any]) -> None:  # noqa: ARG002 - as above
        """Say why the API did not give the callback secret out."""
        await notices.trouble(self, error_text(await language_of(self), code, facts))

    def _forget(self) -> None:
        self.made, self.secret, self.command, self.creating, self.asked_id = None, "", "", False, ""
        self.asks_replace = False

    async def _load(self, viewer: Viewer) -> None:
        self.rows, self.loaded = await asyncio.to_thread(keys.rows, viewer, self.slug), True


def _made(viewer: Viewer, slug: str, **wanted: Any) -> tuple[NewKey, str]:
    """Make a key, and a call with it that the deployment understands."""
    made = keys.create(viewer, slug, **wanted)
    return made, curl.command_with(made.secret, slug, samples.sample(viewer, slug))
