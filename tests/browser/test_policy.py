import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console


def test_a_script_written_into_the_page_does_not_run(console: Console, page: Page) -> None:
    console.person()
    page.goto("/sign-in")
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    page.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'window.ran = true';"
        " document.body.appendChild(script); }"
    )
    assert page.evaluate("window.ran") is None


def test_a_text_is_never_run_as_a_program(console: Console, page: Page) -> None:
    console.person()
    page.goto("/sign-in")
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    with page.expect_event("console", lambda message: "Content Security Policy" in message.text):
        page.evaluate(
            "() => { const late = document.createElement('b'); late.setAttribute('onclick', '1'); late.click(); }"
        )


def test_pages_carry_the_policy(console: Console) -> None:
    policy = httpx.get(f"{console.url}/sign-in/").headers["content-security-policy"]
    assert "'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self'" in policy


def test_no_other_site_may_read_our_answers(console: Console) -> None:
    answer = httpx.get(f"{console.url}/sign-in/", headers={"origin": "http://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_reflex_takes_and_shows_no_uploads(console: Console) -> None:
    assert httpx.get(f"{console.url}/_upload").status_code == 404
    assert httpx.post(f"{console.url}/_upload", files={"file": b"x"}).status_code in {404, 405}
