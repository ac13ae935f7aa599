"""The Grafana view, with a server in Grafana's place: the real one cannot be installed here."""

import http.server
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import Server, served

PAGE = b"<!doctype html><title>Grafana</title><h1 id=asked></h1><script>asked.textContent = location.search</script>"


class Grafana(http.server.BaseHTTPRequestHandler):
    """Is well, unless it is told to be ill; shows what a page was asked for."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def grafana() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Grafana) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def console_server(
    built_pages: None,  # noqa: ARG001 -- sets first
    redis_server: str,
    sqlite_with_tables: Path,
    grafana: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """Run a console that knows of it."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_with_tables, folder / "deploy-ui.db")
    with served(folder, DEPLOY_UI_REDIS_URL=redis_server, DEPLOY_UI_GRAFANA_URL=grafana) as server:
        yield server


def test_the_dashboard_is_shown_in_the_tab(page: Page, signed_in: Callable[..., None], grafana: str) -> None:
    signed_in()
    slug = factories.deployment().slug
    page.goto(f"/deployments/{slug}/monitoring")
    page.get_by_test_id("range-6h").click()
    expect(page).to_have_url(re.compile("range=6h"))
    page.get_by_test_id("view-grafana").click()
    asked = f"?var-deployment={slug}&from=now-6h&to=now"
    shown = page.frame_locator("[data-testid=grafana-frame]").locator("#asked")
    expect(shown).to_have_text(f"{asked}&kiosk&theme=light")
    address = f"{grafana}/d/deploy-ui-deployment/deploy-ui-deployment{asked}"
    expect(page.get_by_test_id("grafana-open")).to_have_attribute("href", address)


def test_one_that_is_ill_is_told_of_and_asked_again(
    page: Page, signed_in: Callable[..., None], grafana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in()
    with monkeypatch.context() as patch:
        patch.setattr(Grafana, "status", 503)
        page.goto(f"/deployments/{factories.deployment().slug}/monitoring?view=grafana")
        expect(page.get_by_test_id("grafana-problem")).to_contain_text(f"Grafana at {grafana} answered with status 503")
    page.get_by_test_id("grafana-again").click()
    expect(page.get_by_test_id("grafana-frame")).to_be_visible()
