"""The General tab: changing a deployment in place, its variables, and how to call it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy_ui.enums import InstanceStatus, Phase, Role
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.env import Variable, VariableEdit
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.browser.conftest import Console

ODD = 'it costs $5, "q" \\ <b>'


@pytest.fixture
def person(console: Console) -> Viewer:
    assert console
    return factories.viewer(name="Oleg Smirnov")


@pytest.fixture
def card(person: Viewer) -> DeploymentCard:
    """Give a deployment with three instances that are ready."""
    env = {"THRESHOLD": VariableEdit("0.82", secret=False), "TOKEN": "s3cret"}
    made = factories.deployment(person, name="Fraud scoring", min_instances=3, max_instances=3, env=env)
    for key in ("aaaaaa", "bbbbbb", "cccccc"):
        factories.instance(made, key, status=InstanceStatus.READY)
    factories.seen(made, Phase.RUNNING, ready=3)
    return deployments.card(person, made.slug)


@pytest.fixture
def general(page: Page, card: DeploymentCard, signed_in: Callable[..., None]) -> Page:
    signed_in()
    page.goto(f"/deployments/{card.slug}/general")
    return page


def row(page: Page, name: str) -> Locator:
    """Return the row of a variable that is there."""
    return page.locator(".env__row").filter(has=page.get_by_text(name, exact=True))


def test_what_will_happen_is_said_before_it_is_saved(general: Page, card: DeploymentCard, person: Viewer) -> None:
    general.get_by_test_id("edit-resources-pencil").click()
    general.locator("[name=memory_mb]").fill("2048")
    bar = general.get_by_test_id("save-bar")
    expect(bar).to_contain_text("3 instances will be replaced one by one, no downtime")
    expect(bar).to_contain_text("revision 2")
    bar.get_by_role("button", name="Save changes").click()
    expect(bar).to_have_count(0)
    assert deployments.card(person, card.slug).memory_mb == 2048


def test_variables_are_added_hidden_changed_and_removed(general: Page, card: DeploymentCard, person: Viewer) -> None:
    expect(general.get_by_test_id("general")).not_to_contain_text("s3cret")
    general.get_by_test_id("edit-env-pencil").click()
    expect(row(general, "TOKEN").get_by_test_id("env-value")).to_have_value("")
    row(general, "THRESHOLD").get_by_test_id("env-value").fill("0.9")
    row(general, "TOKEN").get_by_role("button", name="Remove TOKEN").click()
    general.get_by_test_id("env-paste").click()
    general.get_by_test_id("dotenv").fill("nonsense")
    general.get_by_test_id("dotenv-add").click()
    expect(general.get_by_role("alert")).to_contain_text("Line 1")
    general.get_by_test_id("dotenv").fill(f"export GREETING='{ODD}'\nPORT=1")
    general.get_by_test_id("dotenv-add").click()
    expect(general.get_by_text("PORT is set by Deploy UI")).to_be_visible()
    expect(general.get_by_role("button", name="Save changes")).to_be_disabled()
    general.get_by_role("button", name="Remove PORT").click()
    expect(general.get_by_test_id("save-bar")).to_contain_text("GREETING added")
    general.get_by_role("button", name="Save changes").click()
    expect(general.get_by_test_id("save-bar")).to_have_count(0)
    assert deployments.card(person, card.slug).env == [
        Variable("GREETING", secret=True, value=None),
        Variable("THRESHOLD", secret=False, value="0.9"),
    ]


def test_what_somebody_else_changed_meanwhile_is_told(general: Page, card: DeploymentCard, person: Viewer) -> None:
    general.get_by_test_id("edit-concurrency-pencil").click()
    general.locator("[name=concurrency]").fill("3")
    expect(general.get_by_test_id("save-bar")).to_be_visible()
    deployments.change(person, card.slug, Change(cpu=2))
    expect(general.get_by_test_id("conflict")).to_contain_text("Oleg Smirnov")
    general.get_by_test_id("save-on-top").click()
    expect(general.get_by_test_id("save-bar")).to_have_count(0)
    saved = deployments.card(person, card.slug)
    assert (saved.concurrency, saved.cpu) == (3, 2.0)


def test_programs_that_call_it_can_be_copied(general: Page, card: DeploymentCard) -> None:
    expect(general.get_by_test_id("snippet")).to_contain_text("curl")
    expect(general.get_by_test_id("snippet")).to_contain_text(card.url)
    general.get_by_test_id("snippet-python").click()
    expect(general.get_by_test_id("snippet")).to_contain_text("import httpx")
    general.get_by_test_id("snippet-javascript").click()
    expect(general.get_by_test_id("snippet")).to_contain_text("await fetch")
    general.get_by_test_id("to-keys").click()
    expect(general).to_have_url(re.compile("/keys$"))


def test_a_viewer_reads_and_changes_nothing(page: Page, card: DeploymentCard, signed_in: Callable[..., None]) -> None:
    signed_in(Role.VIEWER)
    page.goto(f"/deployments/{card.slug}/general")
    expect(page.get_by_test_id("general")).to_contain_text("THRESHOLD=0.82")
    expect(page.locator("[data-testid$=-pencil]")).to_have_count(0)
