"""The Async calls tab: list, panel, menus, many at once, with calls that nobody delivers."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from deploy_ui import clock
from deploy_ui.db import transaction
from deploy_ui.enums import CallReason, CallStatus, Role
from deploy_ui.models import Attempt
from deploy_ui.services.calls import cards, changes, lookup
from deploy_ui.services.cards import DeploymentCard
from tests import factories

PHONE = 360
HOSTILE = "<img src=x onerror=document.title='taken'>${1}\u202e"
SignIn = Callable[..., None]


def made(card: DeploymentCard, status: CallStatus, age_s: float = 60, **values: Any) -> str:
    at = clock.now() - timedelta(seconds=age_s)
    times: dict[str, Any] = {"created_at": at, **({"finished_at": clock.now()} if status.ended else {})}
    return factories.call(card, status=status, **times, **values)


def answered(card: DeploymentCard, age_s: float = 60) -> str:
    head: dict[str, Any] = {"answer_status": 200, "answer_headers": [["content-type", "application/json"]]}
    return made(card, CallStatus.COMPLETED, age_s, answer=b'{"sum": 3}', attempts=1, **head)


def failed(card: DeploymentCard, message: str = "", **values: Any) -> str:
    call_id = made(card, CallStatus.ERROR, attempts=1, reason=CallReason.ANSWERED_5XX, **values)
    now = clock.now()
    with transaction() as session:
        number = lookup.call(session, card.slug, call_id).number
        times: dict[str, Any] = {"started_at": now, "ended_at": now, "instance": "m7p2"}
        reason = CallReason.ANSWERED_5XX
        session.add(Attempt(call_number=number, number=1, status=500, reason=reason, message=message, **times))
    return call_id


def row(page: Page, call_id: str) -> Locator:
    return page.locator(f"[data-testid=call][data-call={call_id}]")


def choose(page: Page, call_id: str, choice: str) -> Locator:
    expect(page.get_by_role("menu")).to_have_count(0)
    row(page, call_id).get_by_test_id("call-actions").click()
    return page.get_by_test_id(choice)


@pytest.fixture
def card(console: object) -> DeploymentCard:
    assert console
    return factories.deployment(name="Fraud scoring")


def test_calls_appear_are_filtered_and_found(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in()
    page.goto(f"/deployments/{card.slug}/calls")
    expect(page.get_by_test_id("no-calls")).to_contain_text("X-Async-Request: true")
    queued, done = made(card, CallStatus.QUEUED), answered(card)
    changes.tell(card.slug)
    expect(page.get_by_test_id("call")).to_have_count(2)
    expect(page.get_by_test_id("show-all")).to_have_text("All2")
    page.get_by_test_id("show-completed").click()
    expect(row(page, queued)).to_have_count(0)
    expect(row(page, done)).to_contain_text("Completed")
    page.reload()
    expect(row(page, done)).to_be_visible()
    expect(row(page, queued)).to_have_count(0)
    page.get_by_test_id("search").fill("zzz")
    page.get_by_test_id("show-every").click()
    expect(page.get_by_test_id("call")).to_have_count(2)
    page.get_by_test_id("search").fill(queued)
    expect(row(page, done)).to_have_count(0)
    expect(page).to_have_url(f"/deployments/{card.slug}/calls?period=all&search={queued}")
    changes.cancel_by_caller(card.slug, queued)
    expect(row(page, queued)).to_contain_text("Canceled")


def test_the_panel_tells_everything_of_a_call(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in()
    newer, wrong = answered(card, 10), failed(card, "no memory left")
    page.goto(f"/deployments/{card.slug}/calls")
    row(page, wrong).get_by_test_id("call-link").click()
    panel = page.get_by_test_id("call-panel")
    expect(panel.get_by_test_id("call-failure")).to_contain_text("no memory left")
    expect(panel.get_by_test_id("attempts")).to_contain_text("500")
    expect(panel.get_by_role("link", name="m7p2")).to_have_attribute(
        "href", f"/deployments/{card.slug}/logs?instance=m7p2"
    )
    panel.get_by_test_id("call-above").click()
    expect(panel.get_by_test_id("call-answer")).to_contain_text("application/json")
    expect(page).to_have_url(f"/deployments/{card.slug}/calls?call={newer}")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page).to_have_url(f"/deployments/{card.slug}/calls")
    page.go_back()
    expect(panel.get_by_test_id("call-answer")).to_be_visible()


def test_an_answer_is_downloaded_from_menu_and_panel(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in()
    done = answered(card)
    page.goto(f"/deployments/{card.slug}/calls?call={done}")
    for name in ("panel-result", "get-result", "get-raw"):
        link = page.get_by_test_id(name) if name == "panel-result" else choose(page, done, name)
        with page.expect_download() as download:
            link.click()
        assert json.loads(download.value.path().read_text()) == {"sum": 3}
        assert done in download.value.suggested_filename


def test_one_call_is_copied_repeated_and_canceled(
    page: Page, context: BrowserContext, signed_in: SignIn, card: DeploymentCard
) -> None:
    signed_in()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    wrong = failed(card)
    page.goto(f"/deployments/{card.slug}/calls")
    choose(page, wrong, "copy-id").click()
    expect(page.locator(".notice")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == wrong
    expect(choose(page, wrong, "cancel")).to_be_disabled()
    page.get_by_test_id("retry").click()
    again = page.locator("[data-status=queued] >> xpath=ancestor::tr")
    expect(again).to_have_count(1)
    new = again.get_attribute("data-call") or ""
    expect(choose(page, new, "get-result")).to_be_disabled()
    page.get_by_test_id("cancel").click()
    expect(row(page, new)).to_contain_text("Canceled")


def test_many_calls_are_canceled_after_a_question(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in()
    for age_s in range(5):
        made(card, CallStatus.QUEUED, age_s)
    answered(card)
    page.goto(f"/deployments/{card.slug}/calls")
    expect(page.get_by_test_id("select")).to_have_count(5)
    page.get_by_test_id("select").first.click()
    page.get_by_test_id("select").nth(1).click()
    page.get_by_test_id("cancel-selected").click()
    expect(page.get_by_role("alertdialog").or_(page.get_by_role("dialog"))).to_contain_text("Cancel 2 calls?")
    page.get_by_test_id("confirm").click()
    expect(page.locator("[data-status=canceled]")).to_have_count(2)
    expect(page.get_by_test_id("bulk-bar")).to_have_count(0)
    page.get_by_test_id("show-queued").click()
    page.get_by_test_id("cancel-queued").click()
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("no-match")).to_be_visible()
    assert cards.counts(factories.viewer(), card.slug)["canceled"] == 5


def test_more_calls_are_shown_where_the_reader_is(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in()
    ids = [made(card, CallStatus.CANCELED, age_s) for age_s in range(1, 71)]
    page.goto(f"/deployments/{card.slug}/calls")
    expect(page.get_by_test_id("calls-shown")).to_contain_text("50 of 70 calls")
    page.get_by_test_id("more").click()
    expect(row(page, ids[-1])).to_be_visible()
    row(page, ids[-1]).get_by_test_id("call-link").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    newest = made(card, CallStatus.QUEUED, 0)
    changes.tell(card.slug)
    expect(page.get_by_test_id("newer")).to_be_attached()
    expect(row(page, newest)).to_have_count(0)
    row(page, ids[-1]).get_by_test_id("call-link").click()
    expect(page.get_by_test_id("call-panel")).to_be_visible()
    assert page.evaluate("scrollY") > before / 2
    page.get_by_test_id("newer").click()
    expect(row(page, newest)).to_be_attached()


@pytest.mark.parametrize("width", [PHONE, 1100, 1280, 1440])
def test_what_callers_and_models_send_stays_text_and_fits(
    page: Page, signed_in: SignIn, card: DeploymentCard, width: int
) -> None:
    signed_in()
    page.set_viewport_size({"width": width, "height": 800})
    hostile = failed(
        card,
        HOSTILE * 50,
        path="/" + HOSTILE * 50,
        answer_status=500,
        answer_headers=[["content-type", HOSTILE * 9]],
        callback_url="https://example.org/" + HOSTILE * 9,
        callback_message=HOSTILE * 9,
    )
    page.goto(f"/deployments/{card.slug}/calls")
    expect(row(page, hostile)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    row(page, hostile).get_by_test_id("call-link").click()
    expect(page.get_by_test_id("call-failure")).to_contain_text("<img src=x")
    expect(page.get_by_test_id("call-callback")).to_contain_text("<img src=x")
    assert page.locator("[data-testid=call-panel] img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_editors_look_at_headers_and_bodies(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in()
    head: dict[str, Any] = {"headers": [["x-trace", HOSTILE]], "answer_headers": [["x-model", HOSTILE]]}
    done = made(card, CallStatus.COMPLETED, body=HOSTILE.encode(), answer=b"\x89PNG\xff" * 9, **head)
    page.goto(f"/deployments/{card.slug}/calls?call={done}")
    for name, words in (
        ("request-headers", "x-trace"),
        ("request-body", "<img src=x"),
        ("answer-headers", "<img src=x"),
        ("answer-body", "Binary, 45 B"),
    ):
        page.get_by_test_id(name).locator("summary").click()
        expect(page.get_by_test_id(name)).to_contain_text(words)
    assert page.locator("[data-testid=call-panel] img").count() == 0


def test_recipes_are_there_to_copy(
    page: Page, context: BrowserContext, signed_in: SignIn, card: DeploymentCard
) -> None:
    signed_in()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/deployments/{card.slug}/calls")
    page.get_by_test_id("how-to-call").click()
    expect(page.get_by_test_id("recipe")).to_have_count(3)
    page.get_by_test_id("recipes-python").click()
    expect(page.get_by_test_id("recipes")).to_contain_text("call.py")
    page.get_by_test_id("copy-recipe-call").click()
    assert f"/{card.slug}" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("recipe")).to_have_count(0)


def test_viewers_see_calls_and_can_change_nothing(page: Page, signed_in: SignIn, card: DeploymentCard) -> None:
    signed_in(Role.VIEWER)
    done, queued = answered(card), made(card, CallStatus.QUEUED)
    page.goto(f"/deployments/{card.slug}/calls?status=queued&call={done}")
    expect(page.get_by_test_id("call-answer")).to_be_visible()
    expect(page.locator(".sidepanel__foot")).to_have_count(0)
    for name in ("select", "select-all", "cancel-queued"):
        expect(page.get_by_test_id(name)).to_have_count(0)
    expect(choose(page, queued, "copy-id")).to_be_visible()
    for name in ("get-result", "get-raw", "retry", "cancel"):
        expect(page.get_by_test_id(name)).to_have_count(0)
