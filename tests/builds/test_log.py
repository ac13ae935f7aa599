from contextlib import closing
from pathlib import Path

import pytest

from deploy_ui.builds import log
from deploy_ui.builds.log import LEFT_OUT, LogWriter, read

pytestmark = pytest.mark.usefixtures("data_dir")


def write(*lines: str, stream: str = "stdout") -> None:
    with closing(LogWriter("img_a")) as writer:
        for line in lines:
            writer.say(line, stream)


def texts(cursor: str = "", limit: int | None = None) -> list[str]:
    return [line.text for line in read("img_a", cursor, limit=limit)]


def test_no_log_yet_gives_no_lines() -> None:
    assert texts() == []


def test_lines_come_back_as_they_were_written() -> None:
    write("a", "", "  b ü ")
    assert texts() == ["a", "", "  b ü "]


def test_a_later_read_goes_on_behind_its_cursor() -> None:
    write("a", "b")
    first, _ = read("img_a")
    write("c")
    assert texts(first.cursor) == ["b", "c"]


def test_cursors_sort_like_their_lines() -> None:
    write(*map(str, range(200)))
    cursors = [line.cursor for line in read("img_a")]
    assert cursors == sorted(cursors)


@pytest.mark.parametrize("cursor", ["nonsense", "-1", "٣"])
def test_a_cursor_that_we_did_not_make_reads_from_the_start(cursor: str) -> None:
    write("a")
    assert texts(cursor) == ["a"]


def test_a_cursor_behind_the_end_gives_nothing() -> None:
    write("a")
    assert texts("999999") == []


def test_a_text_of_several_lines_becomes_several_lines() -> None:
    write("a\nb")
    assert texts() == ["a", "b"]


def test_credentials_never_reach_the_file() -> None:
    write("Fetching https://me:s3cret@index.example.org/simple")
    assert "s3cret" not in log.path_of("img_a").read_text()


def test_an_attempt_writes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST_ATTEMPT", 1000)
    write(*["x" * 90] * 100)
    assert (texts()[-1], log.path_of("img_a").stat().st_size < 1400) == (LEFT_OUT, True)


def test_our_last_words_fit_into_a_full_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST_ATTEMPT", 10)
    with closing(LogWriter("img_a")) as writer:
        writer.say("much", "stdout")
        writer.say("much more", "stdout")
        writer.say("Failed.")
    assert texts() == ["much", LEFT_OUT, "Failed."]


def test_a_half_written_line_waits_for_its_end() -> None:
    write("a")
    with log.path_of("img_a").open("ab") as file:
        file.write(b"2030-01-01T00:00:00+00:00 stdout ha")
    assert texts() == ["a"]


def test_a_full_disk_does_not_end_what_writes() -> None:
    writer = LogWriter("img_a")
    with Path("/dev/full").open("ab", buffering=0) as full, closing(writer):
        writer._file.close()
        writer._file = full
        writer.say("lost")
