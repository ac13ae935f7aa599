"""The form of a new image. The browser posts it itself; here is what it offers, and what is wrong with it."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import reflex as rx

from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import AppError
from deploy_ui.i18n.catalog import error_text
from deploy_ui.i18n.ui import language_of
from deploy_ui.services import drafts, images
from deploy_ui.services.drafts import Draft
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from deploy_ui.states import notices
from deploy_ui.states.session import signed_in

FIELDS = {"name", "command", "script", "requirements", "files", "ready_path", "entry", "env"}
FIELD_OF = {
    "image_name_taken": "name",
    "upload_too_large": "files",
    "upload_too_many_files": "files",
    "form_field_too_long": "script",
}
"""Where an error is shown that does not name its field itself."""
SAME = {"body_too_large": "upload_too_large"}
"""What stops an upload before its own limit does says the same."""
ANYWHERE = "form"
"""Where what belongs to no field is shown."""


class NewImageState(rx.State):
    """What is wrong with what was typed. The typed values stay in the browser."""

    limit_mb: int = 0
    """Of all files together."""
    wrong: dict[str, str] = {}
    wrong_lines: dict[str, int] = {}
    """The line that is wrong, for fields that have lines."""
    refusals: int = 0
    """How often sending was refused."""
    script_fine: bool = False
    """The script was looked at and can work."""
    filling: dict[str, Any] = {}
    """What the form is to be filled with, once for every `id`."""
    lacking: list[str] = []
    """Files of the image that it was begun from, which have to be added again."""

    @rx.event
    @signed_in
    async def enter(self, viewer: Viewer) -> None:
        """Begin without errors; `?from=` names an image to begin with."""
        self.limit_mb = settings().max_upload_mb
        self.wrong, self.wrong_lines, self.script_fine, self.filling, self.lacking = {}, {}, False, {}, []
        other = str(self.router.url.query_parameters.get("from", ""))
        if other and viewer.may(Role.EDITOR):
            self._fill(other, await asyncio.to_thread(drafts.from_image, viewer, other))

    @rx.event
    @signed_in
    async def start_from(self, viewer: Viewer, example: str) -> None:
        """Fill the form with an example."""
        self.wrong, self.wrong_lines, self.script_fine = {}, {}, False
        self._fill(secrets.token_hex(4), await asyncio.to_thread(drafts.from_example, viewer, example))

    @rx.event
    @signed_in
    async def check_name(self, viewer: Viewer, name: str) -> None:
        """Say at once if no image can have this name."""
        if name:
            await self._judge("name", images.check_name, viewer, name)

    @rx.event
    @signed_in
    async def check_script(self, viewer: Viewer, text: str, kind: str) -> None:
        """Say at once if the script cannot work."""
        self.script_fine = False
        if text.strip() and kind in set(ImageKind):
            fine = await self._judge("script", drafts.check_script, viewer, ImageKind(kind), text)
            self.script_fine = fine and kind != ImageKind.COMMAND

    @rx.event
    @signed_in
    async def check_requirements(self, viewer: Viewer, text: str, _kind: str) -> None:
        """Say at once if a line cannot be taken."""
        await self._judge("requirements", drafts.check_requirements, viewer, text)

    @rx.event
    @signed_in
    async def choose_kind(self, viewer: Viewer) -> None:
        """Forget what was said of the script: another kind wants something else of it."""
        viewer.require(Role.EDITOR)
        self.script_fine = False
        self._forget("script")

    @rx.event
    @signed_in
    async def sending(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Forget what was wrong: the form is on its way."""
        self.wrong, self.wrong_lines = {}, {}

    @rx.event
    async def refused(self, code: str, facts: dict[str, Any]) -> None:
        """Say why the form could not be sent, at the field it speaks of. For everybody: a session may have ended."""
        code = SAME.get(code, code)
        field = str(facts.get("field") or FIELD_OF.get(code, "")).partition(".")[0]
        self.wrong = {field if field in FIELDS else ANYWHERE: error_text(await language_of(self), code, facts)}
        self._mark(field, facts)
        self.refusals += 1

    def _fill(self, number: str, draft: Draft) -> None:
        self.filling = {"id": number, "words": draft.words, "files": draft.files}
        self.lacking = draft.lacking

    async def _judge(self, field: str, check: Callable[..., None], *values: object) -> bool:
        """Keep what the check says of the field; return whether it is fine."""
        self._forget(field)
        try:
            await asyncio.to_thread(check, *values)
        except AppError as error:
            self.wrong = {**self.wrong, field: await notices.in_words(self, error)}
            self._mark(field, error.facts)
            return False
        return True

    def _forget(self, field: str) -> None:
        self.wrong = {name: words for name, words in self.wrong.items() if name != field}
        self.wrong_lines = {name: line for name, line in self.wrong_lines.items() if name != field}

    def _mark(self, field: str, facts: dict[str, Any]) -> None:
        line = facts.get("line")
        if isinstance(line, int):
            self.wrong_lines = {**self.wrong_lines, field: line}
