"""Compressed answers: every coding, in pieces of any size, and bombs."""

import gzip
import itertools
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest

from deploy_ui.services.trials.decoding import MOST_CODINGS, STEP, Plain, Undecodable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(b"line %d of an answer\n" % number for number in range(20_000))
MB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip in large letters": (" X-GZIP ", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its head": ("deflate", raw_deflate),
    "br": ("br", lambda data: brotli.compress(data, quality=4)),
    "zstd": ("zstd", zstd.compress),
    "two": ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    "none": ("", bytes),
    "identity": ("identity", bytes),
    "unknown": ("compress", bytes),
    "unknown beside a known one": ("gzip, rot13", bytes),
    "more than anybody needs": (", ".join(["gzip"] * (MOST_CODINGS + 1)), bytes),
}
coding = pytest.mark.parametrize(("name", "packed"), CODINGS.values(), ids=CODINGS)


def plain(name: str, data: bytes, step: int) -> Iterator[bytes]:
    """Decode data that comes in pieces of one size."""
    decoder = Plain(name)
    for at in range(0, len(data), step):
        yield from decoder.decode(data[at : at + step])


@coding
@pytest.mark.parametrize("step", [1, 7, 1000, MB])
def test_an_answer_comes_out_as_it_was(name: str, packed: Callable[[bytes], bytes], step: int) -> None:
    text = TEXT[: 20_000 * step]
    assert b"".join(plain(name, packed(text), step)) == text


@coding
def test_an_empty_answer_stays_empty(name: str, packed: Callable[[bytes], bytes]) -> None:
    assert b"".join(plain(name, packed(b""), 1)) == b""
    assert b"".join(plain(name, b"", 1)) == b""


@pytest.mark.parametrize(("name", "packed"), [CODINGS["gzip"], CODINGS["zstd"]], ids=["gzip", "zstd"])
def test_members_one_behind_the_other_are_one_answer(name: str, packed: Callable[[bytes], bytes]) -> None:
    data = packed(b"one ") + packed(b"") + packed(b"two")
    for step in (1, MB):
        assert b"".join(plain(name, data, step)) == b"one two"


@pytest.mark.parametrize("name", ["gzip", "deflate"])
@pytest.mark.parametrize("step", [1, MB])
def test_what_is_padded_behind_the_end_is_left_out(name: str, step: int) -> None:
    coded, packed = CODINGS[name]
    assert b"".join(plain(coded, packed(b"one") + b"\0\x1f\x8b" * 100, step)) == b"one"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize("data", [b"\xff" * 100, b"<html>not compressed</html>"], ids=["bytes", "text"])
def test_what_is_not_compressed_as_it_says_is_said(name: str, data: bytes) -> None:
    with pytest.raises(Undecodable):
        list(plain(name, data, MB))


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "two"])
def test_a_bomb_comes_in_small_pieces(name: str) -> None:
    coded, packed = CODINGS[name]
    bomb = packed(bytes(256 * MB))
    tracemalloc.start()
    try:
        taken = list(map(len, itertools.islice(plain(coded, bomb, MB), 1000)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(taken) >= 1000 * STEP // 2
    assert max(taken) <= 4 * STEP
    assert peak < 8 * MB
