import re
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import CallReason, CallStatus, Role
from deploy_ui.models import Attempt
from deploy_ui.services.calls import cards, changes, lookup
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment import calls as calls_module
from deploy_ui.states.deployment.call_actions import CallActions
from deploy_ui.states.deployment.call_recipes import CallRecipesState
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.deployment.calls_address import MOST, PAGE, Asked, asked_for
from tests import factories
from tests.states.conftest import Opens
from tests.states.deployment.calls_tab import ago, made, opened, shown
from tests.states.tab import Tab, names

SECRET = "s3cret-of-the-caller"


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor)


@pytest.fixture(autouse=True)
def _no_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module, "BREATH_S", 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, Asked("x"), id="nothing"),
        pytest.param({"status": "error"}, Asked("x", status="error"), id="a status"),
        pytest.param({"status": "nonsense", "period": "ever"}, Asked("x"), id="no such words"),
        pytest.param({"period": "hour", "search": "c_9"}, Asked("x", period="hour", search="c_9"), id="both"),
        pytest.param({"show": "150"}, Asked("x", show=150), id="more"),
        pytest.param({"show": "1"}, Asked("x"), id="less than a page"),
        pytest.param({"show": "999"}, Asked("x", show=MOST), id="more than there is room for"),
        pytest.param({"show": "9" * 5000}, Asked("x"), id="a number too long to read"),
        pytest.param({"show": "²"}, Asked("x"), id="a digit that is no number"),
        pytest.param({"search": "c" * 500}, Asked("x", search="c" * 40), id="a long search"),
    ],
)
def test_an_address_is_read(query: dict[str, str], expected: Asked) -> None:
    assert asked_for("x", query) == expected


def test_an_address_leaves_out_what_is_usual_and_holds_the_rest() -> None:
    assert Asked("x").address() == "/deployments/x/calls"
    assert Asked("x", status="error", search="a&b").address(call="c_1") == (
        "/deployments/x/calls?status=error&search=a%26b&call=c_1"
    )


async def test_calls_come_and_change_by_themselves(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    await opened(tab, card)
    assert tab["CallsState.anything"] is False
    call_id = made(card)
    changes.tell(card.slug)
    await tab.sees(lambda seen: shown(seen) == [call_id])
    assert tab["CallsState.anything"] is True
    changes.cancel(editor, card.slug, call_id)
    await tab.sees(lambda seen: names(seen["CallsState.rows"], "status") == [CallStatus.CANCELED])
    assert tab["CallsState.counts"]["canceled"] == 1


async def test_the_address_chooses_status_period_and_search(tab: Tab, card: DeploymentCard) -> None:
    old = made(card, 7200, CallStatus.ERROR)
    new = made(card, 60, CallStatus.ERROR)
    queued = made(card, 30)
    await opened(tab, card)
    assert shown(tab) == [queued, new, old]
    assert tab["CallsState.total"] == 3
    await opened(tab, card, "?status=error&period=hour")
    await tab.sees(lambda seen: shown(seen) == [new])
    assert tab["CallsState.counts"] == {"queued": 1, "running": 0, "completed": 0, "error": 1, "canceled": 0}
    assert tab["CallsState.matching"] == 1
    await opened(tab, card, f"?search={old}")
    await tab.sees(lambda seen: shown(seen) == [old])
    await opened(tab, card, "?search=zzzz")
    await tab.sees(lambda seen: shown(seen) == [])
    assert tab["CallsState.anything"] is True


async def test_what_is_typed_and_chosen_goes_into_the_address(tab: Tab, card: DeploymentCard) -> None:
    await opened(tab, card, "?status=error&show=100")
    await tab.send(CallsState.look_for(" c_abc "))
    await tab.send(CallsState.choose_period("all"))
    await tab.send(CallsState.choose_period("nonsense"))
    assert tab.redirects == [
        f"/deployments/{card.slug}/calls?status=error&search=c_abc",
        f"/deployments/{card.slug}/calls?status=error&period=all",
        f"/deployments/{card.slug}/calls?status=error",
    ]
    assert tab["CallsState.addresses"]["queued"] == f"/deployments/{card.slug}/calls?status=queued"
    assert tab["CallsState.addresses"]["more"] == f"/deployments/{card.slug}/calls?status=error&show={2 * PAGE + 50}"


async def test_more_are_shown_on_demand_and_new_ones_do_not_push_them_down(tab: Tab, card: DeploymentCard) -> None:
    ids = [made(card, 10 + number) for number in range(PAGE + 5)]
    await opened(tab, card)
    assert shown(tab) == ids[:PAGE]
    assert tab["CallsState.more"] is True
    await opened(tab, card, f"?show={2 * PAGE}")
    await tab.sees(lambda seen: shown(seen) == ids)
    assert (tab["CallsState.more"], tab["CallsState.newer"]) == (False, False)
    new = made(card)
    changes.tell(card.slug)
    await tab.sees(lambda seen: seen["CallsState.newer"])
    assert shown(tab) == ids
    await tab.send(CallsState.show_newer())
    assert shown(tab) == [new, *ids]
    assert tab["CallsState.newer"] is False


async def test_a_call_is_open_beside_the_list_with_its_neighbours(tab: Tab, card: DeploymentCard) -> None:
    ids = [made(card, number, CallStatus.ERROR, headers=[["x-token", SECRET]]) for number in range(3)]
    await opened(tab, card, f"?call={ids[1]}")
    await tab.sees(lambda seen: seen["CallsState.call"] and seen["CallsState.call"].id == ids[1])
    assert tab["CallsState.neighbours"] == [ids[0], ids[2]]
    assert tab["CallsState.addresses"]["close"] == f"/deployments/{card.slug}/calls"
    assert tab["CallsState.opening"] + ids[0] == f"/deployments/{card.slug}/calls?call={ids[0]}"
    await opened(tab, card, f"?call={ids[2]}")
    await tab.sees(lambda seen: seen["CallsState.neighbours"] == [ids[1], ""])
    await opened(tab, card)
    await tab.sees(lambda seen: seen["CallsState.call"] is None)


@pytest.mark.parametrize("call_id", ["c_nonsense", "<b>", "c_" + "x" * 400])
async def test_a_call_that_is_not_there_is_told(tab: Tab, card: DeploymentCard, call_id: str) -> None:
    await opened(tab, card, f"?call={call_id}")
    await tab.sees(lambda seen: seen["CallsState.problem"])
    assert tab["CallsState.call"] is None


async def test_a_call_of_another_deployment_is_not_shown(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    other = factories.deployment(editor)
    foreign = made(other)
    await opened(tab, other)
    assert shown(tab) == [foreign]
    await opened(tab, card, f"?call={foreign}")
    await tab.sees(lambda seen: seen["CallsState.problem"])
    assert shown(tab) == []


async def test_only_calls_that_have_not_ended_are_selected(tab: Tab, card: DeploymentCard) -> None:
    ended = made(card, 5, CallStatus.COMPLETED)
    first, second = made(card, 4), made(card, 3)
    await opened(tab, card)
    for each in (ended, "c_nonsense", first):
        await tab.send(CallsState.select(each))
    assert tab["CallsState.selected"] == [first]
    await tab.send(CallsState.select(first))
    assert tab["CallsState.selected"] == []
    await tab.send(CallsState.select_all())
    assert set(tab["CallsState.selected"]) == {first, second}
    await tab.send(CallsState.select_all())
    assert tab["CallsState.selected"] == []


async def test_a_selection_holds_the_list_and_loses_what_ends(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    first, second = made(card, 4), made(card, 3)
    await opened(tab, card)
    await tab.send(CallsState.select_all())
    made(card)
    changes.tell(card.slug)
    await tab.sees(lambda seen: seen["CallsState.newer"])
    assert shown(tab) == [second, first]
    changes.cancel(editor, card.slug, first)
    await tab.sees(lambda seen: seen["CallsState.selected"] == [second])
    await tab.send(CallsState.select_none())
    assert (tab["CallsState.selected"], tab["CallsState.newer"]) == ([], False)


async def test_the_selected_are_canceled_after_a_question(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    made(card, 1)
    for _ in range(2):
        made(card, 3)
    await opened(tab, card)
    await tab.send(CallsState.select_all())
    await tab.send(CallsState.select(shown(tab)[0]))
    await tab.send(CallActions.ask_selected())
    assert tab["CallActions.asked_count"] == 2
    await tab.send(CallActions.keep())
    await tab.send(CallActions.cancel_asked())
    assert cards.counts(editor, card.slug)["canceled"] == 0
    await tab.send(CallActions.ask_selected())
    await tab.send(CallActions.cancel_asked())
    assert cards.counts(editor, card.slug) == {"queued": 1, "running": 0, "completed": 0, "error": 0, "canceled": 2}
    assert tab["NoticeState.words"] == "2 calls canceled."
    assert tab["CallsState.selected"] == []


async def test_the_whole_queue_is_canceled_after_a_question(tab: Tab, editor: Viewer, card: DeploymentCard) -> None:
    made(card, 1)
    made(card, 200_000)
    running = made(card, 1, CallStatus.RUNNING, attempts=1, attempt_at=clock.now(), started_at=clock.now())
    await opened(tab, card, "?status=queued")
    await tab.send(CallActions.ask_queued())
    assert tab["CallActions.asked_count"] == 2
    await tab.send(CallActions.cancel_asked())
    assert cards.counts(editor, card.slug)["canceled"] == 2
    assert cards.card(editor, card.slug, running).status == CallStatus.RUNNING


async def test_a_call_is_canceled_at_once_and_one_that_has_ended_says_so(tab: Tab, card: DeploymentCard) -> None:
    call_id = made(card)
    await opened(tab, card)
    await tab.send(CallActions.cancel(call_id))
    assert names(tab["CallsState.rows"], "status") == [CallStatus.CANCELED]
    assert tab["NoticeState.kind"] == "ok"
    await tab.send(CallActions.cancel(call_id))
    assert tab["NoticeState.kind"] == "error"


async def test_whoever_has_a_call_open_gets_the_one_that_repeats_it(tab: Tab, card: DeploymentCard) -> None:
    old = made(card, 5, CallStatus.ERROR)
    await opened(tab, card, f"?call={old}")
    await tab.sees(lambda seen: seen["CallsState.call"])
    await tab.send(CallActions.retry(old))
    assert len(shown(tab)) == 2
    new = shown(tab)[0]
    assert tab.redirects == [f"/deployments/{card.slug}/calls?call={new}"]
    assert new in tab["NoticeState.words"]


async def test_a_retry_from_the_menu_leaves_the_list_open(tab: Tab, card: DeploymentCard) -> None:
    old = made(card, 5, CallStatus.ERROR)
    await opened(tab, card)
    await tab.send(CallActions.retry(old))
    assert tab.redirects == []
    assert len(shown(tab)) == 2


async def test_attempts_are_shown_newest_first(tab: Tab, card: DeploymentCard) -> None:
    call_id = made(card, 50, CallStatus.RUNNING, attempts=2, attempt_at=ago(2), started_at=ago(40), instance="q1v8")
    with transaction() as session:
        number = lookup.call(session, card.slug, call_id).number
        times: dict[str, Any] = {"started_at": ago(40), "ended_at": ago(10)}
        session.add(Attempt(call_number=number, number=1, status=504, reason=CallReason.TIMED_OUT, **times))
    await opened(tab, card, f"?call={call_id}")
    await tab.sees(lambda seen: seen["CallsState.call"])
    assert names(tab["CallsState.call"].attempt_rows, "number") == [2, 1]


async def test_viewers_see_calls_and_change_nothing(new_tab: Opens, editor: Viewer, card: DeploymentCard) -> None:
    call_id = made(card)
    tab = new_tab(factories.viewer(Role.VIEWER))
    await opened(tab, card, f"?call={call_id}")
    await tab.sees(lambda seen: seen["CallsState.call"])
    for event in (CallActions.cancel(call_id), CallActions.retry(call_id), CallActions.ask_queued()):
        await tab.send(event)
        assert tab["NoticeState.kind"] == "error"
    await tab.send(CallsState.select(call_id))
    await tab.send(CallActions.ask_selected())
    await tab.send(CallActions.cancel_asked())
    assert cards.card(editor, card.slug, call_id).status == CallStatus.QUEUED


async def test_recipes_hold_the_address_and_change_their_language(tab: Tab, card: DeploymentCard) -> None:
    await opened(tab, card)
    await tab.send(CallRecipesState.open(""))
    assert set(names(tab["CallRecipesState.recipes"], "language")) == {"bash"}
    assert all(re.search(card.slug, each.text) for each in tab["CallRecipesState.recipes"][:2])
    await tab.send(CallRecipesState.open("python"))
    await tab.send(CallRecipesState.open("cobol"))
    assert set(names(tab["CallRecipesState.recipes"], "language")) == {"python"}
    await tab.send(CallRecipesState.close())
    assert tab["CallRecipesState.recipes"] == []
