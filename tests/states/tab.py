"""A tab of a browser without the browser: its events go through the pipeline that the real ones go through."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import reflex as rx
from reflex.event import Event
from reflex.state import StateUpdate
from reflex_base.event.processor import BaseStateEventProcessor

from deploy_ui.db import reading
from deploy_ui.models import Person
from deploy_ui.services import sessions
from deploy_ui.services.viewer import Viewer

LONG_S = 20


class Tab:
    """Sends events and keeps what the server said of the state."""

    def __init__(self, processor: BaseStateEventProcessor, token: str, viewer: Viewer | None) -> None:
        self.token = token
        self._processor = processor
        self._cookie = _cookie(viewer) if viewer else ""
        self._router: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        self._changed = asyncio.Event()
        self.redirects: list[str] = []

    async def open(self, address: str, **params: str) -> None:
        """Go to a page; what it loads goes on in the background until the next page is opened."""
        path, query = urlsplit(address).path, urlsplit(address).query
        self._router = {
            "pathname": path,
            "asPath": address,
            "query": {**params, **dict(parse_qsl(query))},
            "token": self.token,
            "sid": self.token,
            "ip": "127.0.0.1",
            "headers": {"cookie": self._cookie, "accept-language": "en"},
        }
        await self.send(rx.State.hydrate_and_load())

    async def card(self, slug: str, tab: str = "general", query: str = "") -> None:
        """Open a tab of a deployment's card."""
        await self.open(f"/deployments/{slug}/{tab}{query}", slug=slug, tab=tab)

    async def send(self, event: Any) -> None:
        """Send one event and wait until its handler has ended; a background one only begins."""
        [made] = Event.from_event_type(event)
        await (await self._processor.enqueue(self.token, dataclasses.replace(made, router_data=dict(self._router))))

    async def sees(self, what: Callable[["Tab"], object]) -> None:
        """Wait until the tab shows something."""
        async with asyncio.timeout(LONG_S):
            while not self._holds(what):
                self._changed.clear()
                await self._changed.wait()

    def __getitem__(self, name: str) -> Any:
        """Return what the browser knows of a var, by its state's class and its name, such as `KeysState.secret`."""
        return self._values[name]

    def take(self, update: StateUpdate) -> None:
        """Take what the server sends."""
        for state, values in (update.delta or {}).items():
            for name, value in values.items():
                self._values[f"{_class_name(state)}.{name.removesuffix('_rx_state_')}"] = value
        self.redirects += [event.payload["path"] for event in update.events or () if event.name == "_redirect"]
        self._changed.set()

    def known(self) -> str:
        """Return everything that the browser knows, to look for what it must not know."""
        return repr(self._values)

    def _holds(self, what: Callable[["Tab"], object]) -> bool:
        try:
            return bool(what(self))
        except KeyError:
            return False


class Browser:
    """Gives what the server sends to the tab it is for; stands where Reflex has its socket."""

    def __init__(self) -> None:
        self.tabs: dict[str, Tab] = {}

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """Take one message."""
        self.tabs[token].take(update)


def names(values: list[Any], field: str) -> list[Any]:
    """Return one field of each of a state's dataclasses."""
    return [getattr(each, field) if not isinstance(each, dict) else each[field] for each in values]


def _class_name(full_name: str) -> str:
    return _classes().get(full_name, full_name)


def _classes() -> dict[str, str]:
    return {each.get_full_name(): each.__name__ for each in _states(rx.State)}


def _states(state: Any) -> Iterator[Any]:
    yield state
    for child in state.get_substates():
        yield from _states(child)


def _cookie(viewer: Viewer) -> str:
    with reading() as session:
        person = session.get_one(Person, viewer.person_id)
    return f"{sessions.COOKIE}={sessions._begin(person).token}"  # past the password, whose hash takes its time
