"""Undoes the compression of an answer in small steps, so that none of them can grow into all the memory there is."""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 64 * 1024
"""Bytes that one step gives at most (brotli rounds up a little)."""
MOST_CODINGS = 4
GZIP, RAW = 31, -15  # what zlib calls a gzip header, and none at all
SMALLEST_ZLIB_HEAD = 2
GZIP_MAGIC = b"\x1f\x8b"


class Undecodable(Exception):
    """The answer is not compressed as its header says."""


class Decoder(Protocol):
    """Undoes one coding."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next bytes become, piece by piece. Raises Undecodable."""


class _Zlib:
    """Gzip, one member behind the other, and deflate with or without its head, which servers disagree on."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inner = zlib.decompressobj(window)
        self._deflate = window == zlib.MAX_WBITS
        self._begun = b""
        self._behind = b""

    def decode(self, data: bytes) -> Iterator[bytes]:
        data, full = self._with_window(data) if self._deflate else data, False
        while data or full:
            if self._inner.eof and not (data := self._next_member(data)):
                return
            try:
                piece = self._inner.decompress(data, STEP)
            except zlib.error as error:
                raise Undecodable(str(error)) from error
            full = len(piece) == STEP  # there may be more, though all input is taken
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if piece:
                yield piece

    def _next_member(self, data: bytes) -> bytes:
        """Return what the next member begins with; nothing while it is not known, or when what follows is padding."""
        self._behind += data
        if self._window != GZIP or not self._behind.startswith(GZIP_MAGIC):
            self._behind = self._behind[: len(GZIP_MAGIC)]
            return b""
        begun, self._behind = self._behind, b""
        self._inner = zlib.decompressobj(self._window)
        return begun

    def _with_window(self, data: bytes) -> bytes:
        """Hold the first two bytes back until they tell which deflate it is."""
        self._begun += data
        if len(self._begun) < SMALLEST_ZLIB_HEAD:
            return b""
        first, second = self._begun[0], self._begun[1]
        if first & 0x0F != zlib.DEFLATED or (first * 256 + second) % 31:
            self._window, self._inner = RAW, zlib.decompressobj(RAW)
        self._deflate = False
        return self._begun


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._inner.is_finished():
                piece = self._inner.process(data, output_buffer_limit=STEP)
                data = b""  # it is taken, though output may be due: only an empty piece says that none is
                if not piece:
                    return
                yield piece
        except brotli.error as error:
            raise Undecodable(str(error)) from error


class _Zstd:
    """Zstandard, one frame behind the other."""

    def __init__(self) -> None:
        self._inner = zstd.ZstdDecompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        try:
            while data or not (self._inner.eof or self._inner.needs_input):
                if self._inner.eof:
                    self._inner = zstd.ZstdDecompressor()
                piece = self._inner.decompress(data, STEP)
                data = self._inner.unused_data if self._inner.eof else b""
                if piece:
                    yield piece
        except zstd.ZstdError as error:
            raise Undecodable(str(error)) from error


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib(GZIP),
    "x-gzip": lambda: _Zlib(GZIP),
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstd,
}


class Plain:
    """An answer as it was before it was compressed. A coding that is not known leaves it as it is."""

    def __init__(self, content_encoding: str) -> None:
        names = [each.strip().lower() for each in content_encoding.split(",")]
        names = [each for each in names if each not in {"", "identity"}]
        known = len(names) <= MOST_CODINGS and all(each in DECODERS for each in names)
        self._decoders: list[Decoder] = [DECODERS[each]() for each in reversed(names)] if known else []

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next bytes of the body become, in pieces of bounded size."""
        return self._through(data, self._decoders)

    def _through(self, data: bytes, decoders: list[Decoder]) -> Iterator[bytes]:
        if not decoders:
            yield data
            return
        first, *others = decoders
        for piece in first.decode(data):
            yield from self._through(piece, others)
