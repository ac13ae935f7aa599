from pathlib import Path

import pytest

from deploy_ui.gateway import gate
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import RouteState

SHUT = {"b": Shut(RouteState.FAILED, 120, "start_failed"), "a": Shut(RouteState.WAITING, 7, "")}


@pytest.mark.usefixtures("data_dir")
def test_nothing_is_shut_before_anything_was_written() -> None:
    assert gate.read() == {}


@pytest.mark.usefixtures("data_dir")
def test_what_is_written_is_read() -> None:
    assert gate.write(SHUT)
    assert gate.read() == SHUT
    assert gate.write({})
    assert gate.read() == {}


def test_only_a_change_replaces_the_file(data_dir: Path) -> None:
    gate.write(SHUT)
    before = (data_dir / "gateway" / "gate.json").stat().st_ino
    assert not gate.write(dict(reversed(SHUT.items())))
    assert (data_dir / "gateway" / "gate.json").stat().st_ino == before


def test_nothing_but_the_file_is_left_in_the_folder(data_dir: Path) -> None:
    gate.write(SHUT)
    assert [path.name for path in (data_dir / "gateway").iterdir()] == ["gate.json"]
