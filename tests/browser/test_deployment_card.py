"""The card of a deployment that does not run as usual: stopped, asleep, deleted; and what its instances left behind."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Phase, Reason, Role
from deploy_ui.ids import new_id
from deploy_ui.runtimes.keeper import rotated
from deploy_ui.services import deployments, keys
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.settings import settings
from tests import factories

PHONE = 360


@pytest.fixture(autouse=True)
def _admin(signed_in: Callable[..., None]) -> None:
    signed_in()


def ended(card: DeploymentCard, reason: Reason, *, line: str = "") -> str:
    """Let an instance have ended a minute ago; return its key."""
    key = new_id(6)
    status = InstanceStatus.STOPPED if reason is Reason.IDLE else InstanceStatus.FAILED
    at = clock.now() - timedelta(minutes=1)
    factories.instance(card, key, created_at=at, status=status, reason=reason, ended_at=at, exit_code=1)
    if line:
        folder = settings().instance_logs_dir / key
        folder.mkdir(parents=True)
        rotated.RotatedLog(str(folder)).write(b"o", [line.encode()])
    return key


def test_a_deleted_deployment_is_found_and_tells_who_deleted_it(page: Page) -> None:
    editor = factories.viewer(name="Oleg Smirnov")
    card = factories.deployment(editor, name="Fraud scoring")
    keys.create(editor, card.slug, name="batch")
    factories.seen(deployments.delete(editor, card.slug), Phase.DELETED, Reason.DELETED_BY_PERSON)
    factories.deployment(editor, name="Other")
    page.goto("/deployments")
    expect(page.get_by_test_id("deployment")).to_have_count(1)
    page.get_by_test_id("filter-deleted").click()
    expect(page).to_have_url(re.compile(r"\?status=deleted$"))
    expect(page.get_by_test_id("actions")).to_have_count(0)
    page.get_by_role("link", name="Fraud scoring").click()
    expect(page.get_by_test_id("deleted-by")).to_contain_text("Deleted by Oleg Smirnov")
    expect(page.get_by_test_id("events")).to_contain_text("Key batch revoked")
    expect(page.get_by_role("tab")).to_have_count(3)  # General, and what is left of it: Monitoring and Readme
    expect(page.get_by_test_id("card-menu")).to_have_count(0)
    page.goto(f"/deployments/{card.slug}/logs")
    expect(page).to_have_url(re.compile(f"/deployments/{card.slug}/general"))
    expect(page.get_by_test_id("gone")).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("gone")).to_be_visible()


def test_a_card_is_deleted_by_typing_its_name(page: Page) -> None:
    card = factories.deployment(name="Fraud scoring")
    page.goto(f"/deployments/{card.slug}/general")
    page.get_by_test_id("card-menu").click()
    page.get_by_test_id("delete").click()
    page.locator("#confirm-name").fill("fraud scoring")
    expect(page.get_by_test_id("confirm")).to_be_disabled()
    page.locator("#confirm-name").fill("Fraud scoring")
    page.get_by_test_id("confirm").click()
    expect(page).to_have_url(re.compile("/deployments$"))
    assert deployments.card(factories.viewer(), card.slug).wish == "delete"


def test_a_stopped_deployment_says_what_callers_get_and_is_started_again(page: Page) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    factories.seen(deployments.stop(editor, card.slug), Phase.STOPPED, Reason.STOPPED_BY_PERSON)
    page.goto(f"/deployments/{card.slug}/general")
    expect(page.get_by_test_id("standing-stopped")).to_contain_text("deployment_stopped")
    page.get_by_test_id("standing-start").click()
    expect(page.get_by_test_id("standing-stopped")).to_have_count(0)
    expect(page.get_by_test_id("card-stop")).to_be_visible()
    assert deployments.card(editor, card.slug).wish == "run"


def test_a_viewer_is_told_the_same_and_offered_nothing(page: Page, signed_in: Callable[..., None]) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    factories.seen(deployments.stop(editor, card.slug), Phase.STOPPED, Reason.STOPPED_BY_PERSON)
    signed_in(Role.VIEWER, "Vera")
    page.goto(f"/deployments/{card.slug}/general")
    expect(page.get_by_test_id("standing-stopped")).to_be_visible()
    for action in ("standing-start", "card-start", "card-menu"):
        expect(page.get_by_test_id(action)).to_have_count(0)


def test_a_sleeping_deployment_has_no_live_log_and_offers_those_of_ended_instances(page: Page) -> None:
    card = factories.deployment()
    key = ended(card, Reason.IDLE, line="summing 3 numbers")
    factories.seen(card, Phase.SLEEPING, Reason.IDLE)
    page.goto(f"/deployments/{card.slug}/logs")
    expect(page.get_by_test_id("no-logs")).to_have_attribute("data-case", "sleeping")
    expect(page.get_by_test_id("log-pane")).to_have_count(0)
    page.get_by_test_id("ended-log").click()
    expect(page).to_have_url(re.compile(rf"/logs\?instance={key}$"))
    expect(page.get_by_test_id("log-pane")).to_contain_text("summing 3 numbers")
    expect(page.get_by_test_id("log-pane")).to_contain_text("Complete")
    page.go_back()
    page.get_by_test_id("open-all-logs").click()
    expect(page.get_by_test_id("log-pane")).to_contain_text("summing 3 numbers")


@pytest.mark.parametrize(
    ("phase", "case"),
    [(Phase.FAILED, "failed"), (Phase.PENDING, "pending"), (Phase.STARTING, "starting"), (Phase.STOPPED, "stopped")],
)
def test_no_live_log_has_its_own_words_for_each_case(page: Page, phase: Phase, case: str) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    factories.seen(deployments.stop(editor, card.slug) if phase is Phase.STOPPED else card, phase)
    page.goto(f"/deployments/{card.slug}/logs")
    expect(page.get_by_test_id("no-logs")).to_have_attribute("data-case", case)


def test_instances_are_filtered_in_the_address_and_lead_to_their_logs(page: Page) -> None:
    card = factories.deployment()
    ended(card, Reason.CRASHED, line="boom")
    ended(card, Reason.IDLE)
    page.goto(f"/deployments/{card.slug}/instances")
    expect(page.get_by_test_id("instance")).to_have_count(2)
    page.get_by_test_id("show-failed").click()
    expect(page).to_have_url(re.compile(r"\?status=failed$"))
    expect(page.get_by_test_id("instance")).to_have_count(1)
    page.reload()
    expect(page.get_by_test_id("instance")).to_have_count(1)
    page.get_by_test_id("instance").click()
    expect(page.get_by_test_id("log-pane")).to_contain_text("boom")


@pytest.mark.parametrize("tab", ["instances", "keys"])
def test_every_fact_of_a_row_has_its_label_on_a_phone(page: Page, tab: str) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, name="x" * 63)
    ended(card, Reason.OUT_OF_MEMORY)
    factories.instance(card, "m7p2bb")
    keys.create(editor, card.slug, name="y" * 63, addresses=["10.20.0.0/16", "2001:db8::/32"])
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.goto(f"/deployments/{card.slug}/{tab}")
    expect(page.locator("td.fact-cell").first).to_be_visible()
    labels = page.locator("td.fact-cell").evaluate_all(
        "cells => cells.map(each => getComputedStyle(each, '::before').content)"
    )
    assert all(re.fullmatch(r'"\w.+"', label) for label in labels), labels
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
