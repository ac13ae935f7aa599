import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy_ui.runtimes.keeper.rotated import STDOUT, RotatedLog
from deploy_ui.runtimes.log_lines import ROTATED_AWAY
from deploy_ui.runtimes.logs import LogFiles


@pytest.fixture
def logs(tmp_path: Path) -> LogFiles:
    return LogFiles(tmp_path)


def rotated(tmp_path: Path, key: str = "a") -> RotatedLog:
    return RotatedLog(str(tmp_path / key), file_bytes=1000, files=3)


def test_tail_reads_over_files(tmp_path: Path, logs: LogFiles) -> None:
    log = rotated(tmp_path)
    for number in range(80):
        log.write(STDOUT, [b"%d" % number])
    assert len(list((tmp_path / "a").iterdir())) == 3
    assert [line.text for line in logs.tail(["a"], limit=50)] == [str(number) for number in range(30, 80)]


def test_tail_takes_a_small_part_of_large_files(tmp_path: Path, logs: LogFiles) -> None:
    RotatedLog(str(tmp_path / "a")).write(STDOUT, [b"%d" % number for number in range(100_000)])
    assert [line.text for line in logs.tail(["a"], limit=3)] == ["99997", "99998", "99999"]
    assert [line.cursor for line in logs.tail(["a"], limit=3)] == [line.cursor for line in logs.read("a")][-3:]


def test_a_cursor_whose_file_is_gone_goes_on_with_what_is_kept_and_says_so(tmp_path: Path, logs: LogFiles) -> None:
    log = rotated(tmp_path)
    log.write(STDOUT, [b"first"])
    cursor = logs.tail(["a"], limit=1)[0].cursor
    for number in range(200):
        log.write(STDOUT, [b"%d" % number])
    said, *lines = logs.after(["a"], {"a": cursor}, limit=500)
    assert (said.text, said.stream) == (ROTATED_AWAY, "platform")
    assert lines == list(logs.read("a"))
    assert list(logs.after(["a"], {"a": said.cursor}, limit=500)) == lines
    assert lines[-1].text == "199"


def test_a_line_that_is_being_written_waits_for_its_end(tmp_path: Path, logs: LogFiles) -> None:
    rotated(tmp_path).write(STDOUT, [b"whole"])
    file = tmp_path / "a" / "00000001.log"
    with file.open("ab") as half:
        half.write(b"2031-05-04T03:02:01.123456Z o hal")
    assert [line.text for line in logs.tail(["a"], limit=5)] == ["whole"]
    assert [line.text for line in logs.read("a")] == ["whole"]
    with file.open("ab") as half:
        half.write(b"f\n")
    cursor = logs.tail(["a"], limit=2)[0].cursor
    assert [line.text for line in logs.after(["a"], {"a": cursor}, limit=5)] == ["half"]


def test_a_line_that_a_power_cut_broke_is_shown_as_it_is(tmp_path: Path, logs: LogFiles) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "00000001.log").write_bytes(b"\0\0\0 broken\n\n")
    assert [line.text for line in logs.tail(["a"], limit=5)] == ["\ufffd\ufffd\ufffd broken", ""]


def test_a_key_that_is_a_path_is_refused(logs: LogFiles) -> None:
    with pytest.raises(ValueError, match="not an instance's key"):
        logs.tail(["../../etc"], limit=1)


def test_old_logs_go_but_those_of_live_instances(tmp_path: Path, logs: LogFiles) -> None:
    for key in ("old", "alive", "young"):
        rotated(tmp_path, key).write(STDOUT, [b"x"])
    for key in ("old", "alive"):
        os.utime(tmp_path / key / "00000001.log", (1_000_000_000, 1_000_000_000))
    assert logs.remove_old(before=datetime(2010, 1, 1, tzinfo=UTC), keep={"alive"}) == ["old"]
    assert {path.name for path in tmp_path.iterdir()} == {"alive", "young"}


def test_old_logs_of_nobody_are_no_trouble(tmp_path: Path) -> None:
    assert LogFiles(tmp_path / "nothing").remove_old(before=datetime(2010, 1, 1, tzinfo=UTC), keep=()) == []
