"""The log files of one instance: numbered, bounded, every line with its time and stream.

A line: `2031-05-04T03:02:01.123456Z o text`; the letter is `o` stdout, `e` stderr, `p` the platform's own words.
Files are `00000001.log`, `00000002.log`, …; numbers are never used again, so number and offset name a line for ever.
"""

import contextlib
import os
import time

FILE_BYTES = 10 * 1024 * 1024
FILES = 5
STDOUT, STDERR, PLATFORM = b"o", b"e", b"p"
PREFIX_LENGTH = len("2031-05-04T03:02:01.123456Z o ")


def numbers(folder: str) -> list[int]:
    """Return the numbers of the files that are kept, oldest first."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name[:-4]) for name in names if name.endswith(".log") and name[:-4].isdigit())


def path(folder: str, number: int) -> str:
    """Return where the file of this number lies."""
    return os.path.join(folder, f"{number:08d}.log")


class RotatedLog:
    """Writes the files. A disk that is full costs lines, counted and told, never the instance."""

    def __init__(self, folder: str, *, file_bytes: int = FILE_BYTES, files: int = FILES) -> None:
        self._folder = folder
        self._file_bytes = file_bytes
        self._files = files
        self._number = (numbers(folder) or [0])[-1]
        self._file = -1
        self._size = 0
        self._newest = 0.0
        self._lost = 0

    def write(self, stream: bytes, lines: list[bytes]) -> None:
        """Append lines that were written now."""
        if not lines:
            return
        prefix = self._prefix(stream)
        text = b"".join([prefix + line + b"\n" for line in lines])
        try:
            self._open()
            if self._lost:
                words = f"{self._lost} lines were lost: the log could not be written"
                self._append(self._prefix(PLATFORM) + words.encode() + b"\n")
                self._lost = 0
            self._append(text)
        except OSError:
            self._lost += len(lines)
            self._mend()

    def say(self, words: str) -> None:
        """Append a line of the platform's own."""
        self.write(PLATFORM, [words.encode(errors="replace")])

    def _prefix(self, stream: bytes) -> bytes:
        self._newest = max(self._newest, time.time())  # a clock set back must not turn the order round
        second, fraction = divmod(int(self._newest * 1_000_000), 1_000_000)
        day = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return b"%s.%06dZ %s " % (day.encode(), fraction, stream)

    def _open(self) -> None:
        if self._file >= 0 and self._size < self._file_bytes:
            return
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        opened = os.open(path(self._folder, self._number + 1), flags, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._number, self._size = opened, self._number + 1, 0
        for number in numbers(self._folder)[: -self._files]:
            os.unlink(path(self._folder, number))

    def _append(self, text: bytes) -> None:
        left = memoryview(text)
        while left:
            left = left[os.write(self._file, left) :]
        self._size += len(text)

    def _mend(self) -> None:
        """Cut off a line that was written in part, so that the next one starts on its own."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
