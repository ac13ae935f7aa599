import os
import socket
from pathlib import Path

import pytest

from deploy_ui.runtimes import ports
from deploy_ui.runtimes.ports import hold_port
from tests.ports import free_ports


@pytest.fixture
def choices(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the ports be tried in this order."""
    found: list[int] = []
    monkeypatch.setattr(ports, "_candidates", lambda: iter(found))
    return found


def test_a_held_port_is_not_given_to_another_installation(tmp_path: Path, choices: list[int]) -> None:
    first, second = free_ports(2)
    choices += [first, first, second]
    one, _, hold = hold_port(tmp_path / "one")
    other, _, other_hold = hold_port(tmp_path / "other")
    hold.close()
    other_hold.close()
    assert one == first
    assert other in {first, second}
    assert other != one


def test_a_port_that_somebody_listens_on_is_passed_over(tmp_path: Path, choices: list[int]) -> None:
    (free,) = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        choices += [server.getsockname()[1], free]
        port, _, hold = hold_port(tmp_path)
    hold.close()
    assert port == free


def test_a_port_rests_and_comes_back(tmp_path: Path, choices: list[int]) -> None:
    first, second = free_ports(2)
    choices += [first]
    _, file, hold = hold_port(tmp_path)
    hold.close()
    choices[:] = [first, second]
    port, _, hold = hold_port(tmp_path)
    hold.close()
    assert port == second
    os.utime(file, (1_000_000_000, 1_000_000_000))
    choices[:] = [first]
    port, _, hold = hold_port(tmp_path)
    hold.close()
    assert port == first


def test_no_free_port_is_told(tmp_path: Path, choices: list[int]) -> None:
    assert choices == []
    with pytest.raises(OSError, match="no port is free"):
        hold_port(tmp_path)
