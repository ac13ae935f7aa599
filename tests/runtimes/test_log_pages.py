"""Logs read piece by piece: however they are cut, every line comes once, in order."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy_ui.errors import Invalid
from deploy_ui.runtimes import log_places
from deploy_ui.runtimes.base import LogLine
from deploy_ui.runtimes.keeper.rotated import STDERR, STDOUT, RotatedLog
from deploy_ui.runtimes.logs import LogFiles

KEYS = ["a", "b", "c"]
LENGTHS = (0, 1, 30, 200, 7000, 20_000)
"""Some lines are longer than a block that is read."""


@pytest.fixture
def logs(tmp_path: Path) -> LogFiles:
    return LogFiles(tmp_path)


@pytest.fixture(params=range(4))
def dice(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)  # noqa: S311 -- no secret


@pytest.fixture
def written(tmp_path: Path, logs: LogFiles, dice: random.Random) -> list[LogLine]:
    """Let three instances write by turns, some lines at once, over several files; return all lines."""
    writers = [RotatedLog(str(tmp_path / key), file_bytes=40_000, files=1000) for key in KEYS]
    for turn in range(120):
        lines = [f"{turn}.{number} ".encode() + b"x" * dice.choice(LENGTHS) for number in range(dice.randint(1, 5))]
        dice.choice(writers).write(dice.choice([STDOUT, STDERR]), lines)
    return list(logs.between(KEYS, {}))


def test_pages_back_give_every_line_once(logs: LogFiles, dice: random.Random, written: list[LogLine]) -> None:
    ends, found = logs.ends(KEYS), list[LogLine]()
    while (starts := logs.back(ends, limit=dice.randint(1, 60))) != ends:
        found = [*logs.between(KEYS, starts, ends), *found]
        ends = starts
    assert sorted(found, key=lambda line: line.cursor) == sorted(written, key=lambda line: line.cursor)
    assert [line.at for line in found] == sorted(line.at for line in written)


def test_pages_forward_give_every_line_once(logs: LogFiles, dice: random.Random, written: list[LogLine]) -> None:
    cursors, found = dict[str, str](), list[LogLine]()
    while page := list(itertools.islice(logs.between(KEYS, cursors), dice.randint(1, 60))):
        found += page
        cursors |= {line.instance: line.cursor for line in page}
    assert found == written


def test_the_newest_lines_are_the_end_of_all(logs: LogFiles, dice: random.Random, written: list[LogLine]) -> None:
    for limit in (1, 2, dice.randint(3, 300), len(written), len(written) + 5):
        newest = logs.tail(KEYS, limit=limit)
        assert [line.at for line in newest] == [line.at for line in written[-limit:]]
        assert len(newest) == min(limit, len(written))


@pytest.mark.parametrize("beside", [timedelta(microseconds=-1), timedelta(), timedelta(microseconds=1)])
def test_a_time_parts_what_came_before_from_what_comes_after(
    logs: LogFiles, written: list[LogLine], beside: timedelta
) -> None:
    for line in written[::7]:
        at = line.at + beside
        ends = logs.ends(KEYS, at)
        assert list(logs.between(KEYS, {}, ends)) == [each for each in written if each.at <= at]
        assert list(logs.between(KEYS, ends)) == [each for each in written if each.at > at]


def test_pages_back_stop_where_the_time_begins(logs: LogFiles, written: list[LogLine]) -> None:
    since, ends = written[100].at, logs.ends(KEYS)
    starts = logs.back(ends, limit=100_000, since=since)
    assert list(logs.between(KEYS, starts, ends)) == [line for line in written if line.at >= since]


def test_pages_back_are_bounded_by_their_size_but_never_empty(logs: LogFiles, written: list[LogLine]) -> None:
    ends = logs.ends(KEYS)
    page = list(logs.between(KEYS, logs.back(ends, limit=100_000, size=30_000), ends))
    assert 1 <= len(page) < len(written)
    assert sum(len(line.text) for line in page) <= 30_000
    assert len(list(logs.between(KEYS, logs.back(ends, limit=100_000, size=1), ends))) == 1


def test_a_log_of_nothing_has_no_places(logs: LogFiles) -> None:
    assert logs.ends(KEYS) == {}
    assert logs.ends(KEYS, datetime.now(UTC)) == {}
    assert logs.back({}, limit=5) == {}
    assert not logs.grown("a", "")


def test_what_is_being_written_has_no_place_yet(tmp_path: Path, logs: LogFiles) -> None:
    RotatedLog(str(tmp_path / "a")).write(STDOUT, [b"whole"])
    ends = logs.ends(["a"])
    with (tmp_path / "a" / "00000001.log").open("ab") as half:
        half.write(b"2031-05-04T03:02:01.123456Z o hal")
    assert logs.ends(["a"]) == ends
    assert [line.text for line in logs.between(["a"], logs.back(ends, limit=9), ends)] == ["whole"]


def test_growth_is_seen_also_into_a_new_file(tmp_path: Path, logs: LogFiles) -> None:
    log = RotatedLog(str(tmp_path / "a"), file_bytes=100, files=3)
    log.write(STDOUT, [b"x" * 100])
    assert logs.grown("a", "")
    cursor = logs.ends(["a"])["a"]
    assert not logs.grown("a", cursor)
    log.write(STDOUT, [b"y"])
    assert logs.grown("a", cursor)
    for _ in range(5):
        log.write(STDOUT, [b"y" * 100])
    assert logs.grown("a", cursor)
    assert not logs.grown("a", logs.ends(["a"])["a"])


def test_files_that_go_while_somebody_reads_are_told(tmp_path: Path, logs: LogFiles) -> None:
    log = RotatedLog(str(tmp_path / "a"), file_bytes=100_000, files=3)
    for number in range(3):
        log.write(STDOUT, [b"%d" % number + b"x" * 100_000])
    reading = logs.read("a")
    assert next(reading).text[0] == "0"
    log.write(STDOUT, [b"3" + b"x" * 100_000, b"4"])
    (tmp_path / "a" / "00000002.log").unlink()
    rest = [(line.text[:1], line.stream) for line in reading]
    assert rest == [("l", "platform"), ("2", "stdout")]


@pytest.mark.parametrize("cursor", ["", "zz", "1-2", "1-2-3-4", f"0-0-{2**70:x}", f"{2**62:x}-0-0", "-1-0-0"])
def test_a_forged_cursor_is_refused(logs: LogFiles, cursor: str) -> None:
    with pytest.raises(Invalid, match="log_cursor_invalid"):
        logs.between(["a"], {"a": cursor})


def test_a_cursor_in_the_middle_of_a_line_does_no_harm(tmp_path: Path, logs: LogFiles) -> None:
    RotatedLog(str(tmp_path / "a")).write(STDOUT, [b"one", b"two"])
    middle = {"a": log_places.Place.cursor(1, 1, 5)}
    assert len(list(logs.between(["a"], middle))) == 2
    assert logs.back(middle, limit=5) == middle
