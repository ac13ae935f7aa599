import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from deploy_ui import clock
from deploy_ui.enums import BuildStep, ImageStatus, Role
from deploy_ui.models import Image
from deploy_ui.services import builds, images
from deploy_ui.services.images import NewImage
from tests import factories

SCRIPT = "import onnxruntime\n\n\nclass Model:\n    def predict(self, payload):\n        return payload\n"
LONG = "multilingual-product-description-generator-marketplace-v2024.11"


@pytest.fixture(autouse=True)
def _admin(signed_in: Callable[..., None]) -> None:
    signed_in()


def failed() -> Image:
    return factories.image(
        name="fraud-gbm-v14",
        entry="serving.py",
        status=ImageStatus.FAILED,
        reason="script_import_failed",
        facts={"file": "serving.py", "line": 1, "message": "No module named 'onnxruntime'"},
    )


def queued(files: int = 0, name: str = "fraud-gbm-v14") -> str:
    """Upload an image that no worker takes by itself; return its id."""
    with images.begin(factories.viewer(), NewImage(name=name, script=SCRIPT)) as upload:
        for number in range(files):
            upload.file(f"weights/layer-{number:03}.bin", [b"x" * number])
        return upload.finish().id


def test_a_build_is_followed_without_reloading(page: Page) -> None:
    image_id = queued()
    page.goto(f"/images/{image_id}/logs")
    status = page.get_by_test_id("status").first
    expect(status).to_have_attribute("data-status", "queued")
    claim = builds.claim(image_id, clock.now())
    assert claim is not None
    builds.begin_step(claim, BuildStep.CHECK, clock.now())
    expect(page.get_by_test_id("step")).to_have_attribute("data-state", "running")
    builds.begin_step(claim, BuildStep.RESOLVE, clock.now())
    expect(page.get_by_test_id("step")).to_have_count(2)
    expect(page.get_by_test_id("step").first).to_have_attribute("data-state", "ok")
    builds.fail(claim, "package_unknown", {"name": "scikit-learm"}, clock.now())
    expect(status).to_have_attribute("data-status", "failed")
    expect(page.get_by_test_id("why")).to_contain_text("scikit-learm")


def test_a_failed_build_says_what_to_mend_and_where(page: Page) -> None:
    image_id = queued()
    claim = builds.claim(image_id, clock.now())
    assert claim is not None
    builds.fail(claim, "script_import_failed", {"file": "serving.py", "line": 1, "message": "No onnx"}, clock.now())
    page.goto(f"/images/{image_id}/info")
    expect(page.get_by_test_id("why")).to_contain_text("serving.py, line 1: No onnx")
    expect(page.locator(".cm-badline")).to_have_text("import onnxruntime")


def test_what_failed_is_mended_in_a_new_image(page: Page) -> None:
    image_id = queued(files=1)
    claim = builds.claim(image_id, clock.now())
    assert claim is not None
    builds.fail(claim, "package_unknown", {"name": "onnx"}, clock.now())
    page.goto(f"/images/{image_id}/info")
    page.get_by_test_id("mend").click()
    expect(page.get_by_test_id("script").locator(".cm-content")).to_contain_text("import onnxruntime")
    expect(page.get_by_test_id("lacking")).to_contain_text("weights/layer-000.bin")


def test_a_build_is_canceled_and_begun_again(page: Page) -> None:
    image_id = queued()
    page.goto(f"/images/{image_id}/info")
    page.get_by_test_id("cancel-build").click()
    expect(page.get_by_test_id("status").first).to_have_attribute("data-status", "canceled")
    page.get_by_test_id("rebuild").click()
    expect(page).to_have_url(re.compile("/logs$"))
    expect(page.get_by_test_id("status").first).to_have_attribute("data-status", "queued")


def test_a_ready_image_leads_to_its_deployment(page: Page) -> None:
    now = clock.now()
    made = factories.image(name=LONG, started_at=now - timedelta(seconds=48), finished_at=now)
    page.goto(f"/images/{made.id}/info")
    expect(page.get_by_text("built in 48\u00a0s").first).to_be_visible()
    expect(page.get_by_test_id("rebuild")).to_have_count(0)
    page.get_by_test_id("deploy").click()
    expect(page).to_have_url(re.compile(rf"/deployments/new/?\?image={re.escape(LONG)}$"))
    expect(page.locator("#image")).to_have_value(LONG)


def test_an_image_is_deleted_after_a_question(page: Page) -> None:
    made = factories.image(name="fraud-gbm-v14")
    page.goto(f"/images/{made.id}/info")
    page.get_by_test_id("card-menu").click()
    page.get_by_test_id("delete").click()
    page.get_by_test_id("confirm").click()
    expect(page).to_have_url(re.compile("/images/?$"))
    assert images.card(factories.viewer(), made.id).deleted


def test_an_image_in_use_names_its_users_instead(page: Page) -> None:
    card = factories.deployment(name="Fraud scoring")
    page.goto(f"/images/{card.image_id}/info")
    expect(page.get_by_test_id("about")).to_contain_text("Fraud scoring")
    page.get_by_test_id("card-menu").click()
    page.get_by_test_id("delete").click()
    expect(page.get_by_test_id("image-in-use")).to_contain_text("Fraud scoring")
    expect(page.get_by_test_id("confirm")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("image-in-use")).to_have_count(0)


def test_many_files_are_listed_when_asked_for(page: Page) -> None:
    page.goto(f"/images/{queued(files=200)}/info")
    expect(page.get_by_test_id("image-files")).to_contain_text("Show 193 more")
    page.get_by_test_id("all-files").click()
    expect(page.get_by_test_id("image-files")).to_contain_text("weights/layer-199.bin")


def test_a_viewer_is_offered_no_changes(signed_in: Callable[..., None], page: Page) -> None:
    signed_in(Role.VIEWER, "Oleg Smirnov")
    page.goto(f"/images/{failed().id}/info")
    expect(page.get_by_test_id("why")).to_be_visible()
    page.get_by_test_id("card-menu").click()
    expect(page.get_by_test_id("compare-menu")).to_be_visible()
    for verb in ("rebuild", "anew", "anew-menu", "delete", "mend", "deploy", "cancel-build"):
        expect(page.get_by_test_id(verb)).to_have_count(0)


def test_an_image_that_is_not_there_says_so(page: Page) -> None:
    page.goto("/images/img_nothing1/info")
    expect(page.get_by_test_id("card-missing")).to_be_visible()


@pytest.mark.parametrize("tab", ["info", "usage", "logs", "compare"])
def test_nothing_hangs_over_the_edge_of_a_phone(page: Page, tab: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/images/{queued(files=9, name=LONG)}/{tab}")
    expect(page.get_by_test_id("cancel-build")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
