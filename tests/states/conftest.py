"""Handlers through the real pipeline of events, without a browser and without built pages."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event.processor import BaseStateEventProcessor

from deploy_ui import hints
from deploy_ui.deploy_ui import app
from deploy_ui.services.viewer import Viewer
from deploy_ui.states import changes
from tests import factories
from tests.states.tab import Browser, Tab

Opens = Callable[..., Tab]


@pytest.fixture
async def new_tab(database: str) -> AsyncIterator[Opens]:
    """Return a function that opens a tab for a person, or for nobody."""
    assert database
    browser = Browser()
    processor = BaseStateEventProcessor(middleware=app, backend_exception_handler=None)
    processor.configure(state_manager=StateManagerMemory(), event_namespace=browser)  # type: ignore[arg-type,abstract]

    def opened(viewer: Viewer | None) -> Tab:
        token = f"tab-{len(browser.tabs)}"
        browser.tabs[token] = Tab(processor, token, viewer)
        return browser.tabs[token]

    with app.set_contexts():
        async with processor:
            yield opened


@pytest.fixture(autouse=True)
async def _hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hints reach the handlers that wait for them without a Redis between."""
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(hints, "publish", lambda *topics: loop.call_soon_threadsafe(changes._wake, *topics))


@pytest.fixture
def editor(database: str) -> Viewer:
    """Give a person who may change things."""
    assert database
    return factories.viewer()


@pytest.fixture
def tab(new_tab: Opens, editor: Viewer) -> Tab:
    """Give a tab of the editor."""
    return new_tab(editor)
