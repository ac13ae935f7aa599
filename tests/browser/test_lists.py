import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy_ui import clock, hints
from deploy_ui.enums import Phase, Reason, Role
from deploy_ui.services import deployments, fleet
from tests import factories


@pytest.fixture(autouse=True)
def _admin(signed_in: Callable[..., None]) -> None:
    signed_in()


def test_a_new_deployment_arrives_without_reloading(page: Page) -> None:
    page.goto("/deployments")
    expect(page.get_by_test_id("first-steps")).to_be_visible()
    factories.deployment(name="Fraud scoring")
    expect(page.get_by_test_id("deployment")).to_contain_text("Fraud scoring")
    expect(page.get_by_test_id("nav-deployments").first).to_contain_text("1")


def test_the_bare_address_leads_to_the_deployments(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/deployments"))


def test_the_search_narrows_and_says_when_nothing_matches(page: Page) -> None:
    factories.deployment(name="Fraud scoring")
    factories.deployment(name="Invoice OCR")
    page.goto("/deployments")
    expect(page.get_by_test_id("deployment")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("fraud")
    expect(page.get_by_test_id("deployment")).to_have_count(1)
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_test_id("no-match")).to_be_visible()
    page.get_by_role("button", name="Show all deployments").click()
    expect(page.get_by_test_id("deployment")).to_have_count(2)
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_a_filter_shows_one_status_and_carries_its_count(page: Page) -> None:
    running = factories.deployment(name="Fraud scoring")
    factories.deployment(name="Invoice OCR")
    fleet.save_status(
        running.id,
        generation=1,
        phase=Phase.RUNNING,
        reason=Reason.NONE,
        message="",
        ready_instances=1,
        now=clock.now(),
    )
    page.goto("/deployments")
    chip = page.get_by_test_id("filter-pending")
    expect(chip).to_contain_text("1")
    chip.click()
    expect(chip).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"/deployments\?status=pending$"))
    expect(page.get_by_test_id("deployment")).to_have_count(1)


def test_a_deployment_is_deleted_only_after_its_name_was_typed(page: Page) -> None:
    card = factories.deployment(name='Fraud "scoring" 🚀')
    page.goto("/deployments")
    page.get_by_test_id("actions").click()
    page.get_by_test_id("delete").click()
    confirm = page.get_by_test_id("confirm")
    expect(confirm).to_be_disabled()
    page.locator("#confirm-name").fill('Fraud "scoring" 🚀')
    confirm.click()
    expect(page.get_by_text("was deleted")).to_be_visible()
    assert deployments.card(factories.viewer(), card.slug).wish == "delete"


def test_a_deployment_is_stopped_from_its_menu(page: Page) -> None:
    card = factories.deployment(name="Fraud scoring")
    page.goto("/deployments")
    page.get_by_test_id("actions").click()
    page.get_by_test_id("stop").click()
    expect(page.get_by_text("“Fraud scoring” stops.")).to_be_visible()
    assert deployments.card(factories.viewer(), card.slug).wish == "stop"


def test_a_change_is_seen_even_if_its_hint_was_lost(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.goto("/deployments")
    expect(page.get_by_test_id("first-steps")).to_be_visible()
    monkeypatch.setattr(hints, "publish", lambda *_topics: None)
    factories.deployment(name="Quiet one")
    expect(page.get_by_test_id("deployment")).to_contain_text("Quiet one", timeout=15_000)


def test_images_are_listed_with_their_status(page: Page) -> None:
    factories.image(name="invoice-ocr-v9")
    page.goto("/images")
    row = page.get_by_test_id("image")
    expect(row).to_contain_text("invoice-ocr-v9")
    expect(row.get_by_test_id("status")).to_have_attribute("data-status", "ready")


def test_the_language_changes_at_once_and_stays(page: Page) -> None:
    page.goto("/deployments")
    page.get_by_test_id("person").first.click()
    page.get_by_test_id("language-ru").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    heading = page.get_by_role("heading", level=1).inner_text()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert heading != "Deployments"


def test_the_dark_theme_stays(page: Page) -> None:
    page.goto("/deployments")
    page.get_by_test_id("person").first.click()
    page.get_by_test_id("theme-dark").first.click()
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.reload()
    expect(page.locator("html")).to_have_class(re.compile("dark"))


def test_nothing_hangs_over_the_edge_of_a_phone(page: Page) -> None:
    factories.deployment(name="Multilingual product description generator, marketplace")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/deployments")
    expect(page.get_by_test_id("deployment")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_drawer_leads_on_from_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/deployments")
    page.get_by_test_id("drawer").click()
    page.get_by_role("dialog").get_by_test_id("nav-images").click()
    expect(page.get_by_test_id("no-images")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_address_where_nothing_is_says_so(page: Page) -> None:
    answer = page.goto("/no/such/page")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()


def test_a_viewer_is_offered_no_changes(signed_in: Callable[..., None], page: Page) -> None:
    factories.deployment(name="Fraud scoring")
    signed_in(Role.VIEWER, "Oleg Smirnov")
    page.goto("/deployments")
    expect(page.get_by_test_id("deployment")).to_be_visible()
    expect(page.get_by_test_id("create-deployments")).to_have_count(0)
    expect(page.get_by_test_id("actions")).to_have_count(0)


def test_an_empty_installation_deploys_an_example(page: Page) -> None:
    page.goto("/deployments")
    page.get_by_test_id("example-streaming-asgi").click()
    expect(page.get_by_test_id("example-streaming-asgi")).to_have_attribute("aria-checked", "true")
    page.get_by_test_id("deploy-example").click()
    expect(page).to_have_url(re.compile(r"/deployments/[a-z0-9-]+/general"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Streaming app")
