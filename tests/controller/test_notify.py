"""What instances say of themselves: heard when it makes sense, harmless when it does not."""

import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy_ui.controller.notify import LONGEST, MOST_A_SPAN, Notice, listening, read
from tests.waiting import eventually


class Ear:
    def __init__(self) -> None:
        self.heard: Counter[tuple[str, str]] = Counter()

    def loads(self, key: str) -> None:
        self.heard["loads", key] += 1

    def nudge(self, key: str) -> None:
        self.heard["nudge", key] += 1


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def mouth() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(5)
        yield sender


@pytest.mark.parametrize(
    ("datagram", "notice"),
    [
        pytest.param(b"STATUS=loading\nX_INSTANCE=abc", Notice("abc", loading=True, ready=False), id="it loads"),
        pytest.param(b"READY=1\nSTATUS=up\nX_INSTANCE=abc\n", Notice("abc", loading=False, ready=True), id="ready"),
        pytest.param(b"X_INSTANCE=abc\nREADY=1\nMAINPID=7", Notice("abc", loading=False, ready=True), id="any order"),
        pytest.param(b"READY=1", None, id="nobody in particular"),
        pytest.param(b"READY=0\nX_INSTANCE=abc", None, id="not ready"),
        pytest.param(b"WATCHDOG=1\nX_INSTANCE=abc", None, id="nothing of interest"),
        pytest.param(b"READY=1\nX_INSTANCE=../abc", None, id="no key"),
        pytest.param(b"READY=1\nX_INSTANCE=" + b"a" * 65, None, id="too long a key"),
        pytest.param(b"READY=1\nX_INSTANCE=\xc3\xa9", None, id="not ASCII"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\0\xff=\n\n==\n", None, id="rubbish"),
    ],
)
def test_read(datagram: bytes, notice: Notice | None) -> None:
    assert read(datagram) == notice


def test_notices_are_passed_on(tmp_path: Path, ear: Ear, mouth: socket.socket) -> None:
    path = tmp_path / "run" / "notify.sock"
    with listening(path, ear):
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        mouth.sendto(b"STATUS=loading\nX_INSTANCE=abc", str(path))
        mouth.sendto(b"READY=1\nX_INSTANCE=abc", str(path))
        eventually(lambda: ear.heard == {("loads", "abc"): 1, ("nudge", "abc"): 1})
    assert not list(path.parent.iterdir())


def test_rubbish_and_what_is_too_long_are_passed_over(tmp_path: Path, ear: Ear, mouth: socket.socket) -> None:
    path = tmp_path / "notify.sock"
    with listening(path, ear):
        for datagram in (b"", os.urandom(1000), b"READY=1\nX_INSTANCE=long\n" + b"x" * LONGEST):
            mouth.sendto(datagram, str(path))
        mouth.sendto(b"READY=1\nX_INSTANCE=abc", str(path))
        eventually(lambda: ear.heard)
    assert ear.heard == {("nudge", "abc"): 1}


def test_a_flood_is_slowed_down_and_ends_nothing(tmp_path: Path, ear: Ear, mouth: socket.socket) -> None:
    path = tmp_path / "notify.sock"
    with listening(path, ear):
        for _ in range(2 * MOST_A_SPAN):
            mouth.sendto(b"READY=1\nX_INSTANCE=abc", str(path))
        mouth.sendto(b"READY=1\nX_INSTANCE=end", str(path))
        eventually(lambda: ear.heard["nudge", "end"])
    assert ear.heard["nudge", "abc"] == 2 * MOST_A_SPAN


def test_who_listens_later_takes_the_place(tmp_path: Path, mouth: socket.socket) -> None:
    path = tmp_path / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(path))
    (tmp_path / "notify.sock.new").touch()
    ear = Ear()
    with listening(path, ear):
        mouth.sendto(b"READY=1\nX_INSTANCE=abc", str(path))
        eventually(lambda: ear.heard)


def test_where_nobody_can_listen_the_block_runs_all_the_same(
    tmp_path: Path, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    before = threading.active_count()
    with listening(tmp_path / ("x" * 200), ear):
        assert threading.active_count() == before
    assert "so they are asked" in caplog.text
