"""The API test tab in a browser, against the whole product and a deployment that answers in every way."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy_ui.services import sessions
from tests.launch.product import Product, running
from tests.waiting import eventually

READY_S = 120
ADMIN = {"email": "admin@example.org", "password": "a long enough password"}
SCRIPT = """
import base64, json

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
KINDS = {"/png": "image/png", "/html": "text/html", "/latin": "text/plain; charset=iso-8859-1"}
BODIES = {"/png": PNG, "/html": b"<script>window.ran = true</script><b>bold</b>", "/latin": b"gr\\xfcn"}


async def app(scope, receive, send):
    if scope["type"] != "http":
        return

    async def head(kind):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})

    async def body(piece, more=False):
        await send({"type": "http.response.body", "body": piece, "more_body": more})

    path = scope["path"]
    print("asked for", path)
    if path in BODIES:
        await head(KINDS[path])
        await body(BODIES[path])
    elif path in {"/drip", "/endless"}:
        await head("text/plain")
        await body(b"first drop\\n", True)
        piece = b"x" * 65536
        for _ in range(1000 if path == "/endless" else 0):  # 64 MB; without end it would never hear of the end
            await body(piece, True)
        while (await receive())["type"] != "http.disconnect":
            pass
    else:
        size, text = 0, b""
        while True:
            message = await receive()
            size, text = size + len(message.get("body", b"")), text + message.get("body", b"")[:2000]
            if not message.get("more_body"):
                break
        await head("application/json")
        kind = dict(scope["headers"]).get(b"content-type", b"").decode()
        told = {"method": scope["method"], "kind": kind, "size": size, "text": text[:2000].decode("latin-1")}
        await body(json.dumps(told).encode())
"""


@pytest.fixture(scope="module")
def product(built_pages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:  # noqa: ARG001 -- first
    """Run everything, with one deployment that is ready."""
    named = {"DEPLOY_UI_ADMIN_EMAIL": ADMIN["email"], "DEPLOY_UI_ADMIN_PASSWORD": ADMIN["password"]}
    named["UV_CACHE_DIR"] = str(tmp_path_factory.getbasetemp().parent / "uv-cache")  # as the fixture `uv_cache`
    with running(tmp_path_factory.mktemp("trials") / "data", **named) as started, client(started) as api:
        form = {"name": "labor", "kind": "asgi", "script": SCRIPT}
        api.post("/images", files={name: (None, value) for name, value in form.items()}).raise_for_status()
        api.post("/deployments", json={"name": "Labor", "image": "labor"}).raise_for_status()
        eventually(lambda: api.get("/deployments/labor").json()["ready_instances"] == 1, READY_S)
        yield started


def client(product: Product) -> httpx.Client:
    """Return somebody who is signed in and speaks to the API."""
    base = f"http://127.0.0.1:{product.console_port}/api/v1"
    token = httpx.post(f"{base}/login", json=ADMIN, trust_env=False).json()["token"]
    return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, trust_env=False)


@pytest.fixture
def context(chromium: Browser, product: Product) -> Iterator[BrowserContext]:
    """Give a browser that is signed in and may read its clipboard."""
    made = chromium.new_context(
        base_url=f"http://127.0.0.1:{product.console_port}",
        locale="en-US",
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    token = client(product).headers["Authorization"].removeprefix("Bearer ")
    made.add_cookies([{"name": sessions.COOKIE, "value": token, "url": f"http://127.0.0.1:{product.console_port}"}])
    yield made
    made.close()


@pytest.fixture
def trial(page: Page) -> Page:
    """Give the tab, open."""
    page.goto("/deployments/labor/test")
    expect(page.get_by_test_id("send")).to_be_enabled()
    return page


def send(page: Page, path: str, method: str = "POST") -> None:
    page.get_by_test_id("method").select_option(method)
    page.get_by_test_id("path").fill(path)
    page.get_by_test_id("send").click()


def test_an_answer_is_shown_with_its_headers_its_log_and_in_the_history(trial: Page) -> None:
    trial.get_by_test_id("kind-json").click()
    trial.get_by_test_id("body").fill('{"a": 1}')
    send(trial, "/echo")
    expect(trial.get_by_test_id("answer-status")).to_contain_text("200")
    expect(trial.get_by_test_id("answer-text")).to_contain_text('"size": 8')
    expect(trial.get_by_test_id("request-log")).to_contain_text("asked for /echo")
    trial.get_by_test_id("part-headers").click()
    expect(trial.get_by_test_id("answer")).to_contain_text("x-request-id")
    expect(trial.get_by_test_id("past").first).to_contain_text("/echo")


def test_broken_json_is_marked_at_its_line_and_not_sent(trial: Page) -> None:
    trial.get_by_test_id("kind-json").click()
    trial.get_by_test_id("body").fill('{\n  "a": oops\n}')
    before = trial.get_by_test_id("past").count()
    send(trial, "/echo")
    expect(trial.get_by_test_id("wrong-body")).to_contain_text("line 2, column 8")
    expect(trial.get_by_test_id("past")).to_have_count(before)


def test_a_header_with_a_control_character_is_refused_at_its_row(trial: Page) -> None:
    trial.get_by_test_id("add-header").click()
    trial.get_by_test_id("header-name").last.fill("X-Bad")
    trial.get_by_test_id("header-value").last.fill("a\u0001b")
    send(trial, "/echo")
    expect(trial.get_by_test_id("headers")).to_contain_text("The value of X-Bad")


def test_a_large_body_does_not_travel_through_the_page(trial: Page) -> None:
    frames: list[int] = []
    trial.on("websocket", lambda socket: socket.on("framesent", lambda data: frames.append(len(data))))
    trial.reload()
    expect(trial.get_by_test_id("send")).to_be_enabled()
    trial.get_by_test_id("kind-json").click()
    trial.evaluate("navigator.clipboard.writeText(JSON.stringify('z'.repeat(5e6)))")
    trial.get_by_test_id("body").click()
    trial.keyboard.press("Control+v")
    send(trial, "/echo")
    expect(trial.get_by_test_id("answer-text")).to_contain_text('"size": 5000002')
    assert frames
    assert max(frames) < 100_000


def test_a_file_and_a_form_with_a_file_are_sent(trial: Page, tmp_path: Path) -> None:
    (tmp_path / "cat.bin").write_bytes(b"\0\xff" * 1000)
    trial.get_by_test_id("kind-file").click()
    trial.locator("input[type=file]").first.set_input_files(tmp_path / "cat.bin")
    send(trial, "/echo")
    expect(trial.get_by_test_id("answer-text")).to_contain_text('"size": 2000')
    trial.get_by_test_id("kind-multipart").click()
    trial.get_by_test_id("field-name").first.fill("note")
    trial.get_by_test_id("field-value").first.fill("hello & goodbye")
    send(trial, "/echo")
    expect(trial.get_by_test_id("answer-text")).to_contain_text("hello & goodbye")
    expect(trial.get_by_test_id("answer-text")).to_contain_text("multipart/form-data; boundary=")


def test_pieces_appear_as_they_arrive_and_sending_can_be_canceled(trial: Page) -> None:
    send(trial, "/drip", "GET")
    expect(trial.get_by_test_id("answer-text")).to_contain_text("first drop")
    trial.get_by_test_id("cancel").click()
    expect(trial.get_by_test_id("send")).to_be_enabled()
    expect(trial.get_by_test_id("answer-text")).to_contain_text("first drop")


def test_a_very_long_answer_is_cut(trial: Page) -> None:
    send(trial, "/endless", "GET")
    expect(trial.get_by_test_id("answer")).to_contain_text("its first 32 MB are here", timeout=60_000)
    expect(trial.get_by_test_id("send")).to_be_enabled()


def test_pictures_are_shown_and_pages_are_text(trial: Page) -> None:
    send(trial, "/png", "GET")
    expect(trial.get_by_test_id("answer").locator("img")).to_be_visible()
    with trial.expect_download() as download:
        trial.get_by_test_id("save").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    send(trial, "/html", "GET")
    expect(trial.get_by_test_id("answer-text")).to_contain_text("<script>window.ran = true</script>")
    assert trial.evaluate("window.ran") is None
    send(trial, "/latin", "GET")
    expect(trial.get_by_test_id("answer-text")).to_contain_text("gr\u00fcn")


@pytest.mark.parametrize("path", ["/../other/predict", "/%2e%2e/other", "//evil.example/x"])
def test_a_path_stays_with_the_deployment(trial: Page, path: str) -> None:
    asked: list[str] = []
    trial.on("request", lambda request: asked.append(request.url))
    send(trial, path, "GET")
    refused = trial.get_by_test_id("wrong-path").or_(trial.get_by_test_id("answer-status"))
    expect(refused).to_be_visible()
    assert all(url.startswith(("http://127.0.0.1", "blob:", "data:")) for url in asked)


def test_a_request_is_saved_with_a_name_and_sent_again(trial: Page) -> None:
    send(trial, "/echo")
    expect(trial.get_by_test_id("answer-status")).to_contain_text("200")
    trial.get_by_test_id("kind-text").click()
    trial.get_by_test_id("body").fill("remember me")
    send(trial, "/echo?which=this", "PUT")
    expect(trial.get_by_test_id("answer-status")).to_contain_text("200")
    row = trial.get_by_test_id("past").filter(has_text="which=this").first
    row.hover()
    row.get_by_test_id("past-star").click()
    trial.get_by_test_id("past-name").fill("The usual")
    trial.keyboard.press("Enter")
    expect(trial.get_by_test_id("past").first).to_contain_text("The usual")
    trial.get_by_test_id("clear").click()
    expect(trial.get_by_test_id("past")).to_have_count(1)
    trial.reload()
    trial.get_by_test_id("past").first.get_by_test_id("again").click()
    expect(trial.get_by_test_id("path")).to_have_value("/echo?which=this")
    expect(trial.get_by_test_id("method")).to_have_value("PUT")
    expect(trial.get_by_test_id("body")).to_contain_text("remember me")


def test_the_copied_command_does_the_same_in_bash(trial: Page) -> None:
    body = json.dumps({"text": 'it\'s "$HOME" `id` !x \\ %s \u0436\n'})
    trial.get_by_test_id("kind-json").click()
    trial.get_by_test_id("body").fill(body)
    trial.get_by_test_id("method").select_option("POST")
    trial.get_by_test_id("path").fill("/echo?a=[1]&b={2}")
    trial.get_by_test_id("curl").click()
    expect(trial.get_by_test_id("curl")).to_contain_text("Copied")
    command = str(trial.evaluate("navigator.clipboard.readText()"))
    done = subprocess.run(
        ["bash", "-c", re.sub(r"^curl ", "curl -sS --noproxy '*' ", command)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    told = json.loads(done.stdout)
    assert (told["method"], told["size"]) == ("POST", len(body.encode()))
    assert told["text"].encode("latin-1").decode() == body
