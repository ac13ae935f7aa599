"""The API test tab: one request at a time, and what came back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx

from deploy_ui import clock
from deploy_ui.errors import AppError
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import trials
from deploy_ui.services.trials import Answer, Header, Trial
from deploy_ui.states import notices
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import signed_in, viewer_of

MOST_HISTORY = 20
FIELDS = {"path", "body", "headers"}
"""Where the form shows what is wrong with it."""
START = (Header("Content-Type", "application/json"),)


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
    trial: Trial


class TrialState(rx.State):
    """The form's start values, the answer, what was sent before. Typed text stays in the browser until it is sent."""

    slug_shown: str = ""
    version: int = 0
    """Raised to fill the form anew."""
    method: str = "POST"
    path: str = "/predict"
    body: str = "{}"
    headers: list[HeaderLine] = []
    answer: Answer | None = None
    sending: bool = False
    wrong: dict[str, str] = {}
    past: list[Past] = []

    @rx.event
    @signed_in
    async def enter(self, viewer: Any) -> None:  # noqa: ARG002 - only people who are signed in
        """Begin afresh for another deployment; keep everything for the same one."""
        slug = await open_tab(self, "test")
        if not slug or slug == self.slug_shown:
            return
        self.reset()
        self.slug_shown = slug
        self._fill(Trial(headers=list(START), body="{}"))

    @rx.event
    @signed_in
    async def add_header(self, viewer: Any) -> None:  # noqa: ARG002 - only people who are signed in
        """Add an empty row."""
        if len(self.headers) < trials.MOST_HEADERS:
            number = max((each.number for each in self.headers), default=0) + 1
            self.headers = [*self.headers, HeaderLine(number, "", "")]

    @rx.event
    @signed_in
    async def remove_header(self, viewer: Any, number: int) -> None:  # noqa: ARG002 - only people who are signed in
        """Remove a row."""
        self.headers = [each for each in self.headers if each.number != number]

    @rx.event
    @signed_in
    async def again(self, viewer: Any, number: int) -> None:  # noqa: ARG002 - only people who are signed in
        """Fill the form with a request that was sent before."""
        found = next((each for each in self.past if each.number == number), None)
        if found is not None:
            self._fill(found.trial)

    @rx.event(background=True)
    async def send(self, typed: dict[str, Any]) -> None:
        """Send what was typed and show what came back."""
        async with self:
            viewer = await viewer_of(self)
            slug = str(self.slug)
            if viewer is None or self.sending:
                return
            self.sending, self.wrong = True, {}
        try:
            trial = trial_of(typed)
            answer = await trials.send(viewer, slug, trial)
            async with self:
                if slug == self.slug_shown:
                    self._keep(trial, answer)
        except AppError as error:
            async with self:
                await self._say(error)
        finally:  # whatever broke, the button works again
            async with self:
                self.sending = False

    @rx.event
    @signed_in
    async def refused(self, viewer: Any, code: str, facts: dict[str, Any]) -> None:  # noqa: ARG002 - as above
        """Say why the request could not be copied as cURL."""
        words = notices.error_text(await language_of(self), code, facts)
        await self._place(str(facts.get("field", "")), words)

    async def _say(self, error: AppError) -> None:
        await self._place(str(error.facts.get("field", "")), await notices.in_words(self, error))

    async def _place(self, field: str, words: str) -> None:
        if field in FIELDS:
            self.wrong = {field: words}
        else:
            await notices.trouble(self, words)

    def _keep(self, trial: Trial, answer: Answer) -> None:
        self.answer = answer
        number = self.past[0].number + 1 if self.past else 1
        past = Past(number, clock.now(), trial.method, trial.path, answer.status, answer.duration_ms, trial)
        self.past = [past, *self.past][:MOST_HISTORY]

    def _fill(self, trial: Trial) -> None:
        self.method, self.path, self.body = trial.method, trial.path, trial.body
        self.headers = [HeaderLine(at, each.name, each.value) for at, each in enumerate(trial.headers, start=1)]
        self.version += 1


def trial_of(typed: dict[str, Any]) -> Trial:
    """Return the request that the form's fields mean; header rows without a name are passed over."""
    numbers = sorted(
        int(name.split("-")[1])
        for name in typed
        if name.startswith("header-") and name.endswith("-name") and name.split("-")[1].isdigit()
    )
    rows = [(str(typed[f"header-{at}-name"]).strip(), str(typed.get(f"header-{at}-value", ""))) for at in numbers]
    return Trial(
        method=str(typed.get("method", "")),
        path=str(typed.get("path", "")).strip(),
        headers=[Header(name, value.strip()) for name, value in rows if name],
        body=str(typed.get("body", "")),
    )
