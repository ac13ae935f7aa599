import pytest

from deploy_ui.runtimes.keeper.lines import LONGEST, LineCutter


def cut(*chunks: bytes) -> list[bytes]:
    cutter = LineCutter()
    return [line for chunk in chunks for line in cutter.feed(chunk)] + cutter.end()


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        pytest.param([b"a\nb\n"], [b"a", b"b"], id="whole lines"),
        pytest.param([b"a", b"b\nc"], [b"ab", b"c"], id="a line in two chunks"),
        pytest.param([b"\n\n"], [b"", b""], id="empty lines"),
        pytest.param([b"a\r\nb\r", b"\nc\r\n"], [b"a", b"b", b"c"], id="line breaks of Windows"),
        pytest.param([b"\r10%\r20%", b"\r30%\ndone\n"], [b"30%", b"done"], id="progress bar"),
        pytest.param([b"10%\r20%\r"], [b"20%"], id="progress bar that ends with a return"),
        pytest.param([b"a\0b\n"], ["a\ufffdb".encode()], id="nul"),
        pytest.param([b"\xff\xfe\n"], [b"\xff\xfe"], id="bytes that are no text stay"),
    ],
)
def test_chunks_become_lines(chunks: list[bytes], lines: list[bytes]) -> None:
    assert cut(*chunks) == lines


@pytest.mark.parametrize("chunk", [1, 1000, 100_000])
def test_long_lines_are_split_between_characters(chunk: int) -> None:
    text = ("a" + "\u0436🔑" * 20_000).encode()
    lines = cut(*(text[start : start + chunk] for start in range(0, len(text), chunk)))
    assert b"".join(lines) == text
    assert all(len(line) <= LONGEST for line in lines)
    assert all(line.decode() for line in lines)


def test_an_endless_progress_bar_takes_no_memory() -> None:
    cutter = LineCutter()
    for number in range(10_000):
        assert cutter.feed(b"\r%d%%" % number) == []
    assert len(cutter._rest) < 20


def test_an_unfinished_progress_bar_is_shown_once_for_every_change() -> None:
    cutter = LineCutter()
    cutter.feed(b"\r10%")
    assert (cutter.redrawn(), cutter.redrawn()) == ([b"10%"], [])
    cutter.feed(b"\r20%")
    assert cutter.redrawn() == [b"20%"]


def test_an_unfinished_plain_line_waits_for_its_end() -> None:
    cutter = LineCutter()
    cutter.feed(b"half")
    assert cutter.redrawn() == []
    assert cutter.feed(b" whole\n") == [b"half whole"]
