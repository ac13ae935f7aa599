"""The store of the request log."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy_ui.metrics import requests
from deploy_ui.metrics.requests import Reader, Writer
from tests.metrics.request_lines import T, request


def newest(folder: Path, slug: str = "iris", limit: int = 100) -> list[int]:
    return [each.at_ms - T for each in Reader(folder).newest(slug, [], [], limit)]


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert newest(tmp_path) == []
    assert not Reader(tmp_path).anything("iris")
    assert Reader(tmp_path).left_out_ms("iris") is None


def test_requests_come_back_newest_first_and_by_deployment(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write([request(T + 1), request(T + 3), request(T + 2, "other")])
    writer.write([request(T + 2)])
    assert newest(tmp_path) == [3, 2, 1]
    assert newest(tmp_path, "other") == [2]
    assert newest(tmp_path, limit=2) == [3, 2]
    assert Reader(tmp_path).newest("other", [], [], 1) == [request(T + 2, "other")]
    assert Reader(tmp_path).anything("iris")
    assert not Reader(tmp_path).anything("iri")


def test_requests_of_one_millisecond_are_told_apart(tmp_path: Path) -> None:
    Writer(tmp_path).write([request(T, place=place) for place in (1, 2, 3)])
    assert [each.place for each in Reader(tmp_path).newest("iris", [], [], 10)] == [3, 2, 1]


def test_the_same_line_twice_is_one_request(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write([request(T, place=7)])
    writer.write([request(T, place=7)])
    assert newest(tmp_path) == [0]


def test_a_deployment_has_its_most_and_the_log_says_since_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST", 100)
    monkeypatch.setattr(requests, "DROPPED_AT_ONCE", 10)
    writer = Writer(tmp_path)
    writer.write([request(T, "quiet")])
    for at in range(0, 300, 20):
        writer.write([request(T + each) for each in range(at, at + 20)])
        assert len(newest(tmp_path, limit=1000)) <= 100
    kept = newest(tmp_path, limit=1000)
    assert kept[:60] == list(range(299, 239, -1))
    left_out = Reader(tmp_path).left_out_ms("iris")
    assert left_out is not None
    assert set(range(left_out - T + 1, 300)) <= set(kept)
    assert left_out - T not in kept
    assert Reader(tmp_path).left_out_ms("quiet") is None


def test_a_new_writer_counts_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST", 50)
    monkeypatch.setattr(requests, "DROPPED_AT_ONCE", 10)
    for at in range(0, 100, 40):
        Writer(tmp_path).write([request(T + each) for each in range(at, at + 40)])
        assert len(newest(tmp_path, limit=1000)) <= 50


def test_ten_thousand_paths_are_ten_thousand_rows_and_no_more(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    for start in range(0, 12_000, 500):
        writer.write([request(T + at, path=f"/{at}") for at in range(start, start + 500)])
    assert len(newest(tmp_path, limit=20_000)) <= requests.MOST
    assert (tmp_path / requests.FILE).stat().st_size < 5_000_000


def test_what_is_too_old_is_dropped(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write([request(T + at, slug) for at in range(5) for slug in ("a", "b", "iris")])
    writer.forget(datetime.fromtimestamp((T + 3) / 1000, UTC))
    assert [newest(tmp_path, slug) for slug in ("a", "b", "iris")] == [[4, 3]] * 3
    writer.write([request(T + 9)])
    assert newest(tmp_path) == [9, 4, 3]


def test_a_batch_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    with pytest.raises(sqlite3.IntegrityError):
        writer.write([request(T), request(T + 1, path=None)])
    assert newest(tmp_path) == []
    writer.write([request(T + 2)])
    assert newest(tmp_path) == [2]


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / requests.FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        newest(tmp_path)
    with pytest.raises(sqlite3.DatabaseError):
        Writer(tmp_path)
