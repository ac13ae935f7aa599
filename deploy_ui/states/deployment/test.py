"""The API test tab: what its form begins with, what was refused, what was sent before, how far a call is.

Requests and answers do not come through here: the browser exchanges them with the API (`components/trial`).
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from deploy_ui.enums import CallStatus, Role
from deploy_ui.errors import AppError
from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import samples
from deploy_ui.services.calls import cards
from deploy_ui.services.trials import history
from deploy_ui.services.trials.history import PastRow
from deploy_ui.services.trials.request import Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in, viewer_of

FIELDS = {"method", "path", "body", "headers"}
"""Where the form shows what is wrong with it."""
FIELD_OF = {"trial_body_large": "body"}
"""Where an error is shown that does not name its field itself."""


@dataclass(frozen=True)
class Refusal:
    """What was refused, in words; with `field` where the form has a place for it."""

    words: str
    field: str
    facts: dict[str, int]
    """`line` and `column` of a body, if they are known."""


@dataclass(frozen=True)
class Underway:
    """How far the asynchronous call is that the answer speaks of."""

    id: str
    status: CallStatus
    over: bool


class TrialState(rx.State):
    """What is small of the tab; typed text, keys and answers stay in the browser."""

    shown_slug: str = ""
    loaded: bool = False
    sample: dict[str, Any] = {}
    """The request that the form begins with, as the API takes it."""
    schema: dict[str, Any] | None = None
    """Of the JSON body, if the image says one."""
    refusal: Refusal | None = None
    past: list[PastRow] = []
    """The saved ones first, then the newest."""
    call: Underway | None = None

    @rx.event
    @signed_in
    async def enter(self, viewer: Viewer) -> None:
        """Begin with a request that the image answers, and read what was sent before."""
        slug = await open_tab(self, "test")
        if not slug:
            return
        if not self.loaded:
            trial = await asyncio.to_thread(samples.sample, viewer, slug)
            self.schema = await asyncio.to_thread(samples.schema, viewer, slug)
            self.sample, self.loaded = _as_sent(trial), True
        await self._read(viewer)

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the status of the call true that was sent last, while the tab is open."""
        async with self:
            slug = await open_tab(self, "test")
        if not slug:
            return
        async for viewer in live(self, f"calls:{slug}"):
            await self._look(viewer, slug)

    @rx.event
    @signed_in
    async def sending(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget what was said of the request before."""
        self.refusal, self.call = None, None

    @rx.event
    @signed_in
    async def refused(self, viewer: Viewer, code: str, facts: dict[str, Any]) -> None:  # noqa: ARG002 - as above
        """Say why a request was not sent, or not answered."""
        words = error_text(await language_of(self), str(code), facts)
        field = FIELD_OF.get(code, str(facts.get("field", "")))
        place = {name: facts[name] for name in ("line", "column") if isinstance(facts.get(name), int)}
        self.refusal = Refusal(words, field if field in FIELDS else "", place)

    @rx.event(background=True)
    async def ended(self, call_id: str, how: str) -> None:  # noqa: ARG002 - what every ending says
        """Read what the history keeps of a request that is over, and how far its call is."""
        async with self:
            slug = self.shown_slug
            viewer = await viewer_of(self)
            if viewer is None or not slug:
                return
            if call_id:
                self.call = Underway(str(call_id), CallStatus.QUEUED, over=False)
            await self._read(viewer)
        await self._look(viewer, slug)  # before the hints that come from now on

    @rx.event
    @signed_in
    async def name(self, viewer: Viewer, past_id: int, name: str) -> None:
        """Keep a request under a name."""
        await asyncio.to_thread(history.save, viewer, self.shown_slug, past_id, name)
        await self._read(viewer)

    @rx.event
    @signed_in
    async def forget(self, viewer: Viewer, past_id: int) -> None:
        """Drop a request from the history."""
        await asyncio.to_thread(history.forget, viewer, self.shown_slug, past_id)
        await self._read(viewer)

    @rx.event
    @signed_in
    async def clear(self, viewer: Viewer) -> None:
        """Drop everything from the history that has no name."""
        await asyncio.to_thread(history.clear, viewer, self.shown_slug)
        await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        if not viewer.may(Role.EDITOR):
            return
        rows = await asyncio.to_thread(history.rows, viewer, self.shown_slug)
        self.past = sorted(rows, key=lambda row: not row.name)

    async def _look(self, viewer: Viewer, slug: str) -> None:
        """Read how far the call is; one that was forgotten meanwhile stays as it was. Not under the lock."""
        call = self.call if slug == self.shown_slug else None
        if call is None or call.over:
            return
        try:
            status = (await asyncio.to_thread(cards.card, viewer, slug, call.id)).status
        except AppError:
            return
        async with self:
            if self.call == call:  # no other one was sent meanwhile
                self.call = Underway(call.id, status, over=status.ended)


def _as_sent(trial: Trial) -> dict[str, Any]:
    """Return a request as the browser sends it to the API."""
    return {
        "method": trial.method,
        "path": trial.path,
        "headers": [[each.name, each.value] for each in trial.headers],
        "kind": trial.kind.value,
        "text": trial.text,
        "fields": [],
        "filename": "",
    }
