import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from deploy_ui.enums import ImageKind, ImageStatus, Role
from deploy_ui.services import images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.settings import settings
from tests import factories
from tests.waiting import eventually

SCRIPT = "class Model:\n    def predict(self, payload: dict) -> dict:\n        return payload\n"


@pytest.fixture(autouse=True)
def _form(signed_in: Callable[..., None], page: Page) -> None:
    signed_in()
    page.goto("/images/new")
    expect(editor(page, "script")).to_be_visible()


def editor(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name).locator(".cm-content")


def write(page: Page, name: str, text: str) -> None:
    editor(page, name).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def submit(page: Page) -> ImageCard:
    """Send the form and return the image that its next page shows."""
    page.get_by_test_id("submit").click()
    expect(page).to_have_url(re.compile(r"/images/img_\w+/logs$"))
    return images.card(factories.viewer(), page.url.split("/")[-2])


def test_an_image_is_written_in_the_console_and_its_build_waits_for_a_worker(page: Page) -> None:
    page.locator("#name").fill("fraud-gbm-v15")
    write(page, "script", SCRIPT)
    write(page, "requirements", "numpy>=2\n")
    card = submit(page)
    assert (card.name, card.kind, card.status) == ("fraud-gbm-v15", ImageKind.MODEL, ImageStatus.QUEUED)
    assert (card.script, card.requirements) == (SCRIPT, "numpy>=2\n")
    expect(page.get_by_test_id("status").first).to_have_attribute("data-status", "queued")


def test_what_is_wrong_is_said_at_the_field_as_soon_as_it_is_left(page: Page) -> None:
    page.locator("#name").fill("Fraud GBM")
    write(page, "script", "class Model:\n    def predict(self\n")
    expect(page.get_by_test_id("error-name")).to_be_visible()
    write(page, "requirements", "-e ./here")
    expect(page.get_by_test_id("error-script")).to_contain_text("line 2")
    expect(page.get_by_test_id("script").locator(".cm-badline")).to_have_text("    def predict(self")
    page.locator("#name").focus()
    expect(page.get_by_test_id("error-requirements")).to_contain_text("line 1")


def test_a_script_that_can_work_is_said_to(page: Page) -> None:
    write(page, "script", SCRIPT)
    page.locator("#name").focus()
    expect(page.get_by_test_id("fine")).to_be_visible()


def test_nothing_that_was_typed_is_lost_by_a_refusal(page: Page) -> None:
    factories.image(name="fraud-gbm-v15")
    page.locator("#name").fill("fraud-gbm-v15")
    write(page, "script", SCRIPT)
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("error-name")).to_contain_text("fraud-gbm-v15")
    page.locator("#name").fill("fraud-gbm-v16")
    assert submit(page).script == SCRIPT


def test_an_empty_form_is_refused_at_its_first_empty_field(page: Page) -> None:
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("error-name")).to_be_visible()
    page.locator("#name").fill("fraud-gbm-v15")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("error-script")).to_contain_text("serving.py")
    expect(page.get_by_test_id("error-name")).to_have_count(0)


def test_a_draft_outlives_a_reload_until_it_is_given_up(page: Page) -> None:
    page.locator("#name").fill("fraud-gbm-v15")
    page.get_by_test_id("kind-command").click()
    write(page, "requirements", "vllm\n")
    eventually(lambda: "vllm" in page.evaluate("JSON.stringify(sessionStorage)"))
    page.reload()
    expect(page.locator("#name")).to_have_value("fraud-gbm-v15")
    expect(page.locator("#command")).to_be_visible()
    expect(editor(page, "requirements")).to_contain_text("vllm")
    page.get_by_test_id("cancel").click()
    expect(page).to_have_url(re.compile("/images/?$"))
    page.goto("/images/new")
    expect(editor(page, "requirements")).to_be_visible()
    expect(page.locator("#name")).to_have_value("")


def test_a_folder_of_a_project_comes_without_its_litter(page: Page, tmp_path: Path) -> None:
    project = tmp_path / "fraud"
    for path in ("serving.py", "model/net.bin", "__pycache__/serving.pyc", ".git/HEAD"):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(SCRIPT)
    page.get_by_test_id("choose-folder").set_input_files(project)
    expect(page.get_by_test_id("file")).to_contain_text(["model/net.bin", "serving.py"])
    page.locator("#name").fill("fraud-gbm-v15")
    card = submit(page)
    assert [each.path for each in card.files] == ["model/net.bin", "serving.py"]
    assert card.entry == "serving.py"


@pytest.mark.parametrize(("choice", "path"), [("Will be unpacked", "net.bin"), ("Stays packed", "weights.zip")])
def test_an_archive_is_unpacked_unless_it_is_to_stay(page: Page, tmp_path: Path, choice: str, path: str) -> None:
    archive = tmp_path / "weights.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("net.bin", "net")
    page.get_by_test_id("choose-files").set_input_files(archive)
    how = page.get_by_test_id("unpack")
    expect(how).to_have_text("Will be unpacked")
    if choice != how.inner_text():
        how.click()
    expect(how).to_have_text(choice)
    page.locator("#name").fill("fraud-gbm-v15")
    write(page, "script", SCRIPT)
    assert path in [each.path for each in submit(page).files]


def test_a_file_can_be_taken_away_again(page: Page, tmp_path: Path) -> None:
    for name in ("one.bin", "two.bin"):
        (tmp_path / name).write_text(name)
    page.get_by_test_id("choose-files").set_input_files([tmp_path / "one.bin", tmp_path / "two.bin"])
    page.get_by_role("button", name="Remove: one.bin").click()
    expect(page.get_by_test_id("file")).to_have_text([re.compile("two.bin")])


def test_too_much_is_refused_before_anything_is_sent(page: Page, tmp_path: Path) -> None:
    with (tmp_path / "huge.bin").open("wb") as file:
        file.truncate(settings().max_upload_mb * 1024**2 + 1)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_test_id("choose-files").set_input_files(tmp_path / "huge.bin")
    page.locator("#name").fill("fraud-gbm-v15")
    write(page, "script", SCRIPT)
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("error-files")).to_contain_text("2048 MB")
    assert sent == []


def test_a_command_with_variables_and_a_ready_path(page: Page) -> None:
    page.locator("#name").fill("vllm-small")
    page.get_by_test_id("kind-command").click()
    page.locator("#command").fill("python -m http.server $PORT")
    page.get_by_test_id("advanced").locator("summary").click()
    page.locator("#ready_path").fill("/healthz")
    page.locator("#env").fill("# how\nMODE=fast\nURL=http://a=b\n")
    card = submit(page)
    assert (card.kind, card.command, card.ready_path) == (
        ImageKind.COMMAND,
        "python -m http.server $PORT",
        "/healthz",
    )
    assert card.env_names == ["MODE", "URL"]


def test_a_line_that_is_no_variable_is_named(page: Page) -> None:
    page.locator("#name").fill("vllm-small")
    write(page, "script", SCRIPT)
    page.get_by_test_id("advanced").locator("summary").click()
    page.locator("#env").fill("MODE=fast\nnonsense")
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("error-env")).to_contain_text("2")


def test_an_example_fills_the_form(page: Page) -> None:
    page.get_by_test_id("from-example").click()
    page.get_by_test_id("from-fastapi-command").click()
    expect(page.locator("#command")).to_have_value(re.compile("uvicorn"))
    expect(editor(page, "script")).to_contain_text("FastAPI")
    page.locator("#name").fill("from-an-example")
    assert submit(page).kind == ImageKind.COMMAND


def test_escape_leads_back_to_the_images(page: Page) -> None:
    page.locator("#name").press("Escape")
    expect(page).to_have_url(re.compile("/images/?$"))


def test_escape_stops_what_is_being_sent_and_keeps_everything(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/images", hold)
    page.locator("#name").fill("fraud-gbm-v15")
    write(page, "script", SCRIPT)
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("new-image")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("submit")).to_have_text("Create image")
    expect(page.locator("#name")).to_have_value("fraud-gbm-v15")
    assert len(held) == 1


def test_somebody_whose_session_ended_is_told_so_and_loses_nothing(page: Page) -> None:
    page.locator("#name").fill("fraud-gbm-v15")
    write(page, "script", SCRIPT)
    page.context.clear_cookies()
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("error-form")).to_contain_text("signed out")
    expect(page.locator("#name")).to_have_value("fraud-gbm-v15")


def test_nothing_hangs_over_the_edge_of_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    write(page, "script", "x = '" + "long " * 60 + "'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_viewer_is_told_that_they_only_read(signed_in: Callable[..., None], page: Page) -> None:
    signed_in(Role.VIEWER, "Oleg Smirnov")
    page.goto("/images/new")
    expect(page.get_by_text("Your role is Viewer")).to_be_visible()
    expect(page.get_by_test_id("new-image")).to_have_count(0)
