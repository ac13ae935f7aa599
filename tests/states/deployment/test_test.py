"""The API test tab: what its form means, what is sent, what is said."""

import functools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from deploy_ui.services.trials.whole import Answer

from deploy_ui.enums import BodyKind, CallStatus, Role
from deploy_ui.services import deployments
from deploy_ui.services.calls import changes
from deploy_ui.services.trials import request, whole
from deploy_ui.services.trials.request import Header, Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.test import MOST_HISTORY, TrialState, trial_of
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab

FORM = {
    "method": "POST",
    "path": "/predict",
    "body": "{}",
    "header-1-name": "Content-Type",
    "header-1-value": "application/json",
}
ASYNC = {**FORM, "header-0-name": "X-Async-Request", "header-0-value": "true"}
Answers = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def slug(editor: Viewer) -> str:
    return factories.deployment(editor, name="Fraud scoring").slug


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, editor: Viewer, slug: str) -> list[httpx.Request]:
    """Stand in for the gateway: keep what came."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.headers.get("x-async-request") == "true":
            return httpx.Response(
                202, json={"request_id": factories.call(deployments.card(editor, slug)), "status": "queued"}
            )
        return httpx.Response(200, json={"number": len(seen)}, headers={"x-instance": "k4c9aa"})

    real = whole.send

    async def send(viewer: Viewer, slug: str, trial: Trial) -> Any:
        return await real(viewer, slug, trial, transport=httpx.MockTransport(handle))

    monkeypatch.setattr(whole, "send", send)
    return seen


def newest_is(number: int, tab: Tab) -> bool:
    return bool(tab["TrialState.past"][0].number == number)


async def opens(tab: Tab, slug: str) -> None:
    await tab.card(slug, "test")
    await tab.sees(lambda seen: seen["TrialState.shown_slug"] == slug and seen["TrialState.loaded"])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param(
            FORM,
            Trial(headers=[Header("Content-Type", "application/json")], kind=BodyKind.JSON, text="{}"),
            id="the usual",
        ),
        pytest.param({}, Trial(method="", path=""), id="nothing"),
        pytest.param(
            {"method": "GET", "path": " /a ", "header-2-name": " X ", "header-2-value": " y "},
            Trial(method="GET", path="/a", headers=[Header("X", "y")]),
            id="spaces around",
        ),
        pytest.param(
            {"header-10-name": "B", "header-2-name": "A", "header-x-name": "C", "header--name": "D"},
            Trial(method="", path="", headers=[Header("A", ""), Header("B", "")]),
            id="rows in their order, nonsense passed over",
        ),
        pytest.param(
            {"header-1-name": " ", "header-1-value": "lost"},
            Trial(method="", path="", headers=[]),
            id="a row without a name",
        ),
    ],
)
def test_the_form_means_a_request(typed: dict[str, str], expected: Trial) -> None:
    assert trial_of(typed) == expected


async def test_the_form_begins_with_a_request_that_the_image_answers(tab: Tab, editor: Viewer) -> None:
    image = factories.image(editor, request_schema={"type": "object", "properties": {"amount": {"type": "number"}}})
    slug = factories.deployment(editor, image_id=image.id).slug
    await opens(tab, slug)
    assert (tab["TrialState.method"], tab["TrialState.path"]) == ("POST", "/predict")
    assert '"amount": 0.0' in tab["TrialState.body"]
    assert [each.name for each in tab["TrialState.headers"]] == ["Content-Type"]


async def test_an_answer_is_shown_and_kept_in_the_history(tab: Tab, slug: str, gateway: list[httpx.Request]) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send(FORM))
    await tab.sees(lambda seen: seen["TrialState.answer"])
    answer = tab["TrialState.answer"]
    assert (answer.status, answer.instance, answer.json) == (200, "k4c9aa", True)
    assert [each.path for each in tab["TrialState.past"]] == ["/predict"]
    assert not tab["TrialState.sending"]
    assert gateway[0].headers["x-api-key"].startswith("dk_")
    assert "dk_" not in tab.known()


async def test_the_history_keeps_the_newest(tab: Tab, slug: str, gateway: list[httpx.Request]) -> None:
    await opens(tab, slug)
    for number in range(1, MOST_HISTORY + 2):
        await tab.send(TrialState.send({**FORM, "path": f"/{number}"}))
        await tab.sees(functools.partial(newest_is, number))
    assert len(gateway) == MOST_HISTORY + 1
    assert len(tab["TrialState.past"]) == MOST_HISTORY


async def test_a_past_request_fills_the_form_again(tab: Tab, slug: str, gateway: list[httpx.Request]) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send({**FORM, "path": "/special", "method": "PUT"}))
    await tab.sees(lambda seen: seen["TrialState.past"])
    assert gateway
    version = tab["TrialState.version"]
    await tab.send(TrialState.again(1))
    assert (tab["TrialState.method"], tab["TrialState.path"]) == ("PUT", "/special")
    assert tab["TrialState.version"] == version + 1
    await tab.send(TrialState.clear())
    assert tab["TrialState.past"] == []


async def test_the_status_of_an_asynchronous_call_is_followed_to_its_end(
    tab: Tab, slug: str, editor: Viewer, gateway: list[httpx.Request]
) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send(ASYNC))
    await tab.sees(lambda seen: seen["TrialState.call"])
    call = tab["TrialState.call"]
    assert (tab["TrialState.answer"].call_id, call.status, call.over) == (call.id, CallStatus.QUEUED, False)
    assert tab["TrialState.past"][0].accepted
    assert gateway
    changes.cancel(editor, slug, call.id)
    await tab.sees(lambda seen: seen["TrialState.call"].status == CallStatus.CANCELED)
    assert tab["TrialState.call"].over
    await tab.send(TrialState.send(FORM))
    await tab.sees(lambda seen: seen["TrialState.call"] is None)
    assert not tab["TrialState.past"][0].accepted


async def test_a_call_that_ends_before_its_answer_is_read_is_over_at_once(
    tab: Tab, slug: str, editor: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(*_: Any) -> Answer:
        call_id = factories.call(deployments.card(editor, slug), status=CallStatus.COMPLETED)
        return Answer(
            202, "", 1, [], "", 0, binary=False, json=True, truncated=False, request_id="", instance="", call_id=call_id
        )

    monkeypatch.setattr(whole, "send", send)
    await opens(tab, slug)
    await tab.send(TrialState.send(ASYNC))
    await tab.sees(lambda seen: seen["TrialState.call"] and seen["TrialState.call"].status == CallStatus.COMPLETED)


async def test_a_past_asynchronous_request_ticks_the_box_and_another_clears_it(
    tab: Tab, slug: str, gateway: list[httpx.Request]
) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send(ASYNC))
    await tab.sees(functools.partial(newest_is, 1))
    await tab.send(TrialState.send(FORM))
    await tab.sees(functools.partial(newest_is, 2))
    assert len(gateway) == 2
    await tab.send(TrialState.again(1))
    assert tab["TrialState.asynchronous"]
    assert [each.name for each in tab["TrialState.headers"]] == ["Content-Type"]
    await tab.send(TrialState.again(2))
    assert not tab["TrialState.asynchronous"]
    await tab.send(TrialState.set_asynchronous(True))
    assert tab["TrialState.asynchronous"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"path": "predict"}, "path"),
        ({"path": "http://elsewhere/"}, "path"),
        ({"body": "{"}, "body"),
        ({"body": "x" * (request.MOST_TEXT + 1)}, "body"),
        ({"header-2-name": "a b"}, "headers"),
        ({"header-2-name": "Host", "header-2-value": "x"}, "headers"),
    ],
)
async def test_what_cannot_be_sent_is_said_at_its_field(
    tab: Tab, slug: str, gateway: list[httpx.Request], typed: dict[str, str], field: str
) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send({**FORM, **typed}))
    await tab.sees(lambda seen: seen["TrialState.wrong"] and not seen["TrialState.sending"])
    assert list(tab["TrialState.wrong"]) == [field]
    assert gateway == []


async def test_broken_json_names_line_and_column_and_marks_the_line(tab: Tab, slug: str) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send({**FORM, "body": '{\n  "a": tru\n}'}))
    await tab.sees(lambda seen: seen["TrialState.wrong_line"] == 2)
    assert "line 2, column 8" in tab["TrialState.wrong"]["body"]


async def test_a_text_that_cannot_be_formatted_says_where(tab: Tab, slug: str) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.unformatted('{"a": 1,}'))
    assert "line 1" in tab["TrialState.wrong"]["body"]


async def test_a_refused_copy_is_said_at_its_field(tab: Tab, slug: str) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.refused("body_not_json", {"field": "body", "line": 3, "column": 1}))
    assert (list(tab["TrialState.wrong"]), tab["TrialState.wrong_line"]) == (["body"], 3)
    await tab.send(TrialState.refused("console_unreachable", {}))
    assert tab["NoticeState.kind"] == "error"


@pytest.mark.parametrize("facts", [{"field": "body", "line": "x"}, {"field": ["body"]}, {"field": "body"}])
async def test_facts_that_no_page_sends_do_no_harm(tab: Tab, slug: str, facts: dict[str, Any]) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.refused("body_not_json", facts))
    assert tab["TrialState.wrong_line"] == 0


async def test_a_gateway_that_is_away_is_said_and_sending_is_over(tab: Tab, slug: str) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.send(FORM))
    await tab.sees(lambda seen: seen["NoticeState.kind"] == "error")
    await tab.sees(lambda seen: not seen["TrialState.sending"])


async def test_a_viewer_sends_nothing(new_tab: Opens, slug: str, gateway: list[httpx.Request]) -> None:
    reader = new_tab(factories.viewer(Role.VIEWER))
    await opens(reader, slug)
    await reader.send(TrialState.send(FORM))
    await reader.sees(lambda seen: seen["NoticeState.kind"] == "error")
    assert gateway == []


async def test_nobody_sends_nothing(new_tab: Opens, slug: str, gateway: list[httpx.Request]) -> None:
    stranger = new_tab(None)
    await stranger.card(slug, "test")
    await stranger.send(TrialState.send(FORM))
    await stranger.sees(lambda seen: seen.redirects)
    assert gateway == []


async def test_headers_are_added_and_removed(tab: Tab, slug: str) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.add_header())
    await tab.send(TrialState.add_key())
    assert [(each.number, each.name) for each in tab["TrialState.headers"]] == [
        (1, "Content-Type"),
        (2, ""),
        (3, "X-API-Key"),
    ]
    assert tab["TrialState.own_key"]
    await tab.send(TrialState.remove_header(1))
    assert [each.number for each in tab["TrialState.headers"]] == [2, 3]
    for _ in range(request.MOST_HEADERS):
        await tab.send(TrialState.add_header())
    assert len(tab["TrialState.headers"]) == request.MOST_HEADERS


async def test_another_deployment_begins_afresh_and_the_same_goes_on(
    tab: Tab, slug: str, editor: Viewer, gateway: list[httpx.Request]
) -> None:
    other = factories.deployment(editor).slug
    await opens(tab, slug)
    await tab.send(TrialState.send(FORM))
    await tab.sees(lambda seen: seen["TrialState.past"])
    assert gateway
    await tab.card(slug, "keys")
    await tab.card(slug, "test")
    assert tab["TrialState.past"]
    await tab.card(other, "test")
    await tab.sees(lambda seen: seen["TrialState.shown_slug"] == other and seen["TrialState.loaded"])
    assert (tab["TrialState.past"], tab["TrialState.answer"]) == ([], None)
