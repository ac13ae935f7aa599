import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy_ui.enums import Role
from deploy_ui.services import people, sessions
from tests.browser.conftest import PASSWORD, Console


def test_the_first_admin_comes_in_by_the_one_time_link(page: Page) -> None:
    token = people.new_setup_link()
    page.goto(f"/set-up#{token}")
    page.get_by_label("Your name").fill("Anna Petrova")
    page.get_by_label("Email").fill("anna@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_test_id("set-up").click()
    expect(page).to_have_url(re.compile("/deployments"))
    expect(page.get_by_test_id("first-steps")).to_be_visible()
    expect(page.get_by_test_id("person").first).to_contain_text("Anna Petrova")
    assert people.setup_needed() is False


def test_without_its_link_the_set_up_page_says_where_it_is(page: Page) -> None:
    page.goto("/set-up")
    expect(page.get_by_text("one-time link")).to_be_visible()


def test_a_short_password_is_refused_at_its_field_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto(f"/set-up#{people.new_setup_link()}")
    page.get_by_label("Your name").fill("Anna")
    page.get_by_label("Email").fill("anna@example.org")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_test_id("set-up").click()
    expect(page.get_by_test_id("error-password")).to_contain_text("characters")
    expect(page.get_by_label("Your name")).to_have_value("Anna")


def test_an_empty_installation_leads_from_sign_in_to_set_up(page: Page) -> None:
    page.goto("/deployments")
    expect(page).to_have_url(re.compile("/set-up"))


def test_a_wrong_password_says_how_many_attempts_are_left(console: Console, page: Page) -> None:
    email = console.person()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("not it")
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("error-password")).to_contain_text("4")
    expect(page.get_by_label("Email")).to_have_value(email)


def test_signing_in_leads_to_where_the_person_wanted_to_go(console: Console, page: Page) -> None:
    email = console.person()
    page.goto("/images")
    expect(page).to_have_url(re.compile(r"/sign-in/?\?next=/images"))
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("no-images")).to_be_visible()


def test_signing_in_never_leads_to_another_site(console: Console, page: Page) -> None:
    email = console.person()
    page.goto("/sign-in?next=//example.org/trap")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("first-steps")).to_be_visible()
    assert page.url.startswith(console.url)


def test_the_session_cookie_cannot_be_read_by_scripts(console: Console, page: Page, context: BrowserContext) -> None:
    email = console.person()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("first-steps")).to_be_visible()
    cookie = next(each for each in context.cookies() if each["name"] == sessions.COOKIE)
    assert cookie["httpOnly"] is True
    assert cookie["sameSite"] == "Strict"
    assert sessions.COOKIE not in page.evaluate("document.cookie")


def test_signing_out_ends_every_tab_of_the_session(
    signed_in: Callable[..., None], page: Page, context: BrowserContext
) -> None:
    signed_in()
    other = context.new_page()
    other.goto("/images")
    expect(other.get_by_test_id("no-images")).to_be_visible()
    page.goto("/deployments")
    page.get_by_test_id("person").first.click()
    page.get_by_test_id("sign-out").first.click()
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(other).to_have_url(re.compile("/sign-in"))
    expect(other.get_by_test_id("no-images")).to_have_count(0)


def test_a_tab_forgets_what_the_person_before_was_shown(
    signed_in: Callable[..., None], page: Page, context: BrowserContext
) -> None:
    signed_in(Role.ADMIN, "Anna Petrova")
    page.goto("/deployments")
    expect(page.get_by_text("Anna Petrova").first).to_be_visible()
    context.clear_cookies()
    page.goto("/deployments")
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_text("Anna Petrova")).to_have_count(0)


def test_before_the_pages_script_runs_nothing_typed_gets_into_the_address(chromium: Browser, console: Console) -> None:
    with chromium.new_context(base_url=console.url, java_script_enabled=False) as context, context.new_page() as page:
        page.goto("/sign-in")
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator("[type=submit]").click()
        expect(page.locator("[name=password]")).to_have_value(PASSWORD)
        assert PASSWORD not in page.url
