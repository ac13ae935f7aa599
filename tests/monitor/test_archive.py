"""The archive goes on whatever becomes of its file."""

import logging
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy_ui.enums import Phase, Wish
from deploy_ui.metrics import aside, store
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import Reader
from deploy_ui.monitor import safe
from deploy_ui.monitor.archive import Archive
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.steady import Steady
from deploy_ui.services.monitoring.subjects import Subject

START = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SUBJECT = Subject(1, "a", "A", Wish.RUN, Phase.RUNNING, 1, 1, 1.0, 512, ())


def look(number: int, start: datetime = START) -> Look:
    until = start + timedelta(seconds=15 * (number + 1))
    sample = Sample({"seconds": 15, "retries": 1})
    return Look(until - timedelta(seconds=15), until, 15.0, [SUBJECT], {1: sample})


def kept(folder: Path) -> float:
    return Reader(folder).total(1, 0, int(START.timestamp()) + 10 * 86_400).counters.get("retries", 0)


def test_a_look_is_kept_under_the_time_it_covers(tmp_path: Path) -> None:
    kept_in = Archive(tmp_path, 3)
    kept_in.keep(look(0))
    assert list(Reader(tmp_path).series(1, 0, 1 << 40, 15)) == [int(START.timestamp())]
    kept_in.close()


@pytest.mark.parametrize("late", [-0.4, 0.02, 3.0])
def test_a_look_that_is_late_or_early_lies_in_its_own_stretch(tmp_path: Path, late: float) -> None:
    kept_in = Archive(tmp_path, 3)
    kept_in.keep(look(0, START + timedelta(seconds=late)))
    assert list(Reader(tmp_path).series(1, 0, 1 << 40, 15)) == [int(START.timestamp())]
    kept_in.close()


def damage(folder: Path) -> None:
    path = folder / store.FILE
    path.write_bytes(os.urandom(path.stat().st_size))


def test_a_damaged_file_is_moved_aside_and_told_of_and_measuring_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = Archive(tmp_path, 3)
    before.keep(look(0))
    before.close()
    damage(tmp_path)
    after = Archive(tmp_path, 3)
    after.keep(look(1))
    after.keep(look(2))
    assert kept(tmp_path) == 2
    assert [each.at for each in aside.found(tmp_path / store.FILE)] == [int(look(1).until.timestamp())]
    assert "damaged" in caplog.text
    assert "error " in caplog.text
    after.close()


def test_a_row_that_makes_no_sense_is_damage_too(tmp_path: Path) -> None:
    kept_in = Archive(tmp_path, 3)
    for number in range(3):
        kept_in.keep(look(number))
    kept_in.close()
    with closing(sqlite3.connect(tmp_path / store.FILE)) as connection, connection:
        connection.execute("UPDATE stretch SET data = x'00'")
    kept_in.keep(look(3))
    assert kept(tmp_path) == 1
    assert len(aside.found(tmp_path / store.FILE)) == 1
    kept_in.close()


def test_a_file_that_is_damaged_while_it_is_open_is_moved_aside_too(tmp_path: Path) -> None:
    kept_in = Archive(tmp_path, 3)
    for number in range(50):
        kept_in.keep(look(number))
    writer = kept_in.file.store
    assert writer is not None
    writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(tmp_path)
    writer.connection.execute("PRAGMA shrink_memory")
    for number in range(50, 60):
        kept_in.keep(look(number))
    kept_in.close()
    again = Archive(tmp_path, 3)
    again.keep(look(61))
    assert kept(tmp_path) >= 1
    assert aside.found(tmp_path / store.FILE)
    again.close()


def test_a_full_disk_is_told_once_and_measuring_goes_on_when_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept_in = Archive(tmp_path, 3)
    kept_in.keep(look(0))
    writer = kept_in.file.store
    assert writer is not None
    pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
    writer.connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(1, 400):
        kept_in.keep(look(number))
    assert caplog.text.count("cannot be kept") == 1
    lost = 400 - kept(tmp_path)
    assert lost > 0
    writer.connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
    kept_in.keep(look(401))
    assert kept(tmp_path) == 401 - lost
    assert "cannot be kept: over" in caplog.text
    kept_in.close()


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    kept_in = Archive(tmp_path / "file" / "metrics", 3)
    kept_in.keep(look(0))
    kept_in.keep(look(1))
    assert caplog.text.count("cannot be kept") == 1


def test_a_clock_that_jumps_ahead_drops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe, "FORGET_EVERY_S", -1)
    kept_in = Archive(tmp_path, 3)
    for number in range(4):
        kept_in.keep(look(number))
    kept_in.keep(look(0, START + timedelta(days=400)))
    kept_in.keep(look(5))
    assert kept(tmp_path) == 5
    kept_in.close()


def test_a_clock_is_steady_after_an_hour_without_a_jump() -> None:
    steady = Steady()
    assert not steady.is_steady(1000, 0)
    assert not steady.is_steady(4000, 3000)
    assert steady.is_steady(4601, 3600)
    assert not steady.is_steady(1_000_000, 3700)
    assert not steady.is_steady(1_003_000, 6700)
    assert steady.is_steady(1_003_700, 7400)
