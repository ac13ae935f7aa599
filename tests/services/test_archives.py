import io
import os
import random
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy_ui.errors import AppError, Invalid, TooLarge
from deploy_ui.services import archives
from deploy_ui.services.archives import top_folder, unpack
from deploy_ui.services.trees import Budget, Tree

LIMIT_MB = 4


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree", Budget(LIMIT_MB))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members:
            file.writestr(name, data, method)


def tarred(path: Path, *members: tuple[str, bytes], mode: str = "w:gz") -> None:
    with tarfile.open(path, mode) as file:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))


def special(path: Path, kind: bytes, *, link: str = "") -> None:
    with tarfile.open(path, "w") as file:
        info = tarfile.TarInfo("thing")
        info.type, info.linkname = kind, link
        file.addfile(info)


def paths(tree: Tree) -> list[str]:
    return [file.path for file in tree.files()]


def refusal(archive: Path, tree: Tree) -> AppError:
    with pytest.raises(AppError) as refused:
        unpack(archive, tree, LIMIT_MB)
    return refused.value


def test_a_zip_is_unpacked(archive: Path, tree: Tree) -> None:
    zipped(archive, ("a.py", b"a"), ("models/", b""), ("models/m.bin", b"m" * 100_000))
    unpack(archive, tree, LIMIT_MB)
    assert paths(tree) == ["a.py", "models/m.bin"]
    assert (tree.root / "models/m.bin").read_bytes() == b"m" * 100_000


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_a_tar_is_unpacked(archive: Path, tree: Tree, mode: str) -> None:
    tarred(archive, ("./a.py", b"a"), ("./models/m.bin", b"m" * 512 * 300), mode=mode)
    unpack(archive, tree, LIMIT_MB)
    assert paths(tree) == ["a.py", "models/m.bin"]
    assert (tree.root / "models/m.bin").read_bytes() == b"m" * 512 * 300


def test_a_program_stays_runnable(archive: Path, tree: Tree) -> None:
    info = zipfile.ZipInfo("run.sh")
    info.external_attr = (stat.S_IFREG | 0o755) << 16
    zipped(archive, (info, b"#!/bin/sh"))
    unpack(archive, tree, LIMIT_MB)
    assert stat.S_IMODE((tree.root / "run.sh").stat().st_mode) == 0o755


def test_bits_that_lend_rights_are_dropped(archive: Path, tree: Tree) -> None:
    with tarfile.open(archive, "w") as file:
        info = tarfile.TarInfo("a")
        info.mode = 0o6777
        file.addfile(info)
    unpack(archive, tree, LIMIT_MB)
    assert stat.S_IMODE((tree.root / "a").stat().st_mode) == 0o755


def test_what_a_mac_adds_is_left_out(archive: Path, tree: Tree) -> None:
    zipped(archive, ("a.py", b""), ("__MACOSX/._a.py", b""), ("sub/.DS_Store", b""))
    unpack(archive, tree, LIMIT_MB)
    assert paths(tree) == ["a.py"]


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a/../../up", "a\\..\\up", "C:/evil", "a\nb"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_path_that_leads_elsewhere_is_refused(
    archive: Path, tree: Tree, name: str, pack: Callable[[Path, tuple[str, bytes]], None]
) -> None:
    pack(archive, (name, b"evil"))
    assert refusal(archive, tree).code == "path_unsafe"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_differ_in_case_only_are_refused(archive: Path, tree: Tree, pack: Callable[..., None]) -> None:
    pack(archive, ("a.py", b""), ("A.py", b""))
    assert refusal(archive, tree).code == "path_taken"


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE],
    ids=["symbolic link", "hard link", "character device", "block device", "pipe"],
)
def test_what_is_no_file_is_refused_in_a_tar(archive: Path, tree: Tree, kind: bytes) -> None:
    special(archive, kind, link="/etc/passwd")
    assert refusal(archive, tree).code == "archive_special"


def test_a_link_is_refused_in_a_zip(archive: Path, tree: Tree) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    zipped(archive, (info, b"/etc/passwd"))
    assert refusal(archive, tree).code == "archive_special"


def test_a_password_is_refused(archive: Path, tree: Tree) -> None:
    zipped(archive, ("a", b"x"))
    data = bytearray(archive.read_bytes())
    data[6] |= 1  # in the file's own header
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # and in the table of contents
    archive.write_bytes(data)
    assert refusal(archive, tree).code == "archive_encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_methods_that_unpack_without_bound_are_refused(archive: Path, tree: Tree, method: int) -> None:
    zipped(archive, ("a", b"x"), method=method)
    assert refusal(archive, tree).code == "archive_method"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_bomb_ends_at_the_limit(archive: Path, tree: Tree, pack: Callable[..., None]) -> None:
    pack(archive, ("bomb", bytes(64 * 1024**2)))
    assert isinstance(refusal(archive, tree), TooLarge)
    assert (tree.root / "bomb").stat().st_size <= LIMIT_MB * 1024**2


def test_a_zip_that_lies_about_sizes_is_counted_by_what_comes_out(archive: Path, tree: Tree) -> None:
    zipped(archive, ("bomb", bytes(64 * 1024**2)))
    data = bytearray(archive.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 10)
    archive.write_bytes(data)
    assert refusal(archive, tree).code in {"upload_too_large", "archive_broken"}


def test_a_tar_whose_headers_are_the_bomb_is_refused(archive: Path, tree: Tree) -> None:
    with tarfile.open(archive, "w:gz", format=tarfile.PAX_FORMAT) as file:
        info = tarfile.TarInfo("a")
        info.pax_headers = {"comment": "x" * 50_000_000}
        file.addfile(info)
    assert refusal(archive, tree).code == "archive_broken"


def test_a_sparse_file_is_refused(archive: Path, tree: Tree) -> None:
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as file:
        info = tarfile.TarInfo("a")
        info.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": "8000000000"}
        file.addfile(info)
    assert refusal(archive, tree).code == "archive_special"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_members_are_refused(
    archive: Path, tree: Tree, pack: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    pack(archive, *[(f"__MACOSX/{number}", b"") for number in range(4)])
    assert refusal(archive, tree).code == "upload_too_many_files"


def test_a_table_of_contents_too_large_to_read_is_refused(
    archive: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST_DIRECTORY", 2000)
    zipped(archive, *[("x" * 100 + str(number), b"") for number in range(50)])
    assert refusal(archive, tree).code == "archive_broken"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"PK\x03\x04" + bytes(100),
        b"\x1f\x8b" + bytes(50),
        b"BZh9" + bytes(50),
        b"\xfd7zXZ\x00" + bytes(50),
    ],
    ids=["nothing", "text", "a zip's beginning", "broken gzip", "broken bzip2", "xz"],
)
def test_what_is_no_archive_is_refused(archive: Path, tree: Tree, data: bytes) -> None:
    archive.write_bytes(data)
    assert refusal(archive, tree).code == "archive_broken"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_damaged_archive_is_refused_or_read_but_never_breaks_anything(
    archive: Path, tmp_path: Path, pack: Callable[..., None]
) -> None:
    pack(archive, ("a.py", os.urandom(3000)), ("b/c", b"x" * 3000))
    whole = archive.read_bytes()
    dice = random.Random(7)  # noqa: S311 -- the same damage every time
    for number in range(300):
        data = bytearray(whole[: dice.randrange(len(whole))] if number % 3 == 0 else whole)
        for _ in range(dice.randrange(1, 8)):
            data[dice.randrange(len(data) or 1)] = dice.randrange(256) if data else 0
        archive.write_bytes(data)
        try:
            unpack(archive, Tree(tmp_path / str(number), Budget(LIMIT_MB)), LIMIT_MB)
        except (Invalid, TooLarge):
            continue


@pytest.mark.parametrize(
    ("names", "top"),
    [
        (["p/a", "p/b/c"], "p"),
        (["p/q/a"], "p"),
        (["p/a", "b"], ""),
        (["a"], ""),
        (["p/a", "q/b"], ""),
        ([], ""),
    ],
)
def test_a_single_folder_around_everything_is_seen(archive: Path, tree: Tree, names: list[str], top: str) -> None:
    tarred(archive, *[(name, b"") for name in names])
    unpack(archive, tree, LIMIT_MB)
    assert top_folder(tree) == top
