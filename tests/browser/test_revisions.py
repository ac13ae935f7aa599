"""Revisions on the General tab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Phase, Reason, Role
from deploy_ui.services import deployments, rollouts
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.deployments import Change
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.browser.conftest import Console

HOSTILE = "<img src=x onerror=alert(1)> " + "weights/" * 30


@pytest.fixture
def person(console: Console) -> Viewer:
    assert console
    return factories.viewer()


@pytest.fixture
def card(person: Viewer) -> DeploymentCard:
    """Give a deployment whose second revision was rolled back by itself."""
    made = factories.deployment(person, name="Fraud scoring", env={"A": "1"})
    rollouts.succeeded(made.id, 1, clock.now())
    changed = deployments.change(person, made.slug, Change(memory_mb=2048, env={"B": "2"}))
    factories.instance(made, "k4c9aa", status=InstanceStatus.READY)
    now = clock.now()
    rollouts.give_up(made.id, generation=2, revision=2, back_to=1, reason=Reason.CRASHED, message=HOSTILE, now=now)
    factories.seen(changed, Phase.RUNNING, Reason.ROLLED_BACK, HOSTILE, ready=1)
    return deployments.card(person, made.slug)


def revision(page: Page, number: int) -> Locator:
    return page.locator(f"[data-testid=revision][data-number='{number}']")


def test_a_rollback_is_told_its_changes_shown_and_the_failed_one_tried_again(
    page: Page, card: DeploymentCard, person: Viewer, signed_in: Callable[..., None]
) -> None:
    signed_in()
    page.goto(f"/deployments/{card.slug}/general")
    expect(page.get_by_test_id("rolled-back")).to_contain_text("Revision 2 did not become ready and was rolled back")
    expect(page.get_by_test_id("rolled-back")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(revision(page, 1)).to_contain_text("Serves with 1 instance")
    expect(revision(page, 2)).to_contain_text("Failed: crashed")
    revision(page, 2).locator("summary").click()
    expect(revision(page, 2).locator("dl")).to_contain_text("Memory, MiB1024→2048")
    expect(revision(page, 2).locator("dl")).to_contain_text("Badded")
    expect(revision(page, 1).get_by_test_id("roll-back")).to_have_count(0)
    revision(page, 2).get_by_test_id("roll-back").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Try revision 2 again?")
    expect(question).to_contain_text("1 instance is replaced")
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("rolled-back")).to_have_count(0)
    expect(revision(page, 2).get_by_test_id("roll-back")).to_have_count(0)
    assert deployments.card(person, card.slug).revision == 2


def test_a_reader_is_offered_no_way_back(page: Page, card: DeploymentCard, signed_in: Callable[..., None]) -> None:
    signed_in(Role.VIEWER)
    page.goto(f"/deployments/{card.slug}/general")
    expect(revision(page, 2)).to_be_visible()
    expect(page.get_by_test_id("roll-back")).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
