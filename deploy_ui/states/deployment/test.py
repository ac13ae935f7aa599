"""The API test tab: one request at a time, and what came back."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import BodyKind, CallStatus, Role
from deploy_ui.errors import AppError
from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import samples
from deploy_ui.services.calls import cards
from deploy_ui.services.trials import request, whole
from deploy_ui.services.trials.request import Header, Trial
from deploy_ui.services.trials.whole import Answer
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live, signed_in, viewer_of

MOST_HISTORY = 20
FIELDS = {"path", "body", "headers"}
"""Where the form shows what is wrong with it."""
FIELD_OF = {"trial_body_large": "body"}
"""Where an error is shown that does not name its field itself."""
OWN_KEY = "X-API-Key"
PARTS = ("body", "headers")
"""Of an answer."""


@dataclass(frozen=True)
class HeaderLine:
    """One row of the headers' table; its fields in the form are `header-{number}-name` and `-value`."""

    number: int
    name: str
    value: str


@dataclass(frozen=True)
class Past:
    """One request that was sent from this tab of the browser."""

    number: int
    at: datetime
    method: str
    path: str
    status: int
    duration_ms: int
    accepted: bool
    """Whether it became an asynchronous call."""
    trial: Trial


@dataclass(frozen=True)
class Underway:
    """How far the asynchronous call is that the answer speaks of."""

    id: str
    status: CallStatus
    over: bool


class TrialState(rx.State):
    """The form's start values, the answer, what was sent before. Typed text stays in the browser until it is sent."""

    shown_slug: str = ""
    loaded: bool = False
    version: int = 0
    """Raised to fill the form anew."""
    method: str = "POST"
    path: str = "/predict"
    body: str = ""
    headers: list[HeaderLine] = []
    asynchronous: bool = False
    """Whether the box is ticked that asks for an asynchronous call."""
    answer: Answer | None = None
    call: Underway | None = None
    part: str = PARTS[0]
    """The part of the answer that is shown."""
    sending: bool = False
    wrong: dict[str, str] = {}
    wrong_line: int = 0
    """The line of the body that is wrong; 0: none."""
    past: list[Past] = []

    @rx.var
    def own_key(self) -> bool:
        """Whether a row for a key of the person's own was added."""
        return any(each.name == OWN_KEY for each in self.headers)

    @rx.event
    @signed_in
    async def enter(self, viewer: Viewer) -> None:
        """Begin with a request that the image answers; keep everything for the same deployment."""
        slug = await open_tab(self, "test")
        if not slug or self.loaded:
            return
        self._fill(await self._sample(viewer))
        self.loaded = True

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
    async def example(self, viewer: Viewer) -> None:
        """Fill the form with the request that the tab began with."""
        self._fill(await self._sample(viewer))

    @rx.event
    @signed_in
    async def show(self, viewer: Viewer, part: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Show one part of the answer."""
        self.part = part if part in PARTS else PARTS[0]

    @rx.event
    @signed_in
    async def add_key(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Add a row for a key of one's own."""
        self._add(OWN_KEY)

    @rx.event
    @signed_in
    async def clear(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget what was sent before."""
        self.past = []

    @rx.event
    @signed_in
    async def set_asynchronous(self, viewer: Viewer, on: bool) -> None:  # noqa: ARG002, FBT001 - as above; a value
        """Tick or clear the box."""
        self.asynchronous = bool(on)

    @rx.event
    @signed_in
    async def add_header(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Add an empty row."""
        self._add("")

    @rx.event
    @signed_in
    async def remove_header(self, viewer: Viewer, number: int) -> None:  # noqa: ARG002 - only people who are signed in
        """Remove a row."""
        self.headers = [each for each in self.headers if each.number != number]

    @rx.event
    @signed_in
    async def again(self, viewer: Viewer, number: int) -> None:  # noqa: ARG002 - only people who are signed in
        """Fill the form with a request that was sent before."""
        found = next((each for each in self.past if each.number == number), None)
        if found is not None:
            self._fill(found.trial)

    @rx.event(background=True)
    async def send(self, typed: dict[str, Any]) -> None:
        """Send what was typed and show what came back."""
        async with self:
            viewer, slug = await viewer_of(self), str(self.slug)
            if viewer is None or self.sending:
                return
            self.sending, self.wrong, self.wrong_line = True, {}, 0
        try:
            trial = trial_of(typed)
            answer = await whole.send(viewer, slug, trial)
            async with self:
                if slug == self.shown_slug:
                    self._keep(trial, answer)
            await self._look(viewer, slug)  # before the hints that come from now on
        except AppError as error:
            async with self:
                if slug == self.shown_slug:
                    await self._place(error.code, error.facts)
        finally:  # whatever broke, the button works again
            async with self:
                self.sending = self.sending and slug != self.shown_slug

    @rx.event
    @signed_in
    async def refused(self, viewer: Viewer, code: str, facts: dict[str, Any]) -> None:  # noqa: ARG002 - as above
        """Say why the request could not be copied as cURL."""
        await self._place(code, facts)

    @rx.event
    @signed_in
    async def unformatted(self, viewer: Viewer, body: str) -> None:  # noqa: ARG002 - only people who are signed in
        """Say where a body is no JSON."""
        try:
            request.check_json(body)
        except AppError as error:
            await self._place(error.code, error.facts)

    async def _sample(self, viewer: Viewer) -> Trial:
        if not viewer.may(Role.EDITOR):
            return Trial()
        return await asyncio.to_thread(samples.sample, viewer, self.slug)

    def _add(self, name: str) -> None:
        if len(self.headers) < request.MOST_HEADERS:
            number = max((each.number for each in self.headers), default=0) + 1
            self.headers = [*self.headers, HeaderLine(number, name, "")]

    async def _place(self, code: str, facts: dict[str, Any]) -> None:
        """Say an error at its field, or in the corner if it has none."""
        words = error_text(await language_of(self), code, facts)
        field = FIELD_OF.get(code, str(facts.get("field", "")))
        if field not in FIELDS:
            await notices.trouble(self, words)
            return
        self.wrong, self.wrong_line = {field: words}, _line(facts) if field == "body" else 0

    def _keep(self, trial: Trial, answer: Answer) -> None:
        self.answer, self.part = answer, PARTS[0]
        number = self.past[0].number + 1 if self.past else 1
        self.past = [_past(number, trial, answer), *self.past][:MOST_HISTORY]
        self.call = Underway(answer.call_id, CallStatus.QUEUED, over=False) if answer.call_id else None

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

    def _fill(self, trial: Trial) -> None:
        self.method, self.path, self.body = trial.method, trial.path, trial.text
        self.asynchronous = trial.asynchronous
        shown = trial.other_headers if trial.asynchronous else trial.headers
        self.headers = [HeaderLine(at, each.name, each.value) for at, each in enumerate(shown, start=1)]
        self.wrong, self.wrong_line = {}, 0
        self.version += 1


def _past(number: int, trial: Trial, answer: Answer) -> Past:
    return Past(
        number=number,
        at=clock.now(),
        method=trial.method,
        path=trial.path,
        status=answer.status,
        duration_ms=answer.duration_ms,
        accepted=bool(answer.call_id),
        trial=trial,
    )


def trial_of(typed: dict[str, Any]) -> Trial:
    """Return the request that the form's fields mean; header rows without a name are passed over."""
    numbers = sorted(
        int(name.split("-")[1])
        for name in typed
        if name.startswith("header-") and name.endswith("-name") and name.split("-")[1].isdigit()
    )
    rows = [(str(typed[f"header-{at}-name"]).strip(), str(typed.get(f"header-{at}-value", ""))) for at in numbers]
    made = Trial(
        method=str(typed.get("method", "")),
        path=str(typed.get("path", "")).strip(),
        headers=[Header(name, value.strip()) for name, value in rows if name],
        text=str(typed.get("body", "")),
    )
    kind = BodyKind.JSON if "json" in made.content_type.lower() else BodyKind.TEXT
    return replace(made, kind=kind) if made.text else made


def _line(facts: dict[str, Any]) -> int:
    line = facts.get("line")
    return line if isinstance(line, int) else 0
