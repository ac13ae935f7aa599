"""Cuts what a program writes into lines that are safe to keep and to show."""

LONGEST = 8192
"""Bytes of one line; longer ones are split."""
NUL = b"\0"
REPLACEMENT = "\ufffd".encode()
CONTINUATION = 0x80
CONTINUATION_MASK = 0xC0


class LineCutter:
    """Turns one stream's chunks into lines without their breaks.

    A progress bar redraws its line with carriage returns: only what such a line shows last is kept, but `redrawn`
    gives what an unfinished one shows now, for whoever asks from time to time.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._bar = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take what was read and return the lines that are complete."""
        if NUL in chunk:
            chunk = chunk.replace(NUL, REPLACEMENT)
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if b"\r" in chunk or self._bar:
            lines = [_shown(line) for line in lines]
            self._bar = b"\r" in self._rest
            if self._bar:
                self._rest = _collapsed(self._rest)
        if len(self._rest) > LONGEST:
            *whole, self._rest = _pieces(self._rest)
            lines += whole
        if lines and max(map(len, lines)) > LONGEST:
            lines = [piece for line in lines for piece in _pieces(line)]
        return lines

    def redrawn(self) -> list[bytes]:
        """Return what an unfinished progress bar shows, once for every change."""
        if not self._bar:
            return []
        shown, self._rest, self._bar = _shown(self._rest), b"", False
        return [shown] if shown else []

    def end(self) -> list[bytes]:
        """Return the last line if it has no break."""
        shown, self._rest = _shown(self._rest), b""
        return _pieces(shown) if shown else []


def _shown(line: bytes) -> bytes:
    """Return what a terminal would show: what stands behind the last carriage return that has something behind it."""
    return line.rstrip(b"\r").rpartition(b"\r")[2] if b"\r" in line else line


def _collapsed(line: bytes) -> bytes:
    """Drop what was overdrawn, and keep the mark that this is a bar."""
    shown = _shown(line)
    return shown + b"\r" if line.endswith(b"\r") else b"\r" + shown


def _pieces(line: bytes) -> list[bytes]:
    """Split a line into pieces of at most `LONGEST` bytes, never inside a UTF-8 character."""
    pieces = []
    while len(line) > LONGEST:
        cut = LONGEST
        while cut > LONGEST - 3 and line[cut] & CONTINUATION_MASK == CONTINUATION:
            cut -= 1
        pieces.append(line[:cut])
        line = line[cut:]
    return [*pieces, line]
