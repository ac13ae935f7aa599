"""The comparison with another image, which the address names: `?with=`."""

import asyncio
import json
from dataclasses import dataclass, replace

import reflex as rx

from deploy_ui.errors import AppError
from deploy_ui.services import image_comparison
from deploy_ui.services.image_comparison import Choice, Comparison, Side
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.image.card import open_tab
from deploy_ui.states.notices import in_words
from deploy_ui.states.session import live, signed_in

MOST_ROWS = 500
"""What a page can list of each kind."""
LONGEST_SCHEMA = 64 * 1024


@dataclass(frozen=True)
class Schemas:
    """Both request schemas as JSON."""

    before: str = ""
    after: str = ""
    too_long: bool = False
    """They are not shown."""


class CompareState(rx.State):
    """What differs between the card's image and the other one."""

    other: str = ""
    """What the address calls the other image; empty: none is chosen yet."""
    found: Comparison | None = None
    schemas: Schemas = Schemas()
    more_packages: int = 0
    """How many are not listed."""
    more_files: int = 0
    problem: str = ""
    search: str = ""
    choices: list[Choice] = []
    choosing: bool = False
    """Whether another one is being looked for while one is compared with."""

    @rx.var
    def same(self) -> bool:
        """Whether nothing differs but the name."""
        found = self.found
        if found is None or found.facts or found.packages or found.files:
            return False
        return not self.schemas.too_long and self.schemas.before == self.schemas.after

    @rx.event(background=True)
    async def follow(self) -> None:
        """Compare anew whenever one of the two changes."""
        async with self:
            image_id = await open_tab(self, "compare")
            self.other = str(self.router.url.query_parameters.get("with", "")) if image_id else ""
            self.found, self.problem, self.search, self.choices, self.choosing = None, "", "", [], False
            other = self.other
        if not image_id:
            return
        async for viewer in live(self, f"image:{image_id}", f"image:{other}", every_s=60.0):
            try:
                choices = await asyncio.to_thread(image_comparison.choices, viewer, image_id)
                found = await asyncio.to_thread(image_comparison.compare, viewer, other, image_id) if other else None
            except AppError as error:
                async with self:
                    self.problem = await in_words(self, error)
                return
            async with self:
                self._keep(found, choices)

    @rx.event
    @signed_in
    async def look_for(self, viewer: Viewer, search: str) -> None:
        """Narrow the images to choose from."""
        self.search = search[:100]
        self.choices = await asyncio.to_thread(image_comparison.choices, viewer, self.image_id, self.search)

    @rx.event
    @signed_in
    async def choose_other(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Offer the images to choose from again, or no more."""
        self.choosing = not self.choosing

    def _keep(self, found: Comparison | None, choices: list[Choice]) -> None:
        """Show it; what did not change is not sent to the browser again."""
        if not self.search and self.choices != choices:
            self.choices = choices
        if found is None:
            return
        schemas = _schemas(found.before, found.after)
        packages, files = found.packages[:MOST_ROWS], found.files[:MOST_ROWS]
        short = replace(found, before=_short(found.before), after=_short(found.after), packages=packages, files=files)
        if (self.found, self.schemas) != (short, schemas):
            self.found, self.schemas = short, schemas
        self.more_packages = len(found.packages) - len(packages)
        self.more_files = len(found.files) - len(files)


def _short(side: Side) -> Side:
    return replace(side, request_schema=None)


def _schemas(before: Side, after: Side) -> Schemas:
    one, other = _json(before), _json(after)
    if max(len(one), len(other)) > LONGEST_SCHEMA:
        return Schemas(too_long=one != other)
    return Schemas(one, other)


def _json(side: Side) -> str:
    return json.dumps(side.request_schema, indent=2, ensure_ascii=False) if side.request_schema else ""
