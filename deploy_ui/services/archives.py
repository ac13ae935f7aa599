"""Unpacks a zip or tar that somebody uploaded: only plain files, every byte counted as it comes out.

What a header says of a size is never believed. `zipfile` and `tarfile` read, but never write: paths and files are
`Tree`'s business, so that no link, device or path of an archive ever reaches the disk.
"""

import bz2
import errno
import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from deploy_ui.errors import Invalid, TooLarge
from deploy_ui.services.trees import MOST_FILES, Tree, chunks

LARGEST_DIRECTORY = 8 * 1024**2
"""Bytes that a zip's table of contents may take: it is read into memory whole."""
LARGEST_HEADER = 64 * 1024
"""Bytes that one header of a tar may take, for the same reason."""
HEADERS_OVER = 64 * 1024**2
"""How much longer than its files a tar may be once it is unpacked."""
CHUNK = 64 * 1024
UNZIPPED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Methods of which `zipfile` unpacks no more at a time than asked for."""
PACKED: Mapping[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),  # type: ignore[return-value, dict-item]
    b"BZh": bz2.BZ2File,  # type: ignore[dict-item]
}
"""How to unpack a tar. Not xz: its header alone can ask for gigabytes of memory."""
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error),
    *(EOFError, NotImplementedError, RecursionError, OverflowError, ValueError, RuntimeError, LookupError),
)
OUR_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EROFS}
"""What an OSError says when the machine is at fault; decompressors raise it for broken data as well."""


def unpack(archive: Path, tree: Tree, limit_mb: int) -> None:
    """Put every file of the archive into the tree; raise Invalid or TooLarge for one that is not plain and whole."""
    with archive.open("rb") as file, _telling():
        if zipfile.is_zipfile(file):
            _unzip(archive, tree)
        else:
            _untar(file, tree, limit_mb)


def top_folder(tree: Tree) -> str:
    """Return the one folder that holds all files of the tree, or nothing."""
    tops = {file.path.partition("/")[::2] for file in tree.files()}
    names = {name for name, _ in tops}
    return names.pop() if len(names) == 1 and all(rest for _, rest in tops) else ""


@contextmanager
def _telling() -> Iterator[None]:
    """Turn what the libraries raise for hostile or broken archives into our own words."""
    try:
        yield
    except BROKEN as error:
        raise Invalid("archive_broken", field="archive", message=str(error)[:200]) from error
    except OSError as error:
        if error.errno in OUR_TROUBLE:
            raise
        raise Invalid("archive_broken", field="archive", message=str(error)[:200]) from error


def _unzip(archive: Path, tree: Tree) -> None:
    with _Careful(archive) as file, zipfile.ZipFile(file) as opened:
        for number, member in enumerate(opened.infolist()):
            _count(number)
            if member.is_dir() or _junk(member.filename):
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in {0, stat.S_IFREG}:
                raise Invalid("archive_special", field="archive", path=member.filename[:80])
            if member.flag_bits & 0x1:
                raise Invalid("archive_encrypted", field="archive")
            if member.compress_type not in UNZIPPED:
                raise Invalid("archive_method", field="archive", path=member.filename[:80])
            runnable = bool(member.external_attr >> 16 & stat.S_IXUSR)
            with opened.open(member) as source:
                _copy(source, tree, member.orig_filename, runnable=runnable)  # type: ignore[arg-type]


def _untar(file: BinaryIO, tree: Tree, limit_mb: int) -> None:
    with tarfile.open(fileobj=_Forward(_unpacked(file), limit_mb), mode="r:") as opened:  # type: ignore[call-overload]
        for number, member in enumerate(opened):
            _count(number)
            if member.isdir() or _junk(member.name):
                continue
            if not member.isreg() or member.issparse():
                raise Invalid("archive_special", field="archive", path=member.name[:80])
            source = opened.extractfile(member)
            _copy(source, tree, member.name, runnable=bool(member.mode & stat.S_IXUSR))


def _copy(source: BinaryIO, tree: Tree, path: str, *, runnable: bool) -> None:
    with tree.create(path, runnable=runnable) as sink:
        for data in chunks(source, CHUNK):
            sink.write(data)


def _count(number: int) -> None:
    if number >= MOST_FILES:
        raise TooLarge("upload_too_many_files", limit=MOST_FILES)


def _junk(path: str) -> bool:
    """Say whether this is what a Mac adds to archives, and nobody wants."""
    return path.startswith("__MACOSX/") or path.rpartition("/")[2] == ".DS_Store"


def _unpacked(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    for magic, opener in PACKED.items():
        if start.startswith(magic):
            return opener(file)
    return file


class _Careful(io.FileIO):
    """A file of which nothing large can be read at once: `zipfile` takes the sizes of its tables from the file."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read at most so many bytes; fail rather than read very many."""
        wanted = LARGEST_DIRECTORY + 1 if size is None or size < 0 else size
        if wanted > LARGEST_DIRECTORY + 1:
            raise zipfile.BadZipFile("the table of contents is too large")
        return super().read(wanted) or b""


class _Forward:
    """What `tarfile` reads from: goes forward only, counts all, and gives nothing large at once."""

    def __init__(self, source: BinaryIO, limit_mb: int) -> None:
        self._source = source
        self._limit_mb = limit_mb
        self._at = 0

    def tell(self) -> int:
        """Return how many bytes went by."""
        return self._at

    def seek(self, target: int) -> int:
        """Go on to this place."""
        if target < self._at:
            raise tarfile.ReadError("a header points backwards")
        while self._at < target and self.read(min(CHUNK, target - self._at)):
            pass
        return self._at

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        if not 0 <= size <= LARGEST_HEADER:
            raise tarfile.ReadError("a header is too large")
        data = self._source.read(size)
        self._at += len(data)
        if self._at > self._limit_mb * 1024**2 + HEADERS_OVER:
            raise TooLarge("upload_too_large", limit_mb=self._limit_mb)
        return data
