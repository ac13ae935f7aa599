import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy_ui.runtimes.keeper import rotated
from deploy_ui.runtimes.keeper.rotated import PLATFORM, STDOUT, RotatedLog


def texts(folder: Path) -> list[str]:
    files = [Path(rotated.path(str(folder), number)) for number in rotated.numbers(str(folder))]
    return [line[rotated.PREFIX_LENGTH :] for file in files for line in file.read_text().splitlines()]


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """Let no file of this process grow over the limit: the kernel then fails a write, in the middle of a line."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_files_are_numbered_bounded_and_readable_by_the_owner_only(tmp_path: Path) -> None:
    log = RotatedLog(str(tmp_path / "a"), file_bytes=1000, files=3)
    for number in range(100):
        log.write(STDOUT, [b"%050d" % number])
    numbers = rotated.numbers(str(tmp_path / "a"))
    assert len(numbers) == 3
    assert numbers[0] > 1
    assert texts(tmp_path / "a")[-1] == f"{99:050d}"
    files = list((tmp_path / "a").iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert all(file.stat().st_size < 1200 for file in files)


def test_numbers_are_never_used_again(tmp_path: Path) -> None:
    RotatedLog(str(tmp_path)).write(STDOUT, [b"first run"])
    RotatedLog(str(tmp_path)).write(STDOUT, [b"second run"])
    assert rotated.numbers(str(tmp_path)) == [1, 2]
    assert texts(tmp_path) == ["first run", "second run"]


def test_a_full_disk_costs_lines_that_are_counted_and_told(tmp_path: Path) -> None:
    log = RotatedLog(str(tmp_path))
    log.write(STDOUT, [b"before"])
    with full_disk(60):
        log.write(STDOUT, [b"lost" * 10, b"lost too"])
        log.write(STDOUT, [b"lost as well"])
    log.write(STDOUT, [b"after"])
    assert texts(tmp_path) == ["before", "3 lines were lost: the log could not be written", "after"]


def test_a_folder_that_cannot_be_made_costs_lines_only(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("in the way")
    log = RotatedLog(str(tmp_path / "a"))
    log.write(STDOUT, [b"lost"])
    (tmp_path / "a").unlink()
    log.write(PLATFORM, [b"after"])
    assert texts(tmp_path / "a") == ["1 lines were lost: the log could not be written", "after"]
