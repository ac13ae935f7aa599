"""The Keys tab: who may call the deployment."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Invalid
from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import keys, samples, trials
from deploy_ui.services.calls import callback_secrets
from deploy_ui.services.keys import KeyRow, NewKey
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in

LIVES = {"never": None, "day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
"""Choices of a new key's life, in days."""
BY_DATE = "date"
"""The choice of a day of one's own."""
OVERLAPS = {"none": 0, "hour": 3_600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
"""Choices of how long a replaced key works on, in seconds."""
MOST_LINES = 1000
"""Lines of addresses that are looked at; the service allows far fewer."""


class KeysState(rx.State):
    """The keys, the form of a new one, and the secret of the newest until it is saved."""

    shown_slug: str = ""
    rows: list[KeyRow] = []
    loaded: bool = False
    creating: bool = False
    life: str = "never"
    """The choice of a new key's life."""
    wrong: dict[str, str] = {}
    made: KeyRow | None = None
    """The key that was just made."""
    secret: str = ""
    """Sent to the browser of the person who made it, once; forgotten when they have saved it or leave the tab."""
    command: str = ""
    """A call with the secret, for the shell."""
    asked: KeyRow | None = None
    """The key that a question is about."""
    revoking: bool = False
    rotating: bool = False
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
        self.creating, self.wrong, self.life = True, {}, "never"

    @rx.event
    @signed_in
    async def set_life(self, viewer: Viewer, life: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Choose how long a new key lives."""
        self.life = life if life in {*LIVES, BY_DATE} else "never"

    @rx.event
    @signed_in
    async def close(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close whatever dialog is open."""
        self.creating = self.revoking = self.rotating = self.asks_replace = False

    @rx.event
    @signed_in
    async def create(self, viewer: Viewer, typed: dict[str, Any]) -> None:
        """Make the key and show its secret."""
        addresses = str(typed.get("addresses", "")).replace(",", "\n").splitlines()[:MOST_LINES]
        name = str(typed.get("name", ""))
        try:
            made, command = await asyncio.to_thread(
                lambda: _made(viewer, self.slug, name=name, expires_at=_expiry(typed), addresses=addresses)
            )
        except Invalid as error:
            self.wrong = {error.field: await notices.in_words(self, error)}
            return
        await self._show(viewer, made, command)

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
    async def ask_revoke(self, viewer: Viewer, key_id: str) -> None:
        """Open the question before a revocation, with what the key was used for until now."""
        viewer.require(Role.EDITOR)
        await self._ask_about(viewer, key_id)
        self.revoking = self.asked is not None

    @rx.event
    @signed_in
    async def ask_rotate(self, viewer: Viewer, key_id: str) -> None:
        """Open the question before a rotation."""
        viewer.require(Role.EDITOR)
        await self._ask_about(viewer, key_id)
        self.rotating, self.wrong = self.asked is not None, {}

    @rx.event
    @signed_in
    async def rotate(self, viewer: Viewer, typed: dict[str, Any]) -> None:
        """Put a new key in the old one's place and show its secret."""
        if self.asked is None:
            return
        overlap = timedelta(seconds=OVERLAPS.get(str(typed.get("overlap", "")), OVERLAPS["day"]))
        key_id, self.rotating = self.asked.id, False
        made, command = await asyncio.to_thread(_rotated, viewer, self.slug, key_id, overlap)
        await self._show(viewer, made, command)

    @rx.event
    @signed_in
    async def revoke(self, viewer: Viewer) -> None:
        """Close the key for ever."""
        if self.asked is None:
            return
        self.revoking = False
        row = await asyncio.to_thread(keys.revoke, viewer, self.slug, self.asked.id)
        await self._load(viewer)
        await notices.say(self, "keys.revoked", name=row.name)

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
        self.made, self.secret, self.command, self.asked = None, "", "", None
        self.creating = self.revoking = self.rotating = self.asks_replace = False

    async def _ask_about(self, viewer: Viewer, key_id: str) -> None:
        await self._load(viewer)
        self.asked = next((each for each in self.rows if each.id == key_id), None)

    async def _show(self, viewer: Viewer, made: NewKey, command: str) -> None:
        self.creating, self.made, self.secret, self.command = False, made.row, made.secret, command
        await self._load(viewer)

    async def _load(self, viewer: Viewer) -> None:
        self.rows, self.loaded = await asyncio.to_thread(keys.rows, viewer, self.slug), True


def _expiry(typed: dict[str, Any]) -> datetime | None:
    """Return when a new key is to expire. Raises Invalid for a day that is none."""
    life = str(typed.get("life", ""))
    if life != BY_DATE:
        days = LIVES.get(life)
        return clock.now() + timedelta(days=days) if days else None
    try:
        return datetime.fromisoformat(str(typed.get("until", "")))
    except ValueError as error:
        raise Invalid("expiry_missing", field="expires_at") from error


def _rotated(viewer: Viewer, slug: str, key_id: str, overlap: timedelta) -> tuple[NewKey, str]:
    made = keys.rotate(viewer, slug, key_id, overlap=overlap)
    return made, trials.curl_with(made.secret, slug, samples.sample(viewer, slug))


def _made(viewer: Viewer, slug: str, **wanted: Any) -> tuple[NewKey, str]:
    """Make a key, and a call with it that the deployment understands."""
    made = keys.create(viewer, slug, **wanted)
    return made, trials.curl_with(made.secret, slug, samples.sample(viewer, slug))
