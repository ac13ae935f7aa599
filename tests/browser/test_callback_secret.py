"""The callback secret on the Keys tab: shown and copied from the API, replaced after a question."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from deploy_ui.enums import Role
from deploy_ui.services.calls import callback_secrets
from tests import factories

PHONE = 360


def test_it_is_shown_copied_and_replaced(page: Page, context: BrowserContext, signed_in: Callable[..., None]) -> None:
    signed_in()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor = factories.viewer()
    slug = factories.deployment(editor, name="Fraud scoring").slug
    page.goto(f"/deployments/{slug}/keys")
    shown = page.get_by_test_id("callback-secret")
    expect(shown).to_contain_text("•••")
    page.get_by_test_id("show-callback-secret").click()
    before = callback_secrets.secret(editor, slug)
    expect(shown).to_have_text(before)
    page.get_by_test_id("copy-callback-secret").click()
    expect(page.get_by_test_id("copy-callback-secret")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == before
    page.get_by_test_id("replace-callback-secret").click()
    page.get_by_test_id("confirm").click()
    expect(shown).to_contain_text("•••")
    page.get_by_test_id("show-callback-secret").click()
    expect(shown).not_to_contain_text("•")
    after = callback_secrets.secret(editor, slug)
    expect(shown).to_have_text(after)
    assert after != before
    page.get_by_test_id("show-callback-secret").click()
    expect(shown).to_contain_text("•••")


def test_a_viewer_does_not_see_it(page: Page, signed_in: Callable[..., None]) -> None:
    signed_in(Role.VIEWER)
    page.goto(f"/deployments/{factories.deployment().slug}/keys")
    expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    expect(page.get_by_test_id("callback-secret-section")).to_have_count(0)


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_it_fits(page: Page, signed_in: Callable[..., None], width: int) -> None:
    signed_in()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/deployments/{factories.deployment().slug}/keys")
    page.get_by_test_id("show-callback-secret").click()
    expect(page.get_by_test_id("callback-secret")).not_to_contain_text("•")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
