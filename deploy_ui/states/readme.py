"""The Readme tab of both cards, around its editor: the history, the published link, the sample."""

import asyncio
from datetime import datetime
from typing import Any

import reflex as rx

from deploy_ui.enums import Role
from deploy_ui.errors import AppError
from deploy_ui.i18n.ui import language_of
from deploy_ui.services.readmes import outlines, owners, publishing, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.publishing import Link
from deploy_ui.services.readmes.texts import VersionRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.readme_sample import sample
from deploy_ui.states.session import live, signed_in

TAB = "readme"


class ReadmeState(rx.State):
    """What stands around the editor. Texts never come here: the browser reads them from the API."""

    shown: str = ""
    """Whose README this is about."""
    rows: list[VersionRow] = []
    sample: str = ""
    history: bool = False
    """Whether the history is open."""
    chosen: int = 0
    """The version that is looked at in it."""
    compares: bool = False
    """Whether the changes between it and the newest are shown, or its text."""
    published_at: datetime | None = None
    """None: it is not published, or not for this person to know."""
    published_by: str = ""
    dialog: bool = False
    """Whether the dialog of the published link is open."""
    link: str = ""
    """Known only while that is open."""
    restored: int = 0
    """Grows with every restored version, so that the editor reads again."""

    _language: str = ""

    @rx.var
    def newest(self) -> int:
        """The number of the newest version; 0: none was saved yet."""
        return self.rows[0].number if self.rows else 0

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep it true while the tab is open."""
        async with self:
            owner = _owner(self)
            self.history, self.dialog, self.link = False, False, ""
            if owner is None:
                return
            topic = f"deployment:{owner.slug}" if owner.slug else f"image:{owner.image}"
            if self.shown != topic:
                self.reset()
                self.shown = topic
        async for viewer in live(self, topic):
            async with self:
                language, known = await language_of(self), self._language
            try:
                rows, link = await asyncio.to_thread(_read, viewer, owner)
                made = "" if language == known else await asyncio.to_thread(_sample, viewer, owner, language)
            except AppError:
                return  # the card itself says why
            async with self:
                self._keep(rows, link)
                if made:
                    self.sample, self._language = made, language

    @rx.event
    @signed_in
    async def saved(self, viewer: Viewer, version: int) -> None:  # noqa: ARG002 - the rows say it
        """List the version that the editor saved."""
        await self._look(viewer)

    @rx.event
    @signed_in
    async def open_history(self, viewer: Viewer) -> None:
        """Open the history at the newest version."""
        await self._look(viewer)
        self.history, self.compares, self.chosen = True, False, self.newest

    @rx.event
    @signed_in
    async def choose(self, viewer: Viewer, version: int) -> None:  # noqa: ARG002 - only people who are signed in
        """Look at a version; the newest has no changes against itself."""
        self.chosen = version
        self.compares = self.compares and version != self.newest

    @rx.event
    @signed_in
    async def compare(self, viewer: Viewer, on: bool) -> None:  # noqa: ARG002, FBT001 - as above; Reflex passes it
        """Show the changes, or the text."""
        self.compares = on

    @rx.event
    @signed_in
    async def restore(self, viewer: Viewer) -> None:
        """Make the version that is looked at the newest."""
        version = self.chosen
        saved = await asyncio.to_thread(texts.restore, viewer, _asked(self), version)
        self.history = False
        self.restored += 1
        await self._look(viewer)
        await notices.say(self, "readme_history.restored", version=version, number=saved.version)

    @rx.event
    @signed_in
    async def open_publishing(self, viewer: Viewer) -> None:
        """Open the dialog of the published link."""
        link = await asyncio.to_thread(publishing.link, viewer, _asked(self))
        self.dialog, self.link = True, link.url if link else ""

    @rx.event
    @signed_in
    async def publish(self, viewer: Viewer) -> None:
        """Publish it, and show the link."""
        self.link = await asyncio.to_thread(publishing.publish, viewer, _asked(self))
        await self._look(viewer)

    @rx.event
    @signed_in
    async def revoke(self, viewer: Viewer) -> None:
        """Kill the link."""
        await asyncio.to_thread(publishing.revoke, viewer, _asked(self))
        self.link, self.dialog = "", False
        await self._look(viewer)
        await notices.say(self, "readme_publish.revoked")

    @rx.event
    @signed_in
    async def close(self, viewer: Viewer) -> None:  # noqa: ARG002 - only people who are signed in
        """Close whatever is open."""
        self.history, self.dialog, self.link = False, False, ""

    async def _look(self, viewer: Viewer) -> None:
        self._keep(*await asyncio.to_thread(_read, viewer, _asked(self)))

    def _keep(self, rows: list[VersionRow], link: Link | None) -> None:
        """Show it; what did not change is not sent to the browser again."""
        shown: dict[str, Any] = {
            "rows": rows,
            "published_at": link.published_at if link else None,
            "published_by": link.published_by if link else "",
        }
        for name, value in shown.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _asked(state: rx.State) -> Owner:
    slug, image = str(state.slug or ""), str(state.image_id or "")
    return owners.of_deployment(slug) if slug else owners.of_image(image)


def _owner(state: rx.State) -> Owner | None:
    """Return whose Readme tab is open."""
    return _asked(state) if str(state.tab or "") == TAB else None


def _read(viewer: Viewer, owner: Owner) -> tuple[list[VersionRow], Link | None]:
    link = publishing.link(viewer, owner) if viewer.may(Role.EDITOR) else None
    return texts.rows(viewer, owner), link


def _sample(viewer: Viewer, owner: Owner, language: str) -> str:
    return sample(language, outlines.outline(viewer, owner), image=not owner.slug)
