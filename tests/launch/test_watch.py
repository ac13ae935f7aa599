from pathlib import Path

import pytest

from deploy_ui.launch.supervisord import Seen
from deploy_ui.launch.watch import Watch, last_line


def seen(name: str, pid: int) -> Seen:
    return Seen(name=name, pid=pid)


@pytest.mark.parametrize(
    ("looks", "deaths"),
    [
        ([0, 7, 7], []),
        ([7, 8], ["a"]),
        ([7, 0], ["a"]),
        ([7, 0, 0, 9], ["a"]),
        ([7, 0, 9, 0], ["a", "a"]),
    ],
)
def test_a_part_died_if_its_process_is_another_one_or_none(tmp_path: Path, looks: list[int], deaths: list[str]) -> None:
    watch = Watch(tmp_path)
    assert [death.name for pid in looks for death in watch.deaths([seen("a", pid)])] == deaths


def test_a_death_comes_with_the_last_words_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\ntwo\n\n  \n")
    watch = Watch(tmp_path)
    watch.deaths([seen("a", 7)])
    [death] = watch.deaths([seen("a", 0)])
    assert (death.last_words, death.log) == ("two", tmp_path / "a.log")


def test_a_log_that_is_not_there_or_no_text_has_last_words_all_the_same(tmp_path: Path) -> None:
    assert last_line(tmp_path / "nothing") == ""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe" * 10_000)
    assert len(last_line(tmp_path / "bytes")) <= 300
