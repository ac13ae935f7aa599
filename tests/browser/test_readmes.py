"""READMEs in a browser: written, kept, merged, published, and safe whoever wrote them."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy_ui.enums import Phase, Reason, Role
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.readmes import texts
from deploy_ui.services.readmes.owners import Owner, of_deployment, of_image
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.browser.conftest import Console
from tests.readme import attacks
from tests.waiting import eventually

MB = 1024 * 1024
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TEXT = "# Fraud\n\nScores **payments**.\n\n- [x] tested\n"


@pytest.fixture
def person(console: Console) -> Viewer:
    assert console
    return factories.viewer(name="Oleg Smirnov")


@pytest.fixture
def card(person: Viewer) -> DeploymentCard:
    return factories.deployment(person, name="Fraud scoring")


@pytest.fixture
def owner(card: DeploymentCard) -> Owner:
    return of_deployment(card.slug)


@pytest.fixture
def tab(page: Page, card: DeploymentCard, signed_in: Callable[..., None]) -> Page:
    signed_in()
    page.goto(f"/deployments/{card.slug}/readme")
    expect(page.get_by_test_id("readme-source")).to_be_visible()
    return page


def is_saved(page: Page) -> None:
    """Wait until all that is written is saved, not only on its way."""
    expect(page.get_by_test_id("readme-state")).to_have_text(re.compile("^saved "))


def test_what_is_written_is_rendered_saved_and_downloaded(tab: Page, person: Viewer, owner: Owner) -> None:
    expect(tab.get_by_test_id("readme-save")).to_be_disabled()
    tab.get_by_test_id("readme-source").fill(TEXT)
    shown = tab.get_by_test_id("readme-text")
    expect(shown.get_by_role("heading", name="Fraud")).to_be_visible()
    expect(shown.locator("strong")).to_have_text("payments")
    tab.keyboard.press("Control+s")
    is_saved(tab)
    assert texts.read(person, owner).text == TEXT
    with tab.expect_download() as download:
        tab.get_by_test_id("readme-export").click()
    assert TEXT in download.value.path().read_bytes().decode("utf-8", errors="replace")
    tab.get_by_test_id("readme-preview").click()
    expect(tab.get_by_test_id("readme-source")).to_be_hidden()
    expect(shown).to_contain_text("payments")


def test_leaving_asks_first_and_a_lost_tab_loses_nothing(tab: Page, owner: Owner, person: Viewer) -> None:
    tab.get_by_test_id("readme-source").fill(TEXT)
    tab.get_by_test_id("tab-keys").click()
    tab.get_by_test_id("stay").click()
    expect(tab.get_by_test_id("readme-source")).to_contain_text("Scores")
    eventually(lambda: tab.evaluate("Object.keys(localStorage).some((each) => each.startsWith('readme:'))"))
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.reload()
    tab.get_by_test_id("draft-resume").click()
    expect(tab.get_by_test_id("readme-source")).to_contain_text("Scores")
    tab.get_by_test_id("readme-discard").click()
    expect(tab.get_by_test_id("readme-source")).not_to_contain_text("Scores")
    tab.get_by_test_id("tab-keys").click()
    expect(tab).to_have_url(re.compile("/keys$"))
    assert texts.read(person, owner).text == ""


def test_two_writers_are_told_of_each_other_and_can_merge(tab: Page, person: Viewer, owner: Owner) -> None:
    common = "# Fraud\n\nfirst\n\nsecond\n\nthird\n"
    tab.get_by_test_id("readme-source").fill(common)
    tab.keyboard.press("Control+s")
    is_saved(tab)
    texts.save(person, owner, common.replace("third", "third, theirs").encode())
    tab.get_by_test_id("readme-source").fill(common.replace("first", "first, mine"))
    tab.keyboard.press("Control+s")
    dialog = tab.get_by_test_id("readme-conflict")
    expect(dialog).to_contain_text("Oleg Smirnov saved version 2")
    expect(tab.get_by_test_id("readme-diff")).to_contain_text("theirs")
    tab.get_by_test_id("conflict-merge").click()
    expect(dialog).to_have_count(0)
    tab.keyboard.press("Control+s")
    is_saved(tab)
    merged = common.replace("first", "first, mine").replace("third", "third, theirs")
    assert texts.read(person, owner).text == merged


@pytest.mark.parametrize(("choice", "expected"), [("take_theirs", "theirs\n"), ("keep_mine", "mine\n")])
def test_one_of_two_versions_can_be_chosen(tab: Page, person: Viewer, owner: Owner, choice: str, expected: str) -> None:
    texts.save(person, owner, b"theirs\n")
    tab.get_by_test_id("readme-source").fill("mine\n")
    tab.keyboard.press("Control+s")
    tab.get_by_test_id(f"conflict-{choice}").click()
    expect(tab.get_by_test_id("readme-conflict")).to_have_count(0)
    expect(tab.get_by_test_id("readme-source")).to_contain_text(expected.strip())
    is_saved(tab)
    assert texts.read(person, owner).text == expected


def test_pictures_are_stored_with_it_and_large_ones_refused(tab: Page, tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)
    with (tmp_path / "huge.png").open("wb") as file:
        file.write(PNG)
        file.truncate(50 * MB)
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    tab.get_by_test_id("readme-picture").set_input_files(tmp_path / "huge.png")
    expect(tab.get_by_test_id("readme-problem")).to_contain_text("up to 10 MB")
    assert not any(url.endswith("/readme/files") for url in sent)
    tab.get_by_test_id("readme-picture").set_input_files(tmp_path / "cat.png")
    picture = tab.get_by_test_id("readme-text").locator("img")
    expect(picture).to_have_attribute("src", re.compile(r"/readme/files/cat-\w+\.png$"))
    eventually(lambda: tab.evaluate("document.querySelector('[data-testid=readme-text] img').naturalWidth === 1"))


PASTE = """(source, bytes) => {
  const data = new DataTransfer();
  const content = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
  data.items.add(new File([content], "pasted.png", { type: "image/png" }));
  source.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_a_pasted_picture_is_stored(tab: Page) -> None:
    tab.get_by_test_id("readme-source").evaluate(PASTE, base64.b64encode(PNG).decode())
    expect(tab.get_by_test_id("readme-source")).to_contain_text("![pasted](files/pasted-")
    expect(tab.get_by_test_id("readme-text").locator("img")).to_have_attribute("alt", "pasted")


def test_a_readme_of_the_largest_size_opens(
    page: Page, person: Viewer, card: DeploymentCard, owner: Owner, signed_in: Callable[..., None]
) -> None:
    rows = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000
    texts.save(person, owner, ("# Begin\n\n" + rows + "\n" + "words and **more** words\n\n" * 20_000)[:MB].encode())
    signed_in()
    page.goto(f"/deployments/{card.slug}/readme")
    page.get_by_test_id("readme-preview").click()
    expect(page.get_by_test_id("readme-text").locator("tr")).to_have_count(10_001, timeout=60_000)
    page.get_by_test_id("tab-keys").click()
    expect(page).to_have_url(re.compile("/keys$"))


def test_an_earlier_version_is_compared_and_restored(tab: Page, person: Viewer, owner: Owner) -> None:
    texts.save(person, owner, b"one\n")
    texts.save(person, owner, b"two\n")
    tab.reload()
    tab.get_by_test_id("readme-history").click()
    tab.get_by_test_id("readme-version").last.click()
    expect(tab.get_by_test_id("readme-version-shown")).to_contain_text("one")
    tab.get_by_test_id("readme-restore").click()
    expect(tab.get_by_test_id("readme-source")).to_contain_text("one")
    assert texts.read(person, owner).version == 3


def test_a_published_one_is_read_without_signing_in_until_it_is_revoked(
    tab: Page, person: Viewer, owner: Owner, chromium: Browser, console: Console
) -> None:
    texts.save(person, owner, TEXT.encode())
    tab.reload()
    tab.get_by_test_id("readme-publish").click()
    tab.get_by_test_id("publish").click()
    link = tab.get_by_test_id("published-link").inner_text()
    stranger = chromium.new_context(base_url=console.url)
    visitor = stranger.new_page()
    answer = visitor.goto(link.replace(link.split("/readme/")[0], console.url))
    assert answer is not None
    assert (answer.headers["x-robots-tag"], answer.headers["referrer-policy"]) == ("noindex, nofollow", "no-referrer")
    expect(visitor.get_by_test_id("published-text")).to_contain_text("Scores payments.")
    expect(visitor.get_by_test_id("published-title")).to_have_text("Fraud scoring")
    expect(visitor.get_by_test_id("nav-deployments")).to_have_count(0)
    assert stranger.request.get("/api/v1/deployments").status == 401
    visitor.emulate_media(media="print")
    expect(visitor.get_by_test_id("print")).to_be_hidden()
    tab.get_by_test_id("revoke-link").click()
    expect(tab.get_by_test_id("published-link")).to_have_count(0)
    visitor.reload()
    expect(visitor.get_by_test_id("published-dead")).to_be_visible()
    stranger.close()


def test_a_sample_begins_an_empty_one(tab: Page) -> None:
    tab.get_by_test_id("readme-sample").click()
    expect(tab.get_by_test_id("readme-source")).to_contain_text("# Fraud scoring")
    with tab.expect_download() as download:
        tab.get_by_test_id("readme-sample").click()
    assert download.value.suggested_filename == "README-sample.md"


def test_a_viewer_and_a_deleted_one_are_only_read(
    page: Page, person: Viewer, card: DeploymentCard, owner: Owner, signed_in: Callable[..., None]
) -> None:
    texts.save(person, owner, TEXT.encode())
    signed_in(Role.VIEWER)
    page.goto(f"/deployments/{card.slug}/readme")
    expect(page.get_by_test_id("readme-text")).to_contain_text("Scores payments.")
    expect(page.get_by_test_id("readme-save")).to_have_count(0)
    factories.seen(deployments.delete(person, card.slug), Phase.DELETED, Reason.DELETED_BY_PERSON)
    page.reload()
    expect(page.get_by_test_id("readme-text")).to_contain_text("Scores payments.")


def test_an_image_has_one_of_its_own(page: Page, person: Viewer, signed_in: Callable[..., None]) -> None:
    image = factories.image(person, name="fraud-v1")
    signed_in()
    page.goto(f"/images/{image.id}/readme")
    page.get_by_test_id("readme-source").fill("of the image\n")
    page.keyboard.press("Control+s")
    is_saved(page)
    assert texts.read(person, of_image(image.id)).text == "of the image\n"


def test_nothing_of_a_hostile_one_runs_or_asks_for_anything(
    page: Page, person: Viewer, card: DeploymentCard, owner: Owner, signed_in: Callable[..., None]
) -> None:
    text = "\n\n".join(reversed(attacks.ALL)).replace("alert(1)", "window.ran=1")  # tags last: some swallow the rest
    texts.save(person, owner, f"# Begin\n\n{text}\n".encode())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    signed_in()
    page.goto(f"/deployments/{card.slug}/readme")
    page.get_by_test_id("readme-preview").click()
    shown = page.get_by_test_id("readme-text")
    expect(shown.get_by_role("heading", name="Begin")).to_be_visible()
    eventually(lambda: page.evaluate("document.querySelectorAll('[data-testid=readme-text] .md-math').length > 0"))
    for each in shown.locator("summary, a[href^='#']").all():
        each.dispatch_event("click")
    assert page.evaluate("window.ran") is None
    inside = "script, iframe, object, embed, form, style:not(svg style), link, meta, base, svg a, [onerror], [onload]"
    assert shown.locator(inside).count() == 0
    foreign = {url for url in asked if not url.startswith(("http://127.0.0.1", "data:", "blob:"))}
    assert foreign <= {url for url in foreign if url.startswith("https://a.example/")}  # the pictures that it may have
    assert page.evaluate("typeof document.getElementById + typeof document.cookie + typeof location.href") == (
        "functionstringstring"
    )
