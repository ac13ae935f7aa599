"""The Info tab: what the image is made of, and who uses it."""

import asyncio
import json
from dataclasses import dataclass, field

import reflex as rx

from deploy_ui.errors import AppError
from deploy_ui.services import image_usage, images, schema_fields
from deploy_ui.services.image_cards import FileRow, ImageCard
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.services.schema_fields import SchemaField
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.image.card import open_tab
from deploy_ui.states.session import live, signed_in

FEW_FILES = 8
MOST_FILES = 1000
"""What a page can list; an image may hold more."""
FEW_USERS = 3
LONGEST_SCHEMA = 128 * 1024


@dataclass(frozen=True)
class Contents:
    """What was uploaded and what the build made of it; the browser fetches the script itself."""

    has_script: bool
    requirements: str
    lock: str
    packages: int
    request_schema: str
    """As JSON; empty if the script has none, or none that a page can show."""
    fields: list[SchemaField] = field(default_factory=list)
    """Of the schema."""


class InfoState(rx.State):
    """What the tab shows beside the card."""

    contents: Contents | None = None
    files: list[FileRow] = []
    file_count: int = 0
    all_files: bool = False
    as_table: bool = False
    """Whether the request schema is shown as a table of its fields."""
    users: list[UsageRow] = []
    """The first deployments that use it now."""
    more_users: int = 0

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep it true while the tab is open."""
        async with self:
            image_id = await open_tab(self, "info")
            self.contents, self.files, self.file_count, self.all_files = None, [], 0, False
        if not image_id:
            return
        async for viewer in live(self, f"image:{image_id}", "deployments"):
            try:
                card, users = await asyncio.to_thread(_read, viewer, image_id)
            except AppError:
                return  # the card itself says why
            async with self:
                self._keep(card, users)

    @rx.event
    @signed_in
    async def show_all_files(self, viewer: Viewer) -> None:
        """List all files, as far as a page can."""
        self.all_files = True
        card, users = await asyncio.to_thread(_read, viewer, self.image_id)
        self._keep(card, users)

    @rx.event
    @signed_in
    async def show_schema(self, viewer: Viewer, as_table: bool) -> None:  # noqa: ARG002, FBT001 - signed-in people only
        """Show the request schema as JSON or as a table."""
        self.as_table = as_table

    def _keep(self, card: ImageCard, users: list[UsageRow]) -> None:
        """Show it; what did not change is not sent to the browser again."""
        files = _telling_first(card)[: MOST_FILES if self.all_files else FEW_FILES]
        shown = {
            "contents": _contents(card),
            "files": files,
            "file_count": len(card.files),
            "users": users[:FEW_USERS],
            "more_users": max(0, len(users) - FEW_USERS),
        }
        for name, value in shown.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _read(viewer: Viewer, image_id: str) -> tuple[ImageCard, list[UsageRow]]:
    users = [each for each in image_usage.rows(viewer, image_id) if each.now]
    return images.card(viewer, image_id), users


def _telling_first(card: ImageCard) -> list[FileRow]:
    """Return the files, script and requirements before all others."""
    return sorted(card.files, key=lambda each: (each.path != card.entry, each.path != images.REQUIREMENTS))


def _contents(card: ImageCard) -> Contents:
    schema = json.dumps(card.request_schema, indent=2, ensure_ascii=False) if card.request_schema else ""
    return Contents(
        has_script=bool(card.script),
        requirements=card.requirements,
        lock=card.lock,
        packages=len(card.lock.splitlines()),
        request_schema=schema if len(schema) <= LONGEST_SCHEMA else "",
        fields=schema_fields.fields(card.request_schema),
    )
