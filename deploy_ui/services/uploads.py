"""What somebody uploads to make an image: streamed to disk, checked as it comes, gone if anything is wrong."""

import codecs
import errno
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from deploy_ui import ids
from deploy_ui.errors import Invalid, Unavailable
from deploy_ui.services import archives
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.trees import Budget, File, Sink, SupportsRead, Tree, chunks
from deploy_ui.settings import settings

STAGING = ".staging"
ABANDONED_AFTER = timedelta(hours=12)
LARGEST_TEXT = 256 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What a text may begin with: PowerShell's `>` writes UTF-16."""


class Upload:
    """Files on their way into a new image. Use it as a context manager: what is not finished is removed.

    Not for two threads at once. Everything that it raises ends it: what came so far is removed at once.
    """

    def __init__(self, image_id: str, finish: Callable[["Upload"], ImageCard]) -> None:
        self.image_id = image_id
        self._finish = finish
        self._open = True
        self._limit_mb = settings().max_upload_mb
        self._budget = Budget(self._limit_mb)
        self._staging = settings().images_dir / STAGING / f"{image_id}.{ids.new_id(8)}"
        self._tree = Tree(self._staging / "image" / "src", self._budget)

    def __enter__(self) -> Self:
        """Upload within."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what was not finished."""
        self.abandon()

    def becomes(self, finish: Callable[["Upload"], ImageCard]) -> None:
        """Say what makes the image once everything came."""
        self._finish = finish

    @contextmanager
    def receive(self, path: str, *, runnable: bool = False) -> Iterator[Sink]:
        """Give something to write one file to, piece by piece."""
        with self._all_or_nothing(), self._tree.create(path, runnable=runnable) as sink:
            yield sink

    def file(self, path: str, source: Iterable[bytes] | SupportsRead) -> None:
        """Take one file."""
        with self.receive(path) as sink:
            for data in _pieces(source):
                sink.write(data)

    async def stream(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        """Take one file as it comes over the network."""
        with self.receive(path) as sink:
            async for data in pieces:
                sink.write(data)

    @contextmanager
    def receive_archive(self) -> Iterator[Sink]:
        """Give something to write a zip or tar to; it is unpacked when that is closed."""
        with self._all_or_nothing():
            packed = Tree(self._staging / f"packed-{ids.new_id(8)}", Budget(self._limit_mb))
            with packed.create("archive") as sink:
                yield sink
            unpacked = Tree(self._staging / f"unpacked-{ids.new_id(8)}", self._budget)
            archives.unpack(packed.root / "archive", unpacked, self._limit_mb)
            shutil.rmtree(packed.root)
            self._tree.adopt(unpacked, below=archives.top_folder(unpacked))
            shutil.rmtree(unpacked.root)

    def archive(self, source: Iterable[bytes] | SupportsRead) -> None:
        """Take a zip or tar. A single folder around all its files is left away."""
        with self.receive_archive() as sink:
            for data in _pieces(source):
                sink.write(data)

    def finish(self) -> ImageCard:
        """Make the image of what came, and queue its build."""
        with self._all_or_nothing():
            card = self._finish(self)
        self.abandon()
        return card

    def abandon(self) -> None:
        """Remove what came so far, unless it was finished. May be called again."""
        self._open = False
        shutil.rmtree(self._staging, ignore_errors=True)

    def files(self) -> list[File]:
        """Return what came so far, sorted by path."""
        return self._tree.files()

    def text(self, path: str) -> str:
        """Return a file's text; raise Invalid if it is no text or too long."""
        file = self._tree.root / path
        if file.stat().st_size > LARGEST_TEXT:
            raise Invalid("text_too_long", field="files", path=path, limit_kb=LARGEST_TEXT // 1024)
        try:
            return decoded(file.read_bytes())
        except ValueError as error:
            raise Invalid("text_not_readable", field="files", path=path) from error

    def settle(self) -> Path:
        """Move the files to where an image's files lie; return that folder."""
        target = settings().images_dir / self.image_id
        return (self._staging / "image").rename(target)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        if not self._open:
            raise Invalid("upload_over", field="files")
        try:
            yield
        except BaseException as error:
            self.abandon()
            if isinstance(error, OSError) and error.errno in FULL:
                raise Unavailable("disk_full") from error
            raise


def decoded(data: bytes) -> str:
    """Return the text of a file, whatever an editor marked it as; raise ValueError for none without NUL."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
    text = data.decode(encoding)
    if "\0" in text:
        raise ValueError("NUL")
    return text


def sweep(now: datetime) -> None:
    """Remove what uploads left whose process was killed."""
    for folder in (settings().images_dir / STAGING).glob("*"):
        if now.timestamp() - folder.stat().st_mtime > ABANDONED_AFTER.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _pieces(source: Iterable[bytes] | SupportsRead) -> Iterable[bytes]:
    return chunks(source) if isinstance(source, SupportsRead) else source
