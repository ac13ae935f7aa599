"""Carries what the instance writes into its log, and remembers what to say of its end."""

import os
import time

from .child import Child
from .lines import LineCutter
from .rotated import STDERR, STDOUT, RotatedLog

READ_BYTES = 64 * 1024
REMEMBERED = 30
MESSAGE_LENGTH = 500
BAR_S = 1.0
ERROR_ENDINGS = ("Error", "Exception", "Interrupt", "Exit")


class Output:
    """Both streams of one child."""

    def __init__(self, child: Child, log: RotatedLog) -> None:
        self._log = log
        self._open = {child.stdout: STDOUT, child.stderr: STDERR}
        self._cutters = {child.stdout: LineCutter(), child.stderr: LineCutter()}
        self._errors: list[bytes] = []
        self._bars_at = 0.0

    @property
    def open(self) -> list[int]:
        """The streams that have not ended."""
        return list(self._open)

    def carry(self, file: int) -> bool:
        """Read once from a stream that has something; say whether it goes on."""
        try:
            chunk = os.read(file, READ_BYTES)
        except BlockingIOError:
            return True
        cutter, stream = self._cutters[file], self._open[file]
        self._keep(stream, cutter.feed(chunk) if chunk else cutter.end())
        if not chunk:
            del self._open[file]
            os.close(file)
        return bool(chunk)

    def show_bars(self) -> None:
        """Write down what progress bars show now, once a second."""
        now = time.monotonic()
        if now - self._bars_at < BAR_S:
            return
        self._bars_at = now
        for file, stream in self._open.items():
            self._keep(stream, self._cutters[file].redrawn())

    def flush(self) -> None:
        """Write down what is left of streams that somebody still holds open."""
        for file, stream in self._open.items():
            self._keep(stream, self._cutters[file].end())

    def last_words(self) -> str:
        """Return the newest line on stderr that names an exception, else the newest that says anything."""
        said = [line.decode(errors="replace").strip() for line in self._errors]
        said = [line for line in said if line]
        telling = [line for line in said if line.split(":", 1)[0].split(" ", 1)[0].endswith(ERROR_ENDINGS)]
        return (telling or said or [""])[-1][:MESSAGE_LENGTH]

    def _keep(self, stream: bytes, lines: list[bytes]) -> None:
        self._log.write(stream, lines)
        if stream == STDERR and lines:
            self._errors = [*self._errors, *lines[-REMEMBERED:]][-REMEMBERED:]
