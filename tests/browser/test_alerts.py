"""The alerts view in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy_ui.enums import Role
from deploy_ui.enums.alerts import AlertKind, AlertPhase
from deploy_ui.services import deployments
from deploy_ui.services.alerts import board, receivers, rules
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.browser.conftest import Console
from tests.services.alerts import watch
from tests.waiting import eventually

ERRORS = AlertKind.ERROR_RATE


@pytest.fixture
def editor(console: Console) -> Viewer:  # noqa: ARG001 -- its database
    return factories.viewer(name="Oleg")


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, name="Fraud scoring")


@pytest.fixture
def view(page: Page, card: DeploymentCard, signed_in: Callable[..., None]) -> Page:
    signed_in()
    page.goto(f"/deployments/{card.slug}/monitoring?view=alerts")
    expect(page.get_by_test_id("rules")).to_be_visible()
    return page


def test_an_alert_comes_is_muted_and_goes(editor: Viewer, card: DeploymentCard, view: Page) -> None:
    expect(view.get_by_test_id("all-well")).to_contain_text("All rules are within their limits.")
    watch.stand(card, ERRORS, AlertPhase.FIRING, value=0.25)
    alert = view.get_by_test_id("alert")
    expect(alert).to_contain_text("25 % of the answers of 5 min are 5xx; the limit is 5 %".replace(" %", "\u00a0%"))
    expect(view.get_by_test_id("bell")).to_have_text("1")
    alert.get_by_test_id("mute").click()
    view.get_by_test_id("mute-hour").click()
    expect(alert).to_contain_text("muted until")
    expect(view.get_by_test_id("bell")).to_have_count(0)
    alert.get_by_test_id("unmute").click()
    expect(view.get_by_test_id("bell")).to_have_text("1")
    watch.stand(card, ERRORS, AlertPhase.QUIET)
    expect(view.get_by_test_id("past-alert")).to_contain_text("recovered")
    expect(alert).to_have_count(0)
    assert board.firing(editor, card.slug) == []


def test_the_list_leads_to_what_fires(card: DeploymentCard, page: Page, signed_in: Callable[..., None]) -> None:
    watch.stand(card, ERRORS, AlertPhase.FIRING)
    signed_in()
    page.goto("/deployments")
    page.get_by_test_id("deployment").get_by_test_id("bell").click()
    expect(page).to_have_url(re.compile(r"/monitoring\?view=alerts$"))
    expect(page.get_by_test_id("alert")).to_be_visible()


def test_a_rule_is_added_from_a_template_and_changed_in_its_line(
    editor: Viewer, card: DeploymentCard, view: Page
) -> None:
    view.get_by_test_id("add-rule").click()
    view.get_by_test_id("add-p99").click()
    form = view.get_by_test_id("rule-form")
    form.locator("#rule-threshold").fill("9999")
    form.get_by_test_id("save-rule").click()
    expect(view.get_by_test_id("error-threshold")).to_contain_text("between 0.001 and 3600")
    expect(form.locator("#rule-threshold")).to_have_value("9999")
    form.locator("#rule-threshold").fill("0.25")
    form.get_by_test_id("save-rule").click()
    expect(form).to_have_count(0)
    expect(view.locator("[data-kind=p99]")).to_contain_text("takes longer than 250\u00a0ms")
    made = next(each for each in rules.rows(editor, card.slug) if each.kind is AlertKind.P99)
    assert made.threshold == 0.25


def test_a_rule_is_switched_off_and_removed(editor: Viewer, card: DeploymentCard, view: Page) -> None:
    line = view.locator("[data-testid=rule][data-kind=memory]")
    line.get_by_test_id("switch-rule").click()
    expect(line).to_contain_text("Off")
    line.get_by_test_id("rule-actions").click()
    view.get_by_test_id("remove-rule").click()
    expect(line).to_have_count(0)
    assert AlertKind.MEMORY not in [each.kind for each in rules.rows(editor, card.slug)]


def test_a_receiver_is_added_tested_and_shown_as_its_host(editor: Viewer, card: DeploymentCard, view: Page) -> None:
    view.get_by_test_id("add-webhook").click()
    view.locator("#address").fill("http://10.0.0.1/hook")
    view.get_by_test_id("submit-receiver").click()
    expect(view.get_by_test_id("error-address")).to_contain_text("private network")
    view.locator("#address").fill("https://192.0.43.10/hook?token=do-not-show")
    view.get_by_test_id("submit-receiver").click()
    row = view.get_by_test_id("receiver")
    expect(row).to_contain_text("https://192.0.43.10")
    expect(row).not_to_contain_text("do-not-show")
    row.get_by_test_id("test-receiver").click()
    eventually(lambda: [each.waiting for each in receivers.rows(editor, card.slug)] == [True])


def test_without_a_mail_server_the_form_says_what_to_set(view: Page) -> None:
    view.get_by_test_id("add-email").click()
    expect(view.get_by_test_id("smtp-missing")).to_contain_text("DEPLOY_UI_SMTP_URL")


def test_a_deleted_deployment_is_read_only(editor: Viewer, card: DeploymentCard, view: Page) -> None:
    deployments.delete(editor, card.slug)
    expect(view.get_by_test_id("monitoring-alerts")).to_contain_text("nothing can be changed")
    for each in ("add-rule", "switch-rule", "add-webhook"):
        expect(view.get_by_test_id(each)).to_have_count(0)


def test_a_reader_sees_and_changes_nothing(card: DeploymentCard, page: Page, signed_in: Callable[..., None]) -> None:
    watch.stand(card, ERRORS, AlertPhase.FIRING)
    signed_in(Role.VIEWER)
    page.goto(f"/deployments/{card.slug}/monitoring?view=alerts")
    expect(page.get_by_test_id("alert")).to_be_visible()
    for each in ("mute", "add-rule", "switch-rule", "add-webhook"):
        expect(page.get_by_test_id(each)).to_have_count(0)
