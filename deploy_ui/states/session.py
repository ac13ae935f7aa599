"""Who is looking at this tab. The cookie decides, at every event; what a tab shows of the person proves nothing."""

import asyncio
import functools
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import quote

import reflex as rx
from reflex.event import EventSpec
from starlette.requests import cookie_parser

from deploy_ui.enums import Role
from deploy_ui.errors import AppError
from deploy_ui.services import people, sessions
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import notices
from deploy_ui.states.changes import LOOK_EVERY_S, looks
from deploy_ui.states.tabs import Following

State = TypeVar("State", bound=rx.State)
Arguments = ParamSpec("Arguments")
Handler = Callable[Concatenate[State, Viewer, Arguments], Awaitable[Any]]
Endpoint = Callable[Concatenate[State, Arguments], Coroutine[Any, Any, Any]]


class SessionState(rx.State):
    """What the tab shows of the signed-in person. For display only."""

    known: bool = False
    """Somebody is signed in; until then a page shows nothing."""
    name: str = ""
    email: str = ""
    role: Role = Role.VIEWER

    @rx.var
    def initials(self) -> str:
        """One or two letters for the avatar."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @rx.var
    def may_edit(self) -> bool:
        """Whether buttons that change something are shown; the services decide again."""
        return self.role.includes(Role.EDITOR)

    @rx.event
    async def enter(self) -> EventSpec | None:
        """Find out who it is, or send them to sign in; the first thing that every page of the console loads."""
        viewer = await viewer_of(self)
        if viewer is None or self.email not in {viewer.email, ""}:
            await _forget(self)
        if viewer is None:
            return await _away(self)
        self.known = True
        self.name, self.email, self.role = viewer.name, viewer.email, viewer.role
        return None

    @rx.event
    def start(self) -> EventSpec:
        """Lead from the bare address to the first page."""
        return rx.redirect("/deployments", replace=True)

    @rx.event
    async def leave_if_signed_in(self) -> EventSpec | None:
        """Send somebody who is signed in already from the sign-in page to the console."""
        return rx.redirect("/deployments") if await viewer_of(self) else None


def signed_in(handler: "Handler[State, Arguments]") -> "Endpoint[State, Arguments]":
    """Give a handler its viewer as the first argument; whoever is not signed in is sent to sign in.

    An expected failure that the handler does not catch becomes a notice. Stands below `@rx.event`.
    For handlers that return; a background handler follows the session with `live`.
    """

    @functools.wraps(handler)
    async def endpoint(self: State, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Any:
        viewer = await viewer_of(self)
        if viewer is None:
            return await _away(self)
        try:
            return await handler(self, viewer, *args, **kwargs)
        except AppError as error:
            await notices.failure(self, error)
            return None

    shown = inspect.signature(handler)  # Reflex reads the arguments that the browser sends from it
    parameters = [each for each in shown.parameters.values() if each.name != "viewer"]
    endpoint.__signature__ = shown.replace(parameters=parameters)
    endpoint.__annotations__ = {name: hint for name, hint in handler.__annotations__.items() if name != "viewer"}
    return cast(Endpoint[State, Arguments], endpoint)


async def live(state: rx.State, *topics: str, every_s: float = LOOK_EVERY_S) -> AsyncIterator[Viewer]:
    """Yield the viewer at once, at every hint on these topics and every few seconds; end when the session is over.

    For background handlers that a page starts from its `on_load`, so that leaving the page ends them. They end as well
    when the tab is gone, or calls the same one again.
    """
    token, session = token_of(state), state.router.session
    with Following(session.client_token, state.get_full_name(), session.session_id) as following:
        async for _ in looks(sessions.topic(token), *topics, every_s=every_s):
            viewer = await asyncio.to_thread(sessions.viewer, token) if token else None
            if viewer is None or not following.goes_on(time.monotonic()):
                return
            yield viewer


async def viewer_of(state: rx.State) -> Viewer | None:
    """Return who the tab's cookie belongs to, now."""
    token = token_of(state)
    return await asyncio.to_thread(sessions.viewer, token) if token else None


def token_of(state: rx.State) -> str:
    """Return the session's token; empty without a cookie."""
    return cookie_parser(state.router.headers.cookie).get(sessions.COOKIE, "")


async def _forget(state: rx.State) -> None:
    """Empty everything that this tab was shown before: it may be somebody else's."""
    root = await state.get_state(rx.State)
    for each in root.substates.values():
        if type(each).__module__.startswith("deploy_ui.states."):
            each.reset()


async def _away(state: rx.State) -> EventSpec:
    if await asyncio.to_thread(people.setup_needed):
        return rx.redirect("/set-up")
    return rx.redirect(f"/sign-in?next={quote(state.router.url.path, safe='/')}")
