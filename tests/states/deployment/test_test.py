"""The API test tab: what its form begins with, what is refused, what was sent before, how far a call is."""

import json
from typing import Any

import pytest

from deploy_ui.enums import BodyKind, CallStatus, Role
from deploy_ui.services import deployments
from deploy_ui.services.calls import changes
from deploy_ui.services.trials import history
from deploy_ui.services.trials.history import Outcome
from deploy_ui.services.trials.request import Header, Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.test import Refusal, TrialState
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab

SCHEMA = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
SECRET = Header("Authorization", "Bearer hunter2")


@pytest.fixture
def slug(editor: Viewer) -> str:
    return factories.deployment(editor, name="Fraud scoring").slug


async def opens(tab: Tab, slug: str) -> None:
    await tab.card(slug, "test")
    await tab.sees(lambda seen: seen["TrialState.shown_slug"] == slug and seen["TrialState.loaded"])


def sent(by: Viewer, slug: str, trial: Trial | None = None, **outcome: Any) -> int:
    """Put a request into the history that was answered; return its number there."""
    number = history.begun(by, slug, trial or Trial())
    history.ended(number, Outcome(**{"status": 200, "over": True, **outcome}))
    return number


async def test_the_form_begins_with_a_request_that_the_image_answers(tab: Tab, editor: Viewer) -> None:
    image = factories.image(editor, request_schema=SCHEMA)
    await opens(tab, factories.deployment(editor, image_id=image.id).slug)
    begun = tab["TrialState.sample"]
    assert (begun["method"], begun["path"], begun["kind"]) == ("POST", "/predict", BodyKind.JSON)
    assert "amount" in json.loads(begun["text"])
    assert tab["TrialState.schema"] == SCHEMA


@pytest.mark.parametrize("schema", [None, {"type": "string", "format": "binary"}])
async def test_without_a_schema_of_json_there_is_no_form(tab: Tab, editor: Viewer, schema: Any) -> None:
    image = factories.image(editor, request_schema=schema)
    await opens(tab, factories.deployment(editor, image_id=image.id).slug)
    assert tab["TrialState.schema"] is None


async def test_what_was_sent_is_in_the_history_without_its_secrets(tab: Tab, slug: str, editor: Viewer) -> None:
    await opens(tab, slug)
    first = sent(editor, slug, Trial(headers=[SECRET], kind=BodyKind.JSON, text='{"password": "hunter2"}'))
    second = sent(editor, slug)
    await tab.send(TrialState.ended("", "done"))
    await tab.sees(lambda seen: [each.id for each in seen["TrialState.past"]] == [second, first])
    assert "hunter2" not in tab.known()


async def test_a_named_request_comes_first_and_is_kept(tab: Tab, slug: str, editor: Viewer) -> None:
    first, second = sent(editor, slug), sent(editor, slug)
    await opens(tab, slug)
    await tab.send(TrialState.name(first, "the usual"))
    assert [(each.id, each.name) for each in tab["TrialState.past"]] == [(first, "the usual"), (second, "")]
    await tab.send(TrialState.clear())
    assert [each.id for each in tab["TrialState.past"]] == [first]
    await tab.send(TrialState.forget(first))
    assert tab["TrialState.past"] == []


async def test_other_peoples_requests_are_not_shown(new_tab: Opens, slug: str, editor: Viewer) -> None:
    number = sent(editor, slug)
    other = new_tab(factories.viewer())
    await opens(other, slug)
    assert other["TrialState.past"] == []
    await other.send(TrialState.forget(number))
    await other.send(TrialState.name(number, "mine"))
    assert other["NoticeState.kind"] == "error"
    assert [each.id for each in history.rows(editor, slug)] == [number]


async def test_a_viewer_has_no_history_and_changes_none(new_tab: Opens, slug: str) -> None:
    reader = new_tab(factories.viewer(Role.VIEWER))
    await opens(reader, slug)
    assert reader["TrialState.past"] == []
    await reader.send(TrialState.clear())
    assert reader["NoticeState.kind"] == "error"


async def test_nobody_sees_nothing(new_tab: Opens, slug: str) -> None:
    stranger = new_tab(None)
    await stranger.card(slug, "test")
    await stranger.send(TrialState.enter())
    await stranger.sees(lambda seen: seen.redirects)
    assert not stranger["TrialState.loaded"]


@pytest.mark.parametrize(
    ("code", "facts", "expected"),
    [
        ("body_not_json", {"field": "body", "line": 3, "column": 1}, ("body", {"line": 3, "column": 1})),
        ("body_not_json", {"field": "body", "line": "x", "column": []}, ("body", {})),
        ("trial_body_large", {"limit_mb": 16}, ("body", {})),
        ("trial_header_value", {"field": "headers", "name": "X"}, ("headers", {})),
        ("gateway_unreachable", {}, ("", {})),
        ("gateway_unreachable", {"field": ["headers"]}, ("", {})),
    ],
)
async def test_a_refusal_stands_at_its_field(
    tab: Tab, slug: str, code: str, facts: dict[str, Any], expected: tuple[str, dict[str, int]]
) -> None:
    await opens(tab, slug)
    await tab.send(TrialState.refused(code, facts))
    found: Refusal = tab["TrialState.refusal"]
    assert found.words
    assert (found.field, found.facts) == expected
    await tab.send(TrialState.sending())
    assert tab["TrialState.refusal"] is None


async def test_the_status_of_an_asynchronous_call_is_followed_to_its_end(tab: Tab, slug: str, editor: Viewer) -> None:
    await opens(tab, slug)
    call_id = factories.call(deployments.card(editor, slug))
    await tab.send(TrialState.ended(call_id, "done"))
    await tab.sees(lambda seen: seen["TrialState.call"] and seen["TrialState.call"].status == CallStatus.QUEUED)
    changes.cancel(editor, slug, call_id)
    await tab.sees(lambda seen: seen["TrialState.call"].over)
    assert tab["TrialState.call"].status == CallStatus.CANCELED


async def test_another_deployment_begins_afresh_and_the_same_goes_on(tab: Tab, slug: str, editor: Viewer) -> None:
    other = factories.deployment(editor).slug
    sent(editor, slug)
    await opens(tab, slug)
    assert len(tab["TrialState.past"]) == 1
    await tab.card(slug, "keys")
    await opens(tab, slug)
    assert len(tab["TrialState.past"]) == 1
    await opens(tab, other)
    assert tab["TrialState.past"] == []
