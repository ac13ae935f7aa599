"""Holds requests until the gate opens for them, and asks for instances as long as any is held."""

import asyncio
import contextlib
from collections.abc import Callable

from deploy_ui.gateway.activator import waiting
from deploy_ui.gateway.activator.waiting import Places, Refusal
from deploy_ui.gateway.activator.watch import LOOK_EVERY_S, Watch
from deploy_ui.gateway.waking import REFUSED

WAKE_AGAIN_S = 1.0
WAKE_RESTS_S = 0.02
"""However many begin to wait: more often the controller could not look anyway."""
SOON_S = 1
"""The activator is back a moment after it ended."""
_ENDING = Refusal(REFUSED, "deployment_not_ready", retry_after_s=SOON_S)


class Hold:
    """Everybody who waits. `wake` may block and is called in a thread of its own."""

    def __init__(self, watch: Watch, places: Places, wake: Callable[[], object]) -> None:
        self._watch = watch
        self._places = places
        self._wake = wake
        self._begun = asyncio.Event()
        self._occupied = asyncio.Event()
        self._ending = False

    async def ask(self, slug: str, patience: str | None) -> Refusal | None:
        """Return when the request may go on, or with the reason why it may not."""
        shut = self._watch.shut(slug)
        if shut is None:
            return None
        if not waiting.held(shut):
            return waiting.refusal(shut)
        seconds = waiting.patience(shut, patience)
        if isinstance(seconds, Refusal):
            return seconds
        if self._ending:
            return _ENDING
        if not self._places.free(slug):
            return waiting.too_many()
        with self._places.one(slug):
            self._begin(slug)
            return await self._opened(slug, seconds)

    async def run(self) -> None:
        """Look at the gate and ask for instances as long as anybody waits, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look())
            group.create_task(self._call())

    def end(self) -> None:
        """Send everybody away who waits, and hold nobody any more."""
        self._ending = True
        self._watch.tell()

    def held(self) -> dict[str, int]:
        """Return how many requests are held, by deployment."""
        return self._places.taken()

    def _begin(self, slug: str) -> None:
        self._occupied.set()
        if self._places.taken()[slug] == 1:
            self._begun.set()

    async def _opened(self, slug: str, seconds: float) -> Refusal | None:
        shut = self._watch.shut(slug)
        try:
            async with asyncio.timeout(seconds):
                while shut is not None and waiting.held(shut):
                    if self._ending:
                        return _ENDING
                    await self._watch.change()
                    shut = self._watch.shut(slug)
        except TimeoutError:
            shut = self._watch.shut(slug)
        return waiting.refusal(shut) if shut else None

    async def _look(self) -> None:
        while True:
            await self._occupied.wait()
            self._watch.look()
            if not self._places.taken():
                self._occupied.clear()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _call(self) -> None:
        while True:
            await self._occupied.wait()
            self._begun.clear()
            await asyncio.to_thread(self._wake)
            await asyncio.sleep(WAKE_RESTS_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAKE_AGAIN_S):
                    await self._begun.wait()
