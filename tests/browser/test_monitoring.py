"""The charts of the Monitoring tab in a real browser, out of a real store."""

import csv
import io
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from deploy_ui.enums import Phase
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Writer
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.browser.conftest import Console
from tests.waiting import eventually

MIB = 2**20
WITHIN = re.compile(r"[?&]since=[\d:TZ-]+&until=[\d:TZ-]+")


def sample(number: int) -> Sample:
    """Return what one stretch of a busy deployment holds."""
    measured = Sample({"seconds": 15, "requests:1:200": 30 + number % 7, "wanted_seconds": 15, "up_seconds": 15})
    measured.count("requests:1:503", 3 if number % 40 == 0 else 0)
    measured.count("duration:1:20000", 30)
    for name, value in {"in_flight": 2, "waiting": 0, "wanted": 2, "ready": 2, "memory_limit": 512 * MIB}.items():
        measured.look(name, value)
    for key in ("k4c9x2", "m7p2x1"):
        measured.look(f"cpu:1:{key}", 0.5)
        measured.look(f"memory:1:{key}", 300 * MIB)
    return measured


@pytest.fixture
def card(console: Console) -> DeploymentCard:  # noqa: ARG001 -- its database
    """Return a deployment that was measured for the last half an hour."""
    shutil.rmtree(settings().metrics_dir, ignore_errors=True)
    made = factories.deployment(name="Fraud scoring")
    last = int(time.time()) // SHORTEST_S * SHORTEST_S
    writer = Writer(settings().metrics_dir)
    for number, at in enumerate(range(last - 1800, last, SHORTEST_S)):
        writer.write(at, {made.id: sample(number)})
    writer.close()
    return made


@pytest.fixture
def tab(card: DeploymentCard, page: Page, signed_in: Callable[..., None]) -> Page:
    """Open the tab."""
    signed_in()
    page.goto(f"/deployments/{card.slug}/monitoring")
    expect(_chart(page, "requests")).to_be_visible()
    return page


def test_the_figures_are_those_of_the_time_shown(tab: Page) -> None:
    expect(tab.get_by_test_id("figure-requests")).to_contain_text("no data for the day before")
    expect(tab.get_by_test_id("figure-uptime")).to_contain_text("100")
    expect(_chart(tab, "memory")).to_contain_text("limit 512")


def test_a_range_goes_into_the_address_and_opens_from_it(tab: Page) -> None:
    tab.get_by_test_id("range-6h").click()
    expect(tab).to_have_url(re.compile("range=6h"))
    expect(tab.get_by_test_id("range-6h")).to_have_attribute("aria-pressed", "true")
    tab.reload()
    expect(tab.get_by_test_id("range-6h")).to_have_attribute("aria-pressed", "true")


def test_the_range_stays_while_other_tabs_are_looked_at(tab: Page) -> None:
    tab.get_by_test_id("range-6h").click()
    tab.get_by_role("tab", name="General").click()
    expect(tab).to_have_url(re.compile("/general$"))
    tab.get_by_role("tab", name="Monitoring").click()
    expect(tab).to_have_url(re.compile("range=6h"))
    tab.get_by_test_id("view-charts").click()
    expect(tab).to_have_url(re.compile("view=charts&range=6h"))


def test_on_a_phone_every_range_is_one_line(tab: Page) -> None:
    tab.set_viewport_size({"width": 360, "height": 780})
    shown = tab.locator("[data-testid^=range-]")
    expect(shown).to_have_count(6)
    assert shown.evaluate_all("all => all.map(each => each.scrollHeight - each.clientHeight)") == [0] * 6
    bar, page = _box(tab.locator(".charts__bar .seg")), tab.viewport_size
    assert page
    assert bar["x"] + bar["width"] <= page["width"]


def test_a_drag_zooms_all_charts_and_a_double_click_goes_back(tab: Page) -> None:
    with tab.expect_response(re.compile("/metrics\\?since=")):
        _drag(tab, _plot(tab, "latency"), 0.6, 0.8)
    expect(tab).to_have_url(WITHIN)
    expect(tab.get_by_test_id("zoom-reset")).to_be_visible()
    _plot(tab, "requests").dblclick()
    expect(tab.get_by_test_id("zoom-reset")).to_have_count(0)
    expect(tab).not_to_have_url(WITHIN)


def test_an_own_range_is_entered_in_the_readers_time(tab: Page) -> None:
    tab.get_by_test_id("range-own").click()
    until = tab.get_by_test_id("chart-until").input_value()
    tab.get_by_test_id("chart-since").fill(until)
    expect(tab.get_by_role("alert")).to_contain_text("before the beginning")
    tab.get_by_test_id("chart-since").fill(f"{until[:11]}00:00:00")
    tab.get_by_test_id("chart-own-show").click()
    expect(tab).to_have_url(WITHIN)
    expect(tab.get_by_test_id("range-own")).to_have_attribute("aria-pressed", "true")


def test_a_click_in_the_legend_hides_a_series_and_with_shift_all_others(tab: Page) -> None:
    chart = _chart(tab, "requests")
    good, failed = chart.get_by_test_id("series-2xx"), chart.get_by_test_id("series-5xx")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "false")
    good.click(modifiers=["Shift"])
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(failed).to_have_attribute("aria-pressed", "false")


def test_a_point_leads_to_its_requests_and_its_log(tab: Page) -> None:
    plot = _plot(tab, "requests")
    area = _box(plot)
    plot.click(position={"x": area["width"] * 0.9, "y": area["height"] / 2})
    expect(tab.get_by_test_id("pick-requests")).to_have_attribute("href", re.compile("view=requests&since=.*&until="))
    expect(tab.get_by_test_id("pick-logs")).to_have_attribute("href", re.compile("/logs\\?since=.*&until="))
    tab.keyboard.press("Escape")
    expect(tab.get_by_test_id("chart-pick")).to_have_count(0)


def test_of_a_deleted_deployment_the_charts_are_left_and_no_log(
    card: DeploymentCard, page: Page, signed_in: Callable[..., None]
) -> None:
    factories.seen(deployments.delete(factories.viewer(), card.slug), Phase.DELETED)
    signed_in()
    page.goto(f"/deployments/{card.slug}/monitoring")
    plot = _plot(page, "requests")
    plot.click(position={"x": _box(plot)["width"] * 0.9, "y": 40})
    expect(page.get_by_test_id("pick-requests")).to_be_visible()
    expect(page.get_by_test_id("pick-logs")).to_have_count(0)


def test_the_keyboard_moves_the_crosshair_of_all_charts(tab: Page) -> None:
    _chart(tab, "cpu").get_by_role("img").focus()
    tab.keyboard.press("End")
    tab.keyboard.press("ArrowLeft")
    for name in ("cpu", "memory"):
        expect(_chart(tab, name).locator(".charttip")).to_contain_text("k4c9x2")
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("pick-requests")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(_chart(tab, "cpu").get_by_role("img")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(_chart(tab, "memory").locator(".charttip")).to_be_hidden()


def test_a_chart_that_comes_into_sight_shows_the_crosshair_that_was_set_before(tab: Page) -> None:
    _chart(tab, "requests").get_by_role("img").focus()
    tab.keyboard.press("End")
    expect(_chart(tab, "requests").locator(".charttip")).to_be_visible()
    last = _chart(tab, "codes")
    expect(last.locator(".charttip")).to_be_hidden()
    last.get_by_role("img").scroll_into_view_if_needed()
    expect(last.locator(".charttip")).to_be_visible()


def test_a_saved_table_holds_what_the_api_answers(
    card: DeploymentCard, page: Page, signed_in: Callable[..., None], tmp_path: Path
) -> None:
    answers: list[dict[str, Any]] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.json())
        route.fulfill(response=answer)

    signed_in()
    page.route("**/metrics?since=*", keep)
    page.goto(f"/deployments/{card.slug}/monitoring?range=1h")
    page.get_by_test_id("chart-refresh").select_option("off")
    _chart(page, "requests").get_by_test_id("chart-menu").click()
    eventually(lambda: page.locator("[data-loading=false]").count() == 1)
    with page.expect_download() as saving:
        page.get_by_test_id("chart-csv").click()
    saving.value.save_as(tmp_path / "saved.csv")
    head, *rows = csv.reader(io.StringIO((tmp_path / "saved.csv").read_text()))
    answer = answers[-1]
    requests = answer["charts"][0]
    assert head == ["time", *(line["name"] for line in requests["series"])]
    assert len(rows) == len(answer["times"])
    for column, line in enumerate(requests["series"], start=1):
        assert [float(row[column]) if row[column] else None for row in rows] == line["values"]


def test_a_picture_is_saved(tab: Page, tmp_path: Path) -> None:
    _chart(tab, "latency").get_by_test_id("chart-menu").click()
    with tab.expect_download() as saving:
        tab.get_by_test_id("chart-png").click()
    saving.value.save_as(tmp_path / "saved.png")
    assert (tmp_path / "saved.png").read_bytes().startswith(b"\x89PNG")
    assert saving.value.suggested_filename.startswith("fraud-scoring-latency-")


def test_when_the_values_cannot_be_had_the_charts_stay_and_say_so(tab: Page) -> None:
    tab.route("**/metrics?since=*", lambda route: route.abort())
    tab.get_by_test_id("chart-again").click()
    expect(tab.get_by_test_id("charts-trouble")).to_contain_text("could not be loaded")
    expect(_chart(tab, "requests")).to_be_visible()
    tab.unroute("**/metrics?since=*")
    tab.get_by_test_id("chart-again").click()
    expect(tab.get_by_test_id("charts-trouble")).to_have_count(0)


def test_it_speaks_russian(card: DeploymentCard, context: BrowserContext, signed_in: Callable[..., None]) -> None:
    signed_in()
    context.add_init_script("localStorage.setItem('language', 'ru')")
    page = context.new_page()
    page.goto(f"/deployments/{card.slug}/monitoring")
    expect(_chart(page, "requests")).to_contain_text("\u0417\u0430\u043f\u0440\u043e\u0441\u044b")
    expect(page.get_by_test_id("range-15m")).to_have_text("15 \u043c\u0438\u043d")


def test_without_any_requests_every_chart_says_why_it_is_empty(
    console: Console,  # noqa: ARG001 -- its database
    page: Page,
    signed_in: Callable[..., None],
) -> None:
    shutil.rmtree(settings().metrics_dir, ignore_errors=True)
    signed_in()
    page.goto(f"/deployments/{factories.deployment(name='Never called').slug}/monitoring")
    expect(_chart(page, "requests")).to_contain_text("No requests in this time.")
    expect(_chart(page, "cpu")).to_contain_text("No instance ran in this time.")
    expect(_chart(page, "calls")).to_have_count(0)


def _chart(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"chart-{name}")


def _plot(page: Page, name: str) -> Locator:
    return _chart(page, name).locator(".u-over")


def _box(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box is not None
    return dict(box)  # type: ignore[arg-type]


def _drag(page: Page, plot: Locator, begin: float, end: float) -> None:
    plot.scroll_into_view_if_needed()
    area = _box(plot)
    y = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * begin, y)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * (begin + end) / 2, y, steps=3)
    page.mouse.move(area["x"] + area["width"] * end, y, steps=3)
    page.mouse.up()
