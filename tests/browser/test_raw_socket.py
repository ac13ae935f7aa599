"""What a script can do at the console's event socket, without a browser and its good manners."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import reflex as rx
from reflex.state import BaseState
from socketio.exceptions import ConnectionError as Refused

from deploy_ui.deploy_ui import app
from deploy_ui.enums import Role
from deploy_ui.services import deployments
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.deployments import DeploymentsState
from deploy_ui.states.session import SessionState
from tests import factories
from tests.browser.conftest import Console
from tests.browser.raw_socket import raw_socket

SECRET_NAME = "Fraud scoring of the third department"
tabs = (f"tab-{number}" for number in itertools.count())


def _states(root: type[BaseState] = rx.State) -> Iterator[type[BaseState]]:
    for state in root.get_substates():
        if state.__module__.startswith("deploy_ui."):
            yield state
        yield from _states(state)


def _text(answers: list[dict[str, Any]]) -> str:
    return json.dumps(answers)


async def test_a_page_of_another_site_gets_no_socket(console: Console) -> None:
    with pytest.raises(Refused):
        async with raw_socket(console.url, token=console.token(), origin="http://evil.example"):
            pass


async def test_nobody_reads_anything_without_a_session(console: Console) -> None:
    assert app is not None
    factories.deployment(name=SECRET_NAME)
    async with raw_socket(console.url, tab=next(tabs)) as socket:
        for state in _states():
            for handler in state.event_handlers:
                await socket.send(state, handler)
        heard = _text(await socket.answers())
    assert "/sign-in" in heard
    assert SECRET_NAME not in heard


async def test_nobody_changes_anything_without_a_session(console: Console) -> None:
    card = factories.deployment(name=SECRET_NAME)
    for handler in ("start", "stop", "ask_delete"):
        async with raw_socket(console.url, tab=next(tabs)) as socket:
            await socket.send(DeploymentActions, handler, slug=card.slug)
            assert "/sign-in" in _text(await socket.answers())
    assert deployments.card(factories.viewer(), card.slug).wish == "run"


async def test_a_viewer_cannot_change_anything(console: Console) -> None:
    card = factories.deployment(name=SECRET_NAME)
    async with raw_socket(console.url, token=console.token(Role.VIEWER), tab=next(tabs)) as socket:
        await socket.send(DeploymentActions, "stop", slug=card.slug)
        assert "Your role does not allow this" in _text(await socket.answers())
    assert deployments.card(factories.viewer(), card.slug).wish == "run"


async def test_an_editor_changes_what_they_ask_for(console: Console) -> None:
    card = factories.deployment(name=SECRET_NAME)
    async with raw_socket(console.url, token=console.token(Role.EDITOR), tab=next(tabs)) as socket:
        await socket.send(DeploymentActions, "stop", slug=card.slug)
        await socket.answers()
    assert deployments.card(factories.viewer(), card.slug).wish == "stop"


async def test_what_a_tab_was_shown_is_not_shown_to_whoever_knows_its_name(console: Console) -> None:
    factories.deployment(name=SECRET_NAME)
    tab = next(tabs)
    async with raw_socket(console.url, token=console.token(), tab=tab) as socket:
        await socket.send(DeploymentsState, "look_for", text="")
        assert SECRET_NAME in _text(await socket.answers())
    for stranger in ("", console.token(Role.VIEWER)):
        async with raw_socket(console.url, token=stranger, tab=tab) as socket:
            await socket.send(rx.State, "hydrate")
            assert SECRET_NAME not in _text(await socket.answers())


async def test_the_cookie_never_comes_back_to_the_browser(console: Console) -> None:
    token = console.token()
    async with raw_socket(console.url, token=token, tab=next(tabs)) as socket:
        await socket.send(SessionState, "enter")
        assert token not in _text(await socket.answers())


async def test_what_a_tab_shows_of_the_person_cannot_be_set_from_outside(console: Console) -> None:
    async with raw_socket(console.url, tab=next(tabs)) as socket:
        await socket.send(rx.State, "set_is_hydrated", value=True)
        await socket.send(SessionState, "setvar", var_name="known", value=True)
        assert '"known_rx_state_": true' not in _text(await socket.answers())
