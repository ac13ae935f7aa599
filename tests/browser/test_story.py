"""The whole story, in a browser against the whole product: from a serving script to a prediction and its log line."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.launch.product import Product, running

READY_MS = 120_000
SERVING = '''"""Sums the numbers it is sent."""
import csv
from pathlib import Path

from pydantic import BaseModel


class Numbers(BaseModel):
    values: list[float]


class Model:
    def load(self):
        self.factor = float(next(csv.reader(Path("model/factor.csv").open()))[0])

    def predict(self, payload: Numbers) -> dict:
        print(f"summing {len(payload.values)} numbers")
        return {"sum": self.factor * sum(payload.values)}
'''
BODY = '{"values": [1, 2.5, 3]}'


@pytest.fixture
def product(built_pages: None, uv_cache: Path, tmp_path: Path) -> Iterator[Product]:  # noqa: ARG001 -- set first
    """Run everything, with nobody in it."""
    with running(tmp_path / "data") as started:
        yield started


@pytest.fixture
def visitor(chromium: Browser, product: Product) -> Iterator[Page]:
    """Give a browser that may read its clipboard."""
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{product.console_port}",
        locale="en-US",
        viewport={"width": 1280, "height": 800},
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context.new_page()
    context.close()


def test_a_script_becomes_an_answered_prediction(product: Product, visitor: Page, tmp_path: Path) -> None:
    sets_up_the_first_admin(product, visitor)
    uploads_an_image(visitor, tmp_path)
    deploys_it(visitor)
    secret = makes_a_key(visitor)
    url = visitor.get_by_test_id("url")
    visitor.get_by_test_id("tab-general").click()
    address = url.get_attribute("title")
    answer = httpx.post(f"{address}/predict", content=BODY, headers=json_with(secret), trust_env=False)
    assert (answer.status_code, answer.json()) == (200, {"sum": 13.0})
    command = tries_it(visitor)
    again = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, timeout=30)
    assert again.stdout == '{"sum":13.0}'
    finds_it_among_the_calls(visitor, calls_it_asynchronously(visitor))
    reads_the_log(visitor)
    finds_the_request(visitor, address, secret)


def json_with(secret: str) -> dict[str, str]:
    """Return the headers of a caller's JSON request."""
    return {"X-API-Key": secret, "Content-Type": "application/json"}


def sets_up_the_first_admin(product: Product, page: Page) -> None:
    """Come in by the link that the terminal shows; find an empty installation."""
    link = re.search(r"http://\S+/set-up#\S+", product.said)
    assert link is not None
    page.goto(link[0])
    page.get_by_label("Your name").fill("Anna Petrova")
    page.get_by_label("Email").fill("anna@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_test_id("set-up").click()
    expect(page.get_by_test_id("first-steps")).to_be_visible()
    expect(page.get_by_test_id("deploy-example")).to_be_visible()


def uploads_an_image(page: Page, folder: Path) -> None:
    """Fill in the form with a script, a requirement and a model file; watch the build until it is ready."""
    (folder / "model").mkdir()
    (folder / "model" / "factor.csv").write_text("2\n")
    (folder / "serving.py").write_text(SERVING)
    page.get_by_test_id("create-image").click()
    page.get_by_label("Name").fill("summer-v1")
    page.get_by_test_id("read-script").set_input_files(folder / "serving.py")
    page.get_by_test_id("choose-folder").set_input_files(folder / "model")
    page.get_by_test_id("submit").click()
    expect(page).to_have_url(re.compile(r"/images/img_\w+/logs"))
    expect(page.get_by_test_id("status").first).to_have_attribute("data-status", "ready", timeout=READY_MS)
    expect(page.get_by_test_id("log-pane")).to_contain_text("Ready:")


def deploys_it(page: Page) -> None:
    """Create a deployment from the image's card and watch it come up."""
    page.get_by_test_id("deploy").click()
    page.get_by_label("Name").fill("Summer")
    expect(page.locator("#image")).to_have_value("summer-v1")
    page.get_by_test_id("submit").click()
    expect(page).to_have_url(re.compile("/deployments/summer/general"))
    expect(page.get_by_test_id("status").first).to_have_attribute("data-status", "running", timeout=READY_MS)
    page.get_by_test_id("tab-instances").click()
    expect(page.get_by_test_id("instance").get_by_test_id("status")).to_have_attribute("data-status", "ready")


def makes_a_key(page: Page) -> str:
    """Create a key; return the secret that is shown this once."""
    page.get_by_test_id("tab-keys").click()
    page.get_by_test_id("create-key").click()
    page.get_by_label("Name").fill("terminal")
    page.get_by_test_id("submit-key").click()
    secret = page.get_by_test_id("secret").inner_text()
    page.get_by_test_id("secret-saved").click()
    expect(page.get_by_test_id("secret")).to_be_hidden()
    return secret


def tries_it(page: Page) -> str:
    """Send the request from the console; return it as the command that Copy as cURL gives."""
    page.get_by_test_id("tab-test").click()
    page.get_by_test_id("body").fill(BODY)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("answer-status")).to_contain_text("200")
    expect(page.get_by_test_id("answer-body")).to_contain_text("13.0")
    page.get_by_test_id("curl").click()
    expect(page.get_by_test_id("curl")).to_contain_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()")).replace("curl ", "curl -sS ", 1)


def calls_it_asynchronously(page: Page) -> str:
    """Tick the box: the header appears where it is sent; watch the call to its end, get its answer; return its id."""
    page.get_by_test_id("async").click()
    expect(page.get_by_test_id("async-header")).to_contain_text("X-Async-Request")
    expect(page.get_by_test_id("body")).to_contain_text("2.5")
    page.get_by_test_id("curl").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('X-Async-Request: true'))")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("answer-status")).to_contain_text("202")
    expect(page.get_by_test_id("call-status")).to_have_attribute("data-status", "completed")
    call_id = page.get_by_test_id("call-id").inner_text()
    expect(page.get_by_test_id("answer-body")).to_contain_text(call_id)
    expect(page.get_by_test_id("to-call")).to_have_attribute("href", f"/deployments/summer/calls?call={call_id}")
    with page.expect_download() as download:
        page.get_by_test_id("call-result").click()
    assert download.value.suggested_filename == f"{call_id}.json"
    assert json.loads(download.value.path().read_text()) == {"sum": 13.0}
    expect(page.get_by_test_id("past").first).to_contain_text("async")
    page.get_by_test_id("again").last.click()
    expect(page.get_by_test_id("async")).to_have_attribute("aria-checked", "false")
    page.get_by_test_id("again").first.click()
    expect(page.get_by_test_id("async")).to_have_attribute("aria-checked", "true")
    expect(page.get_by_test_id("headers").get_by_test_id("header-name")).to_have_count(1)
    return call_id


def finds_it_among_the_calls(page: Page, call_id: str) -> None:
    """See it in the list, with its attempt beside it, and get the result from its menu."""
    page.get_by_test_id("tab-calls").click()
    row = page.locator(f'[data-testid="call"][data-call="{call_id}"]')
    expect(row.get_by_test_id("status")).to_have_attribute("data-status", "completed")
    row.get_by_test_id("call-link").click()
    expect(page.get_by_test_id("call-panel")).to_contain_text(call_id)
    expect(page.get_by_test_id("call-panel")).to_contain_text("Attempt 1")
    row.get_by_test_id("call-actions").click()
    with page.expect_download() as download:
        page.get_by_test_id("get-result").click()
    assert json.loads(download.value.path().read_text()) == {"sum": 13.0}


def reads_the_log(page: Page) -> None:
    """Find the line that the requests caused."""
    page.get_by_test_id("tab-logs").click()
    expect(page.get_by_test_id("log-pane")).to_contain_text("summing 3 numbers")


def finds_the_request(page: Page, address: str | None, secret: str) -> None:
    """See a request in the log within seconds, narrow the list down to it, and read on from it where it was logged."""
    page.get_by_test_id("tab-monitoring").click()
    page.get_by_test_id("view-requests").click()
    expect(page.get_by_test_id("request").first).to_be_visible()
    answer = httpx.get(f"{address}/nowhere?token=hidden", headers=json_with(secret), trust_env=False)
    row = page.get_by_test_id("request").filter(has_text="/nowhere")
    expect(row).to_contain_text(str(answer.status_code), timeout=5000 + 3000)
    page.get_by_test_id("status-4xx").click()
    expect(page.get_by_test_id("request")).to_have_count(1)
    page.get_by_test_id("open-request").click()
    facts = page.get_by_test_id("request-facts")
    expect(facts).to_contain_text(answer.headers["x-request-id"])
    expect(facts).to_contain_text("terminal")
    expect(facts).not_to_contain_text("hidden")
    page.get_by_test_id("request-logs").click()
    expect(page.get_by_test_id("log-pane")).to_contain_text("/nowhere")
