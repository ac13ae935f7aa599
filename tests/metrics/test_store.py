"""The store of what was measured: a real SQLite file."""

import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from deploy_ui.metrics import store
from deploy_ui.metrics.sample import Gauge, Sample
from deploy_ui.metrics.store import LENGTHS, SHORTEST_S, Reader, Writer
from tests.waiting import eventually

HOUR = 3600
CHANCE = Random(6)  # noqa: S311 -- cases, no secrets
START = 1_764_120_600 // HOUR * HOUR


def fill(folder: Path, stretches: int, *, deployment: int = 1, start: int = START) -> None:
    writer = Writer(folder)
    for number in range(stretches):
        one = Sample({"seconds": 15, "retries": 1}, {"ready": Gauge.of(number)})
        writer.write(start + number * SHORTEST_S, {deployment: one})
    writer.close()


def test_stretches_are_read_back_at_any_step(tmp_path: Path) -> None:
    fill(tmp_path, 40)
    reader = Reader(tmp_path)
    assert len(reader.series(1, START, START + 600, 15)) == 40
    for step in (30, 60, 120, 300, 600):
        series = reader.series(1, START, START + 600, step)
        assert list(series) == list(range(START, START + 600, step))
        assert all(each.counters == {"seconds": step, "retries": step / 15} for each in series.values())
    assert reader.series(1, START, START + 600, 60)[START].gauges["ready"] == Gauge(total=6, looks=4, least=0, most=3)


def test_where_nothing_was_measured_is_a_gap(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    fill(tmp_path, 4, start=START + 300)
    assert list(Reader(tmp_path).series(1, START, START + 600, 60)) == [START, START + 300]


def test_a_total_is_exact_to_a_stretch(tmp_path: Path) -> None:
    fill(tmp_path, 1000)
    reader = Reader(tmp_path)
    for _ in range(100):
        first, last = sorted(CHANCE.sample(range(1000), 2))
        total = reader.total(1, START + first * SHORTEST_S, START + last * SHORTEST_S)
        assert total.counters["retries"] == last - first


def test_longer_stretches_are_read_before_they_are_over(tmp_path: Path) -> None:
    fill(tmp_path, 243)  # an hour and three stretches
    for length in LENGTHS:
        series = Reader(tmp_path).series(1, START, START + 2 * HOUR, length)
        assert sum(each.counters["retries"] for each in series.values()) == 243
        assert list(series) == list(range(START, START + HOUR + 45, length))


def test_a_stretch_whose_end_nobody_saw_is_added_up_afterwards(tmp_path: Path) -> None:
    fill(tmp_path, 6)  # the monitor is killed within a minute and within an hour
    fill(tmp_path, 3, start=START + 3 * HOUR + 30)
    for length in LENGTHS:
        series = Reader(tmp_path).series(1, START, START + 4 * HOUR, length)
        assert sum(each.counters["retries"] for each in series.values()) == 9
    with closing(sqlite3.connect(tmp_path / store.FILE)) as connection:
        kept = connection.execute("SELECT length, COUNT(*) FROM stretch GROUP BY length ORDER BY length").fetchall()
    assert kept == [(15, 9), (60, 3), (300, 1), (900, 1), (3600, 1)]


def test_deployments_are_apart_and_read_together_by_the_hour(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    fill(tmp_path, 8, deployment=2)
    everything = Reader(tmp_path).everything(START, START + HOUR, HOUR)
    assert {key: series[START].counters["retries"] for key, series in everything.items()} == {1: 4, 2: 8}


def test_a_stretch_that_comes_again_is_added_to(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    fill(tmp_path, 2)  # the clock was set back
    for length in LENGTHS:
        series = Reader(tmp_path).series(1, START, START + HOUR, length)
        assert sum(each.counters["retries"] for each in series.values()) == 6


def test_a_writer_goes_on_where_the_one_before_stopped(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    fill(tmp_path, 2, start=START + 30)
    assert Reader(tmp_path).series(1, START, START + 60, 60)[START].counters["retries"] == 4


def test_the_old_is_forgotten_and_its_room_given_back(tmp_path: Path) -> None:
    fill(tmp_path, 2000)
    before = (tmp_path / store.FILE).stat().st_size
    writer = Writer(tmp_path)
    writer.forget(datetime.fromtimestamp(START + 1990 * SHORTEST_S, UTC))
    writer.close()
    assert next(iter(Reader(tmp_path).series(1, START, START + 2000 * SHORTEST_S, 15))) == START + 1990 * SHORTEST_S
    assert (tmp_path / store.FILE).stat().st_size < before / 2


def test_the_newest_is_that_of_any_deployment(tmp_path: Path) -> None:
    assert Reader(tmp_path).newest() is None
    fill(tmp_path, 4)
    fill(tmp_path, 2, deployment=7)
    assert Reader(tmp_path).newest() == START + 60


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    assert (reader.series(1, 0, START, 15), reader.total(1, 0, START), reader.everything(0, START, HOUR)) == (
        {},
        Sample(),
        {},
    )


def test_a_full_file_leaves_the_stretch_out_whole(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    writer = Writer(tmp_path)
    pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
    writer.connection.execute(f"PRAGMA max_page_count = {pages}")
    wide = Sample({f"requests:1:{number}": number / 7 for number in range(2000)})
    with pytest.raises(sqlite3.OperationalError, match="full"):
        writer.write(START + 60, {1: Sample({"retries": 1}), 2: wide})
    assert Reader(tmp_path).total(1, START, START + 120).counters["retries"] == 4
    writer.connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
    writer.write(START + 60, {1: Sample({"retries": 1})})
    assert Reader(tmp_path).series(1, START, START + HOUR, HOUR)[START].counters["retries"] == 5
    writer.close()


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    fill(tmp_path, 2000)
    path = tmp_path / store.FILE
    data = bytearray(path.read_bytes())
    data[8192:200_000] = os.urandom(200_000 - 8192)
    path.write_bytes(data)
    writer = Writer(tmp_path)
    with pytest.raises(sqlite3.DatabaseError):
        writer.check()
    writer.close()


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=fill, args=(tmp_path, 1_000_000))
    process.start()
    eventually(lambda: (Reader(tmp_path).newest() or 0) > START + 600)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    writer = Writer(tmp_path)
    writer.check()
    writer.close()
    newest = Reader(tmp_path).newest() or 0
    assert Reader(tmp_path).total(1, START, newest).counters["retries"] == (newest - START) / SHORTEST_S


def test_notes_are_kept_with_the_stretch_they_belong_to(tmp_path: Path) -> None:
    assert Reader(tmp_path).note("gateway") is None
    writer = Writer(tmp_path)
    writer.write(START, {1: Sample({"retries": 1})}, {"gateway": b"one"})
    assert Reader(tmp_path).note("gateway") == b"one"
    pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
    writer.connection.execute(f"PRAGMA max_page_count = {pages}")
    wide = Sample({f"requests:1:{number}": number / 7 for number in range(2000)})
    with pytest.raises(sqlite3.OperationalError, match="full"):
        writer.write(START + 15, {1: wide}, {"gateway": b"two"})
    writer.close()
    assert Reader(tmp_path).note("gateway") == b"one"
