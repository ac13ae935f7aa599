"""The requests view of the Monitoring tab, in a browser. What the monitor would write is written by the test."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy_ui import clock
from deploy_ui.enums import Phase, Role
from deploy_ui.metrics.requests import Writer
from deploy_ui.services import deployments
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.browser.conftest import Console
from tests.metrics.request_lines import request

LIVE_MS = 8000


@pytest.fixture
def iris(console: Console, signed_in: Callable[..., None]) -> DeploymentCard:  # noqa: ARG001 -- sets first
    signed_in(Role.VIEWER)
    card = factories.deployment()  # of a name that no other test has: the log outlives them
    factories.instance(card, "abc123", created_at=clock.now())
    return card


def keep(card: DeploymentCard, *lines: dict[str, Any], ago_s: float = 60) -> None:
    """Keep a request for each of these, each a second after the one before."""
    began = round((clock.now() - timedelta(seconds=ago_s)).timestamp() * 1000)
    made = [request(began + at * 1000, card.slug, place=at, **each) for at, each in enumerate(lines)]
    Writer(settings().metrics_dir).write(made)


def view(page: Page, card: DeploymentCard, query: str = "") -> None:
    page.goto(f"/deployments/{card.slug}/monitoring?view=requests{query}")


def rows(page: Page) -> Locator:
    return page.get_by_test_id("request")


def test_requests_are_listed_and_narrowed_and_the_address_says_how(page: Page, iris: DeploymentCard) -> None:
    keep(iris, {"path": "/<b>old</b>"}, {"status": 404}, {"status": 503, "duration_us": 2_300_000}, {"method": "GET"})
    view(page, iris)
    expect(rows(page)).to_have_count(4)
    expect(rows(page).nth(1)).to_contain_text("503")
    expect(rows(page).nth(1)).to_contain_text("2.3 s")
    expect(rows(page).nth(3)).to_contain_text("/<b>old</b>")
    page.get_by_test_id("status-failed").click()
    expect(rows(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"view=requests&status=failed$"))
    page.get_by_test_id("request-slow").select_option("1")
    expect(rows(page)).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_test_id("request-table").click()
    assert download.value.suggested_filename == f"{iris.slug}-requests.csv"
    assert len(download.value.path().read_text().splitlines()) == 2
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_test_id("request-slow")).to_have_value("1")
    page.get_by_test_id("request-search").fill("zzz")
    expect(page.get_by_test_id("no-request-matches")).to_be_visible()
    page.get_by_test_id("show-every-request").click()
    expect(rows(page)).to_have_count(4)
    expect(page).to_have_url(re.compile(r"\?view=requests$"))


def test_a_link_of_a_chart_opens_the_requests_of_that_time(page: Page, iris: DeploymentCard) -> None:
    keep(iris, {}, ago_s=3600)
    keep(iris, {"status": 500}, {}, ago_s=600)
    now = clock.now().timestamp()
    view(page, iris, f"&since={now - 900:.0f}&until={now:.0f}&status=5xx")
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_test_id("log-since")).to_be_visible()
    page.get_by_test_id("log-range").select_option("all")
    page.get_by_test_id("status-all").click()
    expect(rows(page)).to_have_count(3)


def test_a_request_opens_with_all_that_is_known_and_leads_to_its_log(page: Page, iris: DeploymentCard) -> None:
    request_id = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    keep(iris, {"request_id": request_id}, {"kind": "refused", "status": 401, "reason": "key_missing", "instance": ""})
    view(page, iris)
    panel = page.get_by_test_id("request-panel")
    page.get_by_test_id("open-request").first.click()
    expect(panel).to_contain_text("no key was sent")
    expect(panel.get_by_test_id("request-logs")).to_have_count(0)
    panel.get_by_test_id("request-below").click()
    expect(panel).to_contain_text(request_id)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.get_by_test_id("request-search").fill(request_id)
    expect(rows(page)).to_have_count(1)
    page.get_by_test_id("open-request").click()
    panel.get_by_test_id("request-logs").click()
    expect(page).to_have_url(
        re.compile(rf"/deployments/{iris.slug}/logs\?instance=abc123&since=\S+&find={request_id}$")
    )
    expect(page.get_by_test_id("log-since")).not_to_have_value("")
    expect(page.get_by_test_id("log-search")).to_have_value(request_id)
    page.go_back()
    page.get_by_test_id("open-request").click()
    page.get_by_test_id("request-charts").click()
    expect(page).to_have_url(re.compile(r"view=charts&since=\S+&until=\S+"))
    expect(page.get_by_test_id("request-log")).to_have_count(0)


def test_only_requests_of_an_instance(page: Page, iris: DeploymentCard) -> None:
    keep(iris, {"instance": "other"}, {})
    view(page, iris)
    page.get_by_test_id("open-request").first.click()
    page.get_by_test_id("only-instance").click()
    expect(rows(page)).to_have_count(1)
    picked = page.get_by_test_id("picked-instance")
    expect(picked).to_contain_text("abc123")
    picked.get_by_role("button").click()
    expect(rows(page)).to_have_count(2)


def test_what_comes_is_shown_at_once_but_moves_nothing_that_is_read(page: Page, iris: DeploymentCard) -> None:
    view(page, iris)
    expect(page.get_by_test_id("no-requests")).to_be_visible()
    keep(iris, {})
    expect(rows(page)).to_have_count(1, timeout=LIVE_MS)
    page.get_by_test_id("open-request").first.click()
    keep(iris, {"path": "/new"}, ago_s=10)
    page.get_by_test_id("newer-requests").click(timeout=LIVE_MS)
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("/new")


def test_older_requests_are_added(page: Page, iris: DeploymentCard) -> None:
    keep(iris, *({} for _ in range(150)), ago_s=1000)
    view(page, iris)
    expect(rows(page)).to_have_count(100)
    page.get_by_test_id("older-requests").click()
    expect(rows(page)).to_have_count(150)
    expect(page.get_by_test_id("older-requests")).to_have_count(0)
    expect(page.get_by_test_id("requests-shown")).to_have_text("150 requests")


def test_a_selection_is_called_one(page: Page, iris: DeploymentCard) -> None:
    began = round(clock.now().timestamp() * 1000) - 60_000
    Writer(settings().metrics_dir).write([request(began, iris.slug, place=at) for at in range(1200)])
    view(page, iris)
    expect(page.get_by_test_id("requests-kept")).to_contain_text("this is a selection")


def test_a_deleted_deployments_requests_can_be_read(page: Page, iris: DeploymentCard) -> None:
    keep(iris, {})
    deployments.delete(factories.viewer(), iris.slug)
    factories.seen(iris, Phase.DELETED)
    view(page, iris)
    page.get_by_test_id("open-request").click()
    expect(page.get_by_test_id("request-facts")).to_be_visible()
    expect(page.get_by_test_id("request-logs")).to_have_count(0)


def test_a_log_that_cannot_be_read_says_so(page: Page, iris: DeploymentCard) -> None:
    page.route("**/requests?*", lambda route: route.abort())
    view(page, iris)
    expect(page.get_by_test_id("requests-problem")).to_contain_text("does not answer")
    keep(iris, {})
    page.unroute("**/requests?*")
    expect(rows(page)).to_have_count(1, timeout=LIVE_MS)


def test_on_a_phone_nothing_is_wider_than_the_window(page: Page, iris: DeploymentCard) -> None:
    keep(iris, {"path": "/long" * 100, "reason": "key_missing", "kind": "refused", "status": 401})
    page.set_viewport_size({"width": 360, "height": 780})
    view(page, iris)
    page.get_by_test_id("open-request").click()
    expect(page.get_by_test_id("request-panel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
