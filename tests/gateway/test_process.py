"""Envoy's process: what it needs to start, and how it is told from outside."""

import json
import stat
from pathlib import Path

import pytest

from deploy_ui.gateway import places, process, writer
from deploy_ui.settings import settings
from tests.gateway.conftest import Gateway, serving


def test_the_running_gateway_is_ready(gateway: Gateway) -> None:
    assert gateway.port
    assert process.ready()


@pytest.mark.usefixtures("data_dir")
def test_a_gateway_that_does_not_run_is_not_ready() -> None:
    assert not process.ready()
    assert not process.applied()


def test_only_the_owner_may_open_the_admin_interface(gateway: Gateway) -> None:
    socket = places.admin_socket(settings())
    assert gateway.folder in socket.parents
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600


def test_a_start_keeps_the_routes_that_are_there(data_dir: Path) -> None:
    routes = data_dir / "gateway" / places.ROUTES
    writer.write([serving("a", "127.0.0.1:1")])
    before = routes.read_text()
    process.bootstrap()
    assert routes.read_text() == before


def test_a_start_takes_over_a_new_port(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.write([])
    monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", "3599")
    settings.cache_clear()
    process.bootstrap()
    [listener] = json.loads((data_dir / "gateway" / places.LISTENERS).read_text())["resources"]
    assert listener["address"]["socket_address"]["port_value"] == 3599


@pytest.mark.usefixtures("data_dir")
def test_writing_the_same_routes_again_changes_nothing() -> None:
    assert writer.write([serving("a", "127.0.0.1:1")])
    assert not writer.write([serving("a", "127.0.0.1:1")])


def test_a_long_data_folder_still_gets_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_DATA_DIR", str(tmp_path / ("x" * 120)))
    settings.cache_clear()
    assert len(str(places.admin_socket(settings()))) < 100


@pytest.mark.parametrize(("cpus", "threads"), [(1, 1), (2, 1), (3, 1), (8, 4)])
def test_half_the_processors_forward(cpus: int, threads: int) -> None:
    assert process.concurrency(cpus) == threads


@pytest.mark.usefixtures("data_dir")
def test_the_command_names_the_real_program() -> None:
    with Path(process.command()[0]).open("rb") as program:
        assert program.read(4) == b"\x7fELF"
