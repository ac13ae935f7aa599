import asyncio
import threading
from datetime import datetime
from typing import Any

import pytest

from deploy_ui.enums import CallStatus, Role
from deploy_ui.services.calls import changes
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment import calls as calls_module
from deploy_ui.states.deployment import calls_reading
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.deployment.calls_address import MOST, PAGE, Asked
from tests import factories
from tests.states.conftest import Opens
from tests.states.deployment.calls_tab import made, opened, shown
from tests.states.tab import LONG_S, Tab

SECRET = "s3cret-of-the-caller"


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


@pytest.fixture(autouse=True)
def _no_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module, "BREATH_S", 0)


async def test_the_list_follows_the_click_before_the_address(tab: Tab, card: DeploymentCard) -> None:
    ids = [made(card, 10 + number) for number in range(3 * PAGE)]
    await opened(tab, card)
    await tab.send(CallsState.show_more(2 * PAGE))
    assert shown(tab) == ids[: 2 * PAGE]
    await tab.send(CallsState.show_more(2 * PAGE))
    assert shown(tab) == ids[: 2 * PAGE]
    await opened(tab, card, f"?show={3 * PAGE}")
    await tab.sees(lambda seen: shown(seen) == ids)
    await tab.send(CallsState.show_more(10**9))
    assert tab["CallsState.asked"].show == MOST


async def test_a_look_that_ends_after_the_address_changed_is_dropped(
    tab: Tab, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [made(card, 10 + number) for number in range(2 * PAGE)]
    began, may_end = threading.Event(), threading.Event()

    def slow(viewer: Viewer, asked: Asked, held: datetime | None) -> calls_reading.Found:
        found = calls_reading.read(viewer, asked, held)
        if asked.show == PAGE and not began.is_set():
            began.set()
            may_end.wait(LONG_S)
        return found

    monkeypatch.setattr(calls_module, "read", slow)
    await tab.card(card.slug, "calls")
    await asyncio.to_thread(began.wait, LONG_S)
    await tab.card(card.slug, "calls", f"?show={2 * PAGE}")
    await tab.sees(lambda seen: shown(seen) == ids)
    may_end.set()
    changes.tell(card.slug)
    newest = made(card)
    changes.tell(card.slug)
    await tab.sees(lambda seen: seen["CallsState.newer"])
    assert newest not in shown(tab)
    assert shown(tab) == ids


async def test_older_calls_are_reached_however_many_there_are(
    tab: Tab, card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MOST", PAGE)
    ids = [made(card, 10 + number, CallStatus.ERROR) for number in range(PAGE + 5)]
    await opened(tab, card, "?status=error")
    assert (tab["CallsState.full"], tab["CallsState.more"]) == (True, False)
    older = tab["CallsState.addresses"]["older"]
    assert older == f"/deployments/{card.slug}/calls?status=error&before={ids[PAGE - 1]}"
    await opened(tab, card, older.partition("/calls")[2])
    await tab.sees(lambda seen: shown(seen) == ids[PAGE:])
    made(card, status=CallStatus.ERROR)
    changes.tell(card.slug)
    await tab.sees(lambda seen: seen["CallsState.counts"]["error"] == PAGE + 6)
    assert tab["CallsState.newer"] is False
    assert tab["CallsState.addresses"]["newest"] == f"/deployments/{card.slug}/calls?status=error"


async def test_an_unknown_place_is_the_newest(tab: Tab, card: DeploymentCard) -> None:
    call_id = made(card)
    await opened(tab, card, "?before=c_nonsense")
    assert shown(tab) == [call_id]


async def test_the_open_call_keeps_its_place_when_it_leaves_the_list(
    tab: Tab, editor: Viewer, card: DeploymentCard
) -> None:
    ids = [made(card, number) for number in range(3)]
    await opened(tab, card, f"?status=queued&call={ids[1]}")
    await tab.sees(lambda seen: seen["CallsState.call"])
    changes.cancel(editor, card.slug, ids[1])
    await tab.sees(lambda seen: shown(seen) == [ids[0], ids[2]])
    assert tab["CallsState.neighbours"] == [ids[0], ids[2]]
    changes.cancel(editor, card.slug, ids[2])
    await tab.sees(lambda seen: seen["CallsState.neighbours"] == [ids[0], ""])


async def test_editors_see_headers_and_how_bodies_begin(new_tab: Opens, card: DeploymentCard) -> None:
    head: dict[str, Any] = {"headers": [["x-token", SECRET]], "answer_headers": [["x-more", SECRET]]}
    bodies: dict[str, Any] = {"body": SECRET.encode(), "answer": SECRET.encode()}
    call_id = made(card, 1, CallStatus.COMPLETED, **head, **bodies)
    for role, sees in ((Role.EDITOR, True), (Role.VIEWER, False)):
        tab = new_tab(factories.viewer(role))
        await opened(tab, card, f"?call={call_id}")
        await tab.sees(lambda seen: seen["CallsState.call"])
        assert (SECRET in tab.known()) is sees
        assert bool(tab["CallsState.previews"]) is sees


@pytest.mark.parametrize(
    ("asked", "narrowed"),
    [
        (Asked("x", period="all"), ""),
        (Asked("x"), "period"),
        (Asked("x", period="all", search="c_", status="error"), "search_status"),
        (Asked("x", search="c_", status="error"), "search_status_period"),
    ],
)
def test_only_what_was_asked_for_narrows_a_list(asked: Asked, narrowed: str) -> None:
    assert asked.narrowed == narrowed
