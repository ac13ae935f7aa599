"""The Logs tab and the log of a build in a real browser."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute, expect

from deploy_ui.builds.log import LogWriter
from deploy_ui.enums import ImageStatus, InstanceStatus
from deploy_ui.ids import new_id
from deploy_ui.runtimes.keeper import rotated
from deploy_ui.settings import settings
from tests import factories
from tests.browser.conftest import Console

SERVING = [
    b"INFO ready to serve",
    b"WARNING slow store",
    b"ERROR cannot score 7",
    b"INFO scored 12",
    b"INFO scored 345",
]


class Instance:
    """One instance's log, written as its keeper does."""

    def __init__(self, slug: str, key: str) -> None:
        self.slug, self.key = slug, key
        self._folder = settings().instance_logs_dir / key
        self._folder.mkdir(parents=True, exist_ok=True)

    def write(self, *lines: bytes) -> None:
        """Write lines to its standard output."""
        rotated.RotatedLog(str(self._folder)).write(b"o", list(lines))


@pytest.fixture
def instance(console: Console) -> Instance:  # noqa: ARG001 -- its database
    card, key = factories.deployment(name="Fraud scoring"), new_id(6)
    factories.instance(card, key, status=InstanceStatus.READY)
    return Instance(card.slug, key)


@pytest.fixture
def tab(instance: Instance, page: Page, context: BrowserContext, signed_in: Callable[..., None]) -> Page:
    """Open the tab with some lines in the log."""
    instance.write(*SERVING)
    signed_in()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/deployments/{instance.slug}/logs")
    expect(_row(page, "scored 345")).to_be_visible()
    return page


def test_lines_are_seen_as_they_are_written(instance: Instance, tab: Page) -> None:
    instance.write(b"INFO one more")
    expect(_rows(tab).last).to_contain_text("one more")


def test_who_reads_further_up_stays_there_and_is_told_of_new_lines(instance: Instance, tab: Page) -> None:
    instance.write(*(b"INFO line %d" % number for number in range(500)))
    expect(_rows(tab).last).to_contain_text("line 499")
    tab.get_by_test_id("follow").click()
    instance.write(b"INFO news")
    expect(tab.get_by_test_id("log-news")).to_have_text("1 new line")
    expect(_row(tab, "INFO news")).not_to_be_in_viewport()
    tab.get_by_test_id("log-news").click()
    expect(_row(tab, "INFO news")).to_be_in_viewport()
    expect(tab.get_by_test_id("follow")).to_have_attribute("aria-checked", "true")


def test_after_a_lost_connection_it_goes_on_without_a_gap_or_a_double(
    instance: Instance, page: Page, signed_in: Callable[..., None]
) -> None:
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile("/api/ws/logs/"), connect)
    instance.write(*SERVING)
    signed_in()
    page.goto(f"/deployments/{instance.slug}/logs")
    expect(_rows(page)).to_have_count(len(SERVING))
    sockets[0].close(code=1012)
    instance.write(b"INFO written meanwhile")
    expect(_rows(page).last).to_contain_text("written meanwhile")
    expect(_rows(page)).to_have_count(len(SERVING) + 1)
    assert len(sockets) == 2


def test_who_looks_at_another_tab_finds_the_log_as_it_was(instance: Instance, tab: Page) -> None:
    tab.get_by_test_id("log-search").fill("scored")
    expect(tab.get_by_test_id("log-matches")).to_have_text("2 of 2")
    tab.get_by_test_id("tab-general").click()
    expect(tab.get_by_test_id("log-pane")).to_have_count(0)
    instance.write(b"INFO written meanwhile")
    tab.get_by_test_id("tab-logs").click()
    expect(tab.get_by_test_id("log-search")).to_have_value("scored")
    expect(tab.get_by_test_id("log-matches")).to_have_text("2 of 2")
    expect(_rows(tab)).to_have_count(len(SERVING) + 1)


def test_search_goes_forth_and_back_and_takes_patterns(tab: Page) -> None:
    field, found = tab.get_by_test_id("log-search"), tab.get_by_test_id("log-matches")
    field.fill("SCORED")
    expect(found).to_have_text("2 of 2")
    tab.get_by_test_id("log-previous").click()
    expect(found).to_have_text("1 of 2")
    tab.get_by_test_id("log-next").click()
    expect(found).to_have_text("2 of 2")
    expect(tab.locator("mark.current")).to_have_text("scored")
    tab.get_by_test_id("log-regex").click()
    field.fill(r"scored \d{3}")
    expect(found).to_have_text("1 of 1")
    field.fill("scored (")
    expect(tab.get_by_test_id("log-wrong")).to_be_visible()
    field.fill("nothing like it")
    expect(found).to_have_text("No match")


def test_a_pattern_that_takes_for_ever_is_given_up(instance: Instance, tab: Page) -> None:
    instance.write(b"a" * 5000 + b"!")
    tab.get_by_test_id("log-regex").click()
    tab.get_by_test_id("log-search").fill("(a+)+$")
    expect(tab.get_by_test_id("log-wrong")).to_contain_text("takes too long", timeout=10_000)


def test_levels_instances_and_times_narrow_the_log(instance: Instance, tab: Page) -> None:
    tab.get_by_test_id("level-error").click()
    expect(_rows(tab)).to_have_count(1)
    expect(_rows(tab)).to_contain_text("cannot score 7")
    tab.get_by_test_id("level-all").click()
    tab.get_by_test_id("log-instance").select_option(instance.key)
    expect(tab).to_have_url(re.compile(f"instance={instance.key}"))
    expect(_row(tab, "scored 345")).to_be_visible()
    tab.get_by_test_id("log-range").select_option("own")
    tab.get_by_test_id("log-since").fill("2020-01-01T00:00:00")
    tab.get_by_test_id("log-until").fill("2020-01-02T00:00:00")
    tab.get_by_test_id("log-until").press("Enter")
    expect(tab.get_by_text("Nothing was written in this time.")).to_be_visible()
    tab.get_by_test_id("log-widen").click()
    expect(_row(tab, "scored 345")).to_be_visible()


def test_times_are_shown_on_the_clock_one_chooses(tab: Page) -> None:
    time = _row(tab, "scored 345").locator(".t")
    for name, form in (("utc", r"^\d\d:\d\d:\d\d\.\d{3}Z$"), ("ago", "ago|now"), ("local", r"^\d\d:\d\d:\d\d\.\d{3}$")):
        tab.get_by_test_id("log-time").click()
        tab.get_by_test_id(f"time-{name}").click()
        expect(tab.get_by_role("menu")).to_have_count(0)
        expect(time).to_have_text(re.compile(form))


def test_lines_are_copied_and_linked_to(instance: Instance, tab: Page, context: BrowserContext) -> None:
    _row(tab, "slow store").get_by_test_id("log-number").click()
    _row(tab, "cannot score").get_by_test_id("log-number").click(modifiers=["Shift"])
    tab.get_by_test_id("log-copy-picked").click()
    expect(tab.get_by_text("Copied")).to_be_visible()
    copied = _clipboard(tab).splitlines()
    assert [line.split(" ", 2)[1:] for line in copied] == [
        [instance.key, "WARNING WARNING slow store"],
        [instance.key, "ERROR ERROR cannot score 7"],
    ]
    tab.get_by_test_id("log-copy-link").click()
    expect(tab.get_by_text("Link copied")).to_be_visible()
    link = _clipboard(tab)
    other = context.new_page()
    other.goto(link)
    expect(other.locator(".logline--picked")).to_contain_text("slow store")
    other.goto(re.sub("line=.*", f"line={instance.key}%3A00000000000000ff-00000001-00000001", link))
    expect(other.get_by_test_id("log-line-gone")).to_be_visible()
    expect(_row(other, "scored 345")).to_be_visible()


def test_the_log_is_saved_whole_and_as_it_is_narrowed(tab: Page) -> None:
    tab.get_by_test_id("log-download").click()
    assert len(gzip.decompress(_saved(tab, "download-whole-gzip").read_bytes()).splitlines()) == len(SERVING)
    tab.get_by_test_id("log-search").fill("scored")
    tab.get_by_test_id("log-download").click()
    text = _saved(tab, "download-shown").read_text()
    assert [line.rsplit(" ", 1)[1] for line in text.splitlines()] == ["12", "345"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"<script>window.ran = 1</script><img src=x onerror='window.ran = 1'> end", "<script>window.ran = 1</script>"),
        (b"before\x00after end", "before�after end"),
        (b"not \xff\xfe UTF-8 end", "not �� UTF-8 end"),
        (b"\r10%\r50%\r100% end", "100% end"),
        (b"\x1b[2J\x1b[H\x1b]0;title\x07cleared end", "cleared end"),
        (b"bell\x07 and \xe2\x80\xaegnp.exe end", "bell␇ and <202E>gnp.exe end"),
        (b"\x1b[31m\x1b[1m" * 100_000 + b"bomb end", "more bytes: download"),
    ],
    ids=["html", "nul", "not utf-8", "progress bar", "screen", "controls", "bomb"],
)
def test_what_a_program_writes_does_no_harm(instance: Instance, tab: Page, written: bytes, shown: str) -> None:
    instance.write(written, b"INFO behind it")
    expect(_row(tab, "behind it")).to_be_visible()
    expect(_rows(tab).nth(-2)).to_contain_text(shown)
    assert tab.evaluate("window.ran") is None


def test_colours_are_shown(instance: Instance, tab: Page) -> None:
    instance.write(b"\x1b[31mred\x1b[0m and \x1b[1;32mgreen\x1b[0m")
    expect(tab.locator(".ansi-red-fg")).to_have_text("red")
    expect(tab.locator(".ansi-green-fg.ansi-bold")).to_have_text("green")


def test_a_line_of_a_megabyte_is_shown_in_part_and_saved_whole(instance: Instance, tab: Page) -> None:
    instance.write(b"x" * 1_048_576, b"INFO behind it")
    expect(_row(tab, "behind it")).to_be_visible()
    assert len(_row(tab, "xxxx").inner_text()) < 20_000
    tab.get_by_test_id("log-download").click()
    assert b"x" * 1_048_576 in _saved(tab, "download-whole").read_bytes()


def test_the_log_of_a_build_is_shown_in_the_same_way(
    console: Console,  # noqa: ARG001 -- its database
    page: Page,
    signed_in: Callable[..., None],
) -> None:
    image = factories.image(status=ImageStatus.BUILDING)
    writer = LogWriter(image.id)
    writer.say("Resolving requirements")
    signed_in()
    page.goto(f"/images/{image.id}/logs")
    expect(_row(page, "Resolving requirements")).to_be_visible()
    writer.say("Installing <b>numpy</b>")
    expect(_rows(page).last).to_contain_text("Installing <b>numpy</b>")
    page.get_by_test_id("log-search").fill("resolving")
    expect(page.get_by_test_id("log-matches")).to_have_text("1 of 1")
    writer.close()


def _rows(page: Page) -> Locator:
    return page.locator("[data-testid=log] [data-seq]")


def _row(page: Page, text: str) -> Locator:
    return _rows(page).filter(has_text=text)


def _clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def _saved(page: Page, link: str) -> Path:
    with page.expect_download() as download:
        page.get_by_test_id(link).click()
    expect(page.get_by_role("menu")).to_have_count(0)
    return download.value.path()
