"""The gate as the activator sees it: read again whenever the file was replaced."""

import asyncio
import os
from collections.abc import Mapping

from deploy_ui.gateway import gate, places
from deploy_ui.gateway.gate import Shut
from deploy_ui.settings import settings

LOOK_EVERY_S = 0.01


class Watch:
    """Knows what is shut."""

    def __init__(self) -> None:
        self._path = places.gate(settings())
        self._seen: tuple[int, int, int] | None = None
        self._shut: Mapping[str, Shut] = {}
        self._changed = asyncio.Event()

    def shut(self, slug: str) -> Shut | None:
        """Return why the deployment's requests do not get through, as the file says now; None: they do."""
        self.look()
        return self._shut.get(slug)

    def look(self) -> None:
        """Read the file if it was replaced, and tell those who wait."""
        seen = self._mark()
        if seen != self._seen:
            self._seen, self._shut = seen, gate.read()
            self.tell()

    def tell(self) -> None:
        """Let everybody who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self) -> None:
        """Wait until the file was replaced; somebody has to look."""
        await self._changed.wait()

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 -- a hundred times a second
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
