import os
from pathlib import Path

import pytest

from deploy_ui.runtimes.keeper import workplace
from deploy_ui.runtimes.keeper.workplace import LARGE, furnish


@pytest.fixture
def image(tmp_path: Path) -> Path:
    folder = tmp_path / "image"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "small.txt").write_text("small")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o500)
    (folder / "link").symlink_to("inner/small.txt")
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_small_files_are_copies_with_their_time_and_mode(image: Path, work: Path) -> None:
    os.utime(image / "run.sh", (1_000_000_000, 1_000_000_000))
    furnish(str(image), str(work))
    assert (work / "inner" / "small.txt").read_text() == "small"
    assert (work / "run.sh").stat().st_mtime == 1_000_000_000
    assert (work / "run.sh").stat().st_mode & 0o777 == 0o700
    (work / "inner" / "small.txt").write_text("changed")
    assert (image / "inner" / "small.txt").read_text() == "small"
    assert (work / "link").readlink() == Path("inner/small.txt")


def test_large_files_take_no_space_and_are_read_only(image: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workplace, "FICLONE", 0)  # as on a file system that cannot clone
    (image / "weights.bin").write_bytes(b"x" * (LARGE + 1))
    furnish(str(image), str(work))
    assert (work / "weights.bin").readlink() == image / "weights.bin"
    assert (image / "weights.bin").stat().st_mode & 0o222 == 0


def test_pipes_and_sockets_are_left_out(image: Path, work: Path) -> None:
    os.mkfifo(image / "pipe")
    furnish(str(image), str(work))
    assert not (work / "pipe").exists()
