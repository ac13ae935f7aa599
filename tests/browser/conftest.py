"""The console as people run it: pages built once a session, one process beside a real Redis; and a real browser."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlmodel import SQLModel

from deploy_ui import build_pages, hints
from deploy_ui.db import transaction
from deploy_ui.enums import Role
from deploy_ui.services import people, sessions
from deploy_ui.settings import settings
from tests import factories
from tests.ports import free_port
from tests.waiting import eventually

PASSWORD = "correct horse battery staple"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
START_S = 60


@dataclass(frozen=True)
class Console:
    """A running console whose database and Redis the test shares."""

    url: str

    def person(self, role: Role = Role.ADMIN, name: str = "Anna Petrova") -> str:
        """Make a person who can sign in with PASSWORD; return their address."""
        email = f"{role}@example.org"
        people.ensure_admin("first@example.org", PASSWORD)
        first = sessions.sign_in("first@example.org", PASSWORD, address="127.0.0.1").viewer
        people.create(first, email=email, name=name, role=role, password=PASSWORD)
        return email

    def token(self, role: Role = Role.ADMIN, name: str = "Anna Petrova") -> str:
        """Make a person and sign them in; return the session's token."""
        return factories.token(factories.viewer(role, name=name))


@dataclass(frozen=True)
class Server:
    """The console's process and what it was started with."""

    url: str
    environment: dict[str, str]


@pytest.fixture(scope="session")
def console_server(
    built_pages: None,  # noqa: ARG001 -- sets first
    redis_server: str,
    sqlite_with_tables: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """Run the console on a free port."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_with_tables, folder / "deploy-ui.db")
    with served(folder, DEPLOY_UI_REDIS_URL=redis_server) as server:
        yield server


@contextmanager
def served(folder: Path, **more: str) -> Iterator[Server]:
    """Run a console on a data folder that has a database, with more settings."""
    port = free_port()
    environment = {"DEPLOY_UI_DATA_DIR": str(folder), "DEPLOY_UI_CONSOLE_PORT": str(port), **more}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DEPLOY_UI_")}
    with (folder / "console.log").open("wb") as log:
        command = [sys.executable, "-m", "deploy_ui", "console"]
        process = subprocess.Popen(command, env=inherited | environment, cwd=build_pages.ROOT, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _answers(f"{url}/healthz") or _still_runs(process, folder / "console.log"), START_S)
        yield Server(url, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture
def console(console_server: Server, monkeypatch: pytest.MonkeyPatch, _clean_environment: None) -> Console:
    """Give the test the console with an empty database and Redis."""
    for name, value in console_server.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with transaction() as session:
        for table in reversed(SQLModel.metadata.sorted_tables):
            session.execute(table.delete())
    hints.redis().flushall()
    return Console(console_server.url)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run a browser for one module: Playwright's loop would be in the way of asynchronous tests elsewhere."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *root])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, console: Console) -> Iterator[BrowserContext]:
    """Give the test a browser without any memory, on a page of the usual size."""
    made = chromium.new_context(base_url=console.url, locale="en-US", viewport={"width": 1280, "height": 800})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Give the test a tab; an error of the page's own scripts fails the test."""
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    assert errors == []


@pytest.fixture
def signed_in(console: Console, context: BrowserContext) -> Callable[..., None]:
    """Return a function that signs a person of a role in, past the sign-in page."""

    def sign_in(role: Role = Role.ADMIN, name: str = "Anna Petrova") -> None:
        token = console.token(role, name)
        cookie = {"name": sessions.COOKIE, "value": token, "url": console.url, "httpOnly": True, "sameSite": "Strict"}
        context.add_cookies([cookie])  # type: ignore[list-item]

    return sign_in


def chromium_path() -> str | None:
    """Return the browser to use: the one that is named, the machine's, or (None) Playwright's own."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 -- our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _still_runs(process: "subprocess.Popen[bytes]", log: Path) -> bool:
    if process.poll() is not None:
        pytest.fail(f"the console ended at its start:\n{log.read_text()}")
    return False
