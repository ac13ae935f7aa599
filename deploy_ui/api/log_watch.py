"""Wakes those who wait for log lines, soon after they are written.

One look at the ends of the files, many times a second, serves all who wait, however many watch the same instance: what
a look costs follows the number of live instances that somebody watches, and nothing is looked at when nobody does.
(Notifications of the kernel would be cheaper still, but network file systems, where logs of other machines may lie,
give none.)
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol
from weakref import WeakKeyDictionary

LOOK_S = 0.04


class Probe(Protocol):
    """A place that somebody waits at; equal ones are looked at once."""

    def grown(self) -> bool:
        """Say whether there may be something new; cheap."""

    def __hash__(self) -> int:
        """Tell equal ones, as `__eq__`."""


def watch() -> "LogWatch":
    """Return the one that looks in this event loop."""
    return _watches.setdefault(asyncio.get_running_loop(), LogWatch())


class LogWatch:
    """Looks for all who wait in one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, frozenset[Probe]] = {}
        self._looking: asyncio.Task[None] | None = None

    def wake(self, event: asyncio.Event, probes: Iterable[Probe]) -> None:
        """Set the event as soon as there is something new at one of the places. Replaces what it waited for."""
        self._waiting[event] = frozenset(probes)
        if self._looking is None and self._waiting[event]:
            self._looking = asyncio.create_task(self._look())

    def forget(self, event: asyncio.Event) -> None:
        """Wait no more for this one."""
        self._waiting.pop(event, None)

    async def _look(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(LOOK_S)
                places = frozenset[Probe]().union(*self._waiting.values())
                grown = await asyncio.to_thread(_grown, places)
                for event in [event for event, probes in self._waiting.items() if not grown.isdisjoint(probes)]:
                    self.forget(event)
                    event.set()
        finally:
            self._looking = None


def _grown(places: Iterable[Probe]) -> set[Probe]:
    grown = set()
    for place in places:
        with suppress(OSError):
            if place.grown():
                grown.add(place)
    return grown


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, LogWatch] = WeakKeyDictionary()
