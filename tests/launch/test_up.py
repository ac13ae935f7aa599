"""`deploy-ui up` as a whole. Starting it takes seconds, so that tests that disturb nobody share one."""

import os
import re
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy_ui import build_pages
from tests.launch.product import END_S, Product, command, left_of, running
from tests.ports import free_port
from tests.waiting import eventually

PARTS = {
    "supervisor",
    "redis",
    "controller",
    "worker-1",
    "calls-1",
    "activator",
    "acceptor",
    "gateway",
    "monitor",
    "console",
}


@pytest.fixture(scope="module", autouse=True)
def _pages() -> None:
    build_pages.build()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("up") / "data") as started:
        yield started


def test_every_part_runs_and_says_that_it_is_ready(product: Product) -> None:
    assert set(product.parts()) == PARTS
    assert set(product.get("/readyz").json()["parts"].values()) == {"ok"}


def test_the_first_start_prints_a_link_that_makes_the_first_admin(product: Product) -> None:
    eventually(lambda: "Ctrl-C" in product.said)
    link = re.search(r"http://127\.0\.0\.1:(\d+)/set-up#[\w-]{40,}", product.said)
    assert link is not None
    assert int(link[1]) == product.console_port


def test_a_part_that_is_killed_comes_back_and_the_terminal_says_so(product: Product) -> None:
    before = product.parts()["worker-1"]
    os.kill(before, signal.SIGKILL)
    eventually(lambda: product.parts().get("worker-1", before) != before, 60)
    eventually(lambda: "worker-1 ended by itself" in product.said)


def test_nobody_else_on_the_machine_reaches_redis_or_the_supervisor(product: Product) -> None:
    sockets = [path for path in (product.data_dir / "run").iterdir() if path.is_socket()]
    assert {path.name for path in sockets} >= {"redis.sock", "up.sock"}
    for path in sockets:
        others = stat.S_IRWXG | stat.S_IRWXO
        assert not path.stat().st_mode & others or not path.parent.stat().st_mode & others


def test_nothing_in_the_data_folder_is_open_to_others(product: Product) -> None:
    cache = product.data_dir / "cache"  # what is in it is uv's own, and its lock is open to all; the folder is not
    found = [each for each in product.data_dir.rglob("*") if cache not in each.parents and not each.is_socket()]
    assert len(found) > 20
    assert [str(path) for path in found if _mode(path) & (stat.S_IRWXG | stat.S_IRWXO)] == []


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode if not path.is_symlink() else 0
    except FileNotFoundError:  # a running product replaces files
        return 0


def test_redis_listens_on_no_port(product: Product) -> None:
    listening = psutil.Process(product.parts()["redis"]).net_connections("inet")
    assert listening == []


def test_a_data_folder_that_is_in_use_is_one_clear_line(product: Product) -> None:
    second = command(product.data_dir, "up")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.count("\n") == 1
    assert f"pid {product.process.pid}" in second.stderr
    assert product.ready()


@pytest.mark.parametrize("setting", ["DEPLOY_UI_CONSOLE_PORT", "DEPLOY_UI_GATEWAY_PORT"])
def test_a_taken_port_is_one_clear_line(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"DEPLOY_UI_CONSOLE_PORT": free_port(), "DEPLOY_UI_GATEWAY_PORT": free_port()}
        ended = command(tmp_path / "data", "up", **(ports | {setting: port}))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert all(word in ended.stderr for word in (str(port), setting, f"pid {os.getpid()}"))


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = command(tmp_path / "file" / "data", "up")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert str(tmp_path / "file" / "data") in ended.stderr


def test_a_wrong_setting_is_one_clear_line_without_its_value(tmp_path: Path) -> None:
    ended = command(tmp_path / "data", "up", DEPLOY_UI_CONSOLE_PORT="hunter2")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "DEPLOY_UI_CONSOLE_PORT" in ended.stderr
    assert "hunter2" not in ended.stderr


def test_the_admin_of_the_settings_needs_no_link_and_sigterm_leaves_nothing(tmp_path: Path) -> None:
    admin = {"DEPLOY_UI_ADMIN_EMAIL": "ada@example.org", "DEPLOY_UI_ADMIN_PASSWORD": "a long password"}
    with running(tmp_path / "data", **admin) as started:
        eventually(lambda: "Ctrl-C" in started.said)
        family = psutil.Process(started.process.pid).children(recursive=True)
        assert started.end() == 0
        assert "/set-up" not in started.said
        assert left_of(family) == []
        assert started.parts() == {}


def test_a_killed_up_takes_everything_with_it(tmp_path: Path) -> None:
    with running(tmp_path / "data") as started:
        family = psutil.Process(started.process.pid).children(recursive=True)
        started.process.kill()
        eventually(lambda: not left_of(family), END_S)


def test_a_killed_supervisor_ends_everything_and_says_so(tmp_path: Path) -> None:
    with running(tmp_path / "data") as started:
        family = psutil.Process(started.process.pid).children(recursive=True)
        os.kill(started.parts()["supervisor"], signal.SIGKILL)
        assert started.process.wait(END_S) == 1
        assert left_of(family) == []
        assert "supervisor.log" in started.said
