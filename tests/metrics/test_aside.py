"""Damaged files that were set aside."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from deploy_ui.metrics import aside

AT = datetime(2026, 11, 26, 6, 15, tzinfo=timezone(timedelta(hours=3)))


def test_a_database_is_set_aside_with_its_journals_and_found_by_its_time(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    for end in aside.BESIDE:
        (tmp_path / f"some.db{end}").write_text(end)
    damaged = aside.put(path, AT)
    assert not list(tmp_path.glob("some.db"))
    assert damaged.name == "some.db.damaged-20261126T031500Z"
    assert len(list(tmp_path.iterdir())) == 3
    assert aside.found(path) == [aside.Damaged(damaged.name, int(AT.timestamp()))]


def test_names_that_say_no_time_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "some.db.damaged-whenever").touch()
    assert aside.found(tmp_path / "some.db") == []


def test_what_was_set_aside_long_ago_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    for days in (0, 5):
        path.touch()
        (tmp_path / "some.db-wal").touch()
        aside.put(path, AT - timedelta(days))
    aside.drop(path, AT - timedelta(3))
    assert [each.at for each in aside.found(path)] == [int(AT.timestamp())]
    assert len(list(tmp_path.iterdir())) == 2
