"""The Keys tab in a real browser."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from deploy_ui import clock
from deploy_ui.gateway.routes import KeyUse
from deploy_ui.services import key_use, keys
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.browser.conftest import Console

HOSTILE = "<img src=x onerror=alert(1)><b>bold</b>"


@pytest.fixture
def editor(console: Console) -> Viewer:  # noqa: ARG001 -- its database
    return factories.viewer(name="Oleg")


@pytest.fixture
def slug(editor: Viewer) -> str:
    return factories.deployment(editor, name="Fraud scoring").slug


@pytest.fixture
def tab(page: Page, slug: str, signed_in: Callable[..., None]) -> Page:
    signed_in()
    page.goto(f"/deployments/{slug}/keys")
    return page


def test_a_key_is_rotated_and_the_old_one_is_on_its_way_out(editor: Viewer, slug: str, tab: Page) -> None:
    keys.create(editor, slug, name="billing")
    tab.get_by_test_id("key-actions").click()
    tab.get_by_test_id("rotate-key").click()
    tab.locator("#overlap").select_option("hour")
    tab.get_by_test_id("submit-rotation").click()
    expect(tab.get_by_test_id("secret")).to_have_text(re.compile("^dk_"))
    rows = tab.locator("[data-name=billing]")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("being replaced")
    expect(rows.nth(0)).not_to_contain_text("being replaced")


def test_the_question_before_a_revocation_says_how_often_the_key_was_used(editor: Viewer, slug: str, tab: Page) -> None:
    key = keys.create(editor, slug, name="billing").row
    key_use.note([KeyUse(key.id, slug, clock.now(), 1204)])
    tab.get_by_test_id("key-actions").click()
    tab.get_by_test_id("revoke-key").click()
    expect(tab.get_by_role("dialog")).to_contain_text("1204 times in the last 24 hours")
    tab.get_by_test_id("confirm").click()
    expect(tab.get_by_test_id("key")).to_contain_text("Revoked")


def test_a_key_ends_with_a_day_of_ones_own(editor: Viewer, slug: str, tab: Page) -> None:
    tab.get_by_test_id("create-key").click()
    tab.locator("#name").fill("billing")
    tab.locator("#life").select_option("date")
    day = date.today() + timedelta(days=10)  # noqa: DTZ011 -- the browser's day, and it runs on this machine
    tab.get_by_test_id("key-until").fill(day.isoformat())
    tab.get_by_test_id("submit-key").click()
    expect(tab.get_by_test_id("secret")).to_be_visible()
    expires_at = keys.rows(editor, slug)[0].expires_at
    assert expires_at is not None
    assert expires_at.astimezone().date() == day


def test_a_name_with_markup_is_text(editor: Viewer, slug: str, tab: Page) -> None:
    keys.create(editor, slug, name=HOSTILE)
    row = tab.get_by_test_id("key")
    expect(row).to_contain_text(HOSTILE)
    expect(row.locator("img, b")).to_have_count(0)
