"""What an image's card tells: its files, who uses it, how it differs from another, and building it anew."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, Phase
from deploy_ui.models import Image
from deploy_ui.services import deployments, images
from deploy_ui.services.configuration import Change
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.browser.conftest import Console

SCRIPT = "class Model:\n    def predict(self, payload):\n        return {}\n"
HOSTILE = "notes <img src=x onerror=alert(1)>.md"
SCHEMA = {"type": "object", "properties": {"amount": {"type": "number", "description": "EUR"}}, "required": ["amount"]}


@pytest.fixture(autouse=True)
def _admin(signed_in: Callable[..., None]) -> None:
    signed_in()


@pytest.fixture
def person(console: Console) -> Viewer:
    assert console
    return factories.viewer(name="Oleg Smirnov")


def uploaded(by: Viewer, name: str, score: str, lock: str) -> str:
    """Make an image of real files that was built; return its id."""
    with images.begin(by, NewImage(name=name, script=SCRIPT.format(score))) as upload:
        upload.file(HOSTILE, [b"# <script>alert(1)</script>"])
        upload.file("weights.bin", [b"\0\xff" * 100])
        image_id = upload.finish().id
    with transaction() as session:
        image = session.get_one(Image, image_id)
        image.status, image.lock, image.request_schema = ImageStatus.READY, lock, SCHEMA
    return image_id


def test_files_script_and_schema_are_shown_and_nothing_of_them_runs(page: Page, person: Viewer) -> None:
    page.goto(f"/images/{uploaded(person, 'fraud-v1', '0.5', 'numpy==2.1.0')}/info")
    expect(page.get_by_test_id("script").locator(".cm-content")).to_contain_text("class Model")
    expect(page.get_by_test_id("file").first).to_contain_text("serving.py")
    row = page.locator(f"[data-testid=file][data-path={json.dumps(HOSTILE)}]")
    row.get_by_role("button").click()
    expect(page.get_by_test_id("file-text")).to_contain_text("<script>alert(1)</script>")
    with page.expect_download() as download:
        page.locator("[data-testid=file][data-path='weights.bin']").get_by_role("link").click()
    assert download.value.path().read_bytes() == b"\0\xff" * 100
    with page.expect_download() as archive:
        page.get_by_test_id("download-all").click()
    assert archive.value.suggested_filename.startswith("fraud-v1")
    page.get_by_test_id("schema-table").click()
    expect(page.get_by_test_id("schema-fields")).to_contain_text("amount")


def test_usage_tells_who_uses_it_and_whether_it_can_be_deleted(page: Page, person: Viewer) -> None:
    image = factories.image(person, name="fraud-v1")
    page.goto(f"/images/{image.id}/usage")
    expect(page.get_by_test_id("no-usage")).to_be_visible()
    card = factories.deployment(person, image_id=image.id, name="Fraud scoring")
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "barred")
    deployments.change(person, card.slug, Change(image=factories.image(person).id))
    factories.seen(deployments.card(person, card.slug), Phase.RUNNING)
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "costs")
    expect(page.get_by_test_id("verdict")).to_contain_text("Fraud scoring r1")
    page.get_by_test_id("former").click()
    expect(page.get_by_test_id("user")).to_have_count(0)
    page.get_by_test_id("former").click()
    page.get_by_test_id("user").get_by_role("link", name="Fraud scoring").click()
    expect(page).to_have_url(re.compile("/deployments/fraud-scoring/general"))


def test_an_image_is_compared_with_another(page: Page, person: Viewer) -> None:
    old = uploaded(person, "fraud-v1", "0.5", "numpy==2.1.0\npandas==2.2.0")
    new = uploaded(person, "fraud-v2", "0.7", "numpy==2.2.0\npandas==2.2.0\nscipy==1.14.0")
    page.goto(f"/images/{new}/info")
    page.get_by_test_id("card-menu").click()
    page.get_by_test_id("compare-menu").click()
    page.get_by_test_id("choices").get_by_role("link", name="fraud-v1").click()
    expect(page).to_have_url(re.compile(rf"/images/{new}/compare/?\?with={old}$"))
    packages = page.get_by_test_id("diff-packages")
    expect(packages.locator("[data-change=changed]")).to_contain_text("numpy")
    expect(packages.locator("[data-change=added]")).to_contain_text("scipy")
    expect(packages).to_contain_text("1 package is the same")
    script = page.get_by_test_id("diff-python")
    expect(script.locator(".cm-changedText").first).to_contain_text("5")
    expect(script.locator(".cm-changedText").last).to_contain_text("7")
    expect(page.get_by_test_id("diff-files").locator("[data-change=changed]")).to_contain_text("serving.py")


def test_a_new_image_is_built_of_the_same_files(page: Page, person: Viewer) -> None:
    old = uploaded(person, "fraud-v1", "0.5", "")
    page.goto(f"/images/{old}/info")
    page.get_by_test_id("anew").click()
    page.locator("#name").fill("Bad Name")
    page.get_by_test_id("build-anew").click()
    expect(page.get_by_test_id("anew-dialog")).to_contain_text("small letters")
    page.locator("#name").fill("fraud-v2")
    page.get_by_test_id("build-anew").click()
    expect(page).to_have_url(re.compile("/images/img_[a-z0-9]+/logs"))
    page.get_by_test_id("tab-info").click()
    expect(page.get_by_test_id("origin")).to_have_text("fraud-v1")
    made = images.card(person, "fraud-v2")
    assert (made.rebuilt_from, made.script) == (old, images.card(person, old).script)
