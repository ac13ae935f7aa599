import time
from datetime import UTC, datetime

import pytest

from deploy_ui.enums import LogLevel
from deploy_ui.errors import Invalid
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.log_wanted import LONGEST_SEARCH, Wanted


def row(text: str, level: LogLevel = LogLevel.INFO) -> LogRow:
    return LogRow("", datetime(2031, 5, 4, tzinfo=UTC), "a", level, text, "stdout")


@pytest.mark.parametrize(
    ("search", "regex", "text", "fits"),
    [
        pytest.param("a.c", False, "xA.Cx", True, id="a piece in any case"),
        pytest.param("a.c", False, "abc", False, id="a piece is no pattern"),
        pytest.param("a.c", True, "xABCx", True, id="a pattern in any case"),
        pytest.param("^at \\d+$", True, "at 12", True, id="anchors"),
        pytest.param("^at \\d+$", True, "at 12 o'clock", False, id="anchors that do not fit"),
        pytest.param(
            "\u043e\u0448\u0438\u0431\u043a\u0430|\u0441\u0442\u0440\u0430\u0443\u0441",
            True,
            "\u0421\u0422\u0420\u0410\u0423\u0421",
            True,
            id="Russian",
        ),
        pytest.param("red text", False, "\x1b[31mred\x1b[0m text", True, id="past colours"),
        pytest.param("^red text$", True, "\x1b[31mred\x1b[0m text", True, id="a pattern past colours"),
    ],
)
def test_lines_are_found_by_text_or_pattern(search: str, *, regex: bool, text: str, fits: bool) -> None:
    assert Wanted(search=search, regex=regex).fits()(row(text)) is fits


@pytest.mark.parametrize("pattern", ["(", "a{1000}{1000}", r"(a)\1", "(?=a)", "(?<!a)b", "[z-a]", "\ud800"])
def test_a_pattern_that_cannot_be_used_is_told(pattern: str) -> None:
    with pytest.raises(Invalid, match="log_pattern_invalid") as refused:
        Wanted(search=pattern, regex=True).fits()
    assert refused.value.facts["problem"]


def test_a_pattern_that_is_too_long_is_told() -> None:
    with pytest.raises(Invalid, match="log_search_too_long"):
        Wanted(search="x" * (LONGEST_SEARCH + 1), regex=True).fits()


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*b$", "(x+x+)+y"])
def test_a_pattern_that_hangs_others_takes_no_time(pattern: str) -> None:
    fits = Wanted(search=pattern, regex=True).fits()
    began = time.perf_counter()
    fits(row("a" * 50_000 + "!"))
    assert time.perf_counter() - began < 1


def test_a_level_means_this_one_and_worse() -> None:
    fits = Wanted(level=LogLevel.WARNING).fits()
    assert [fits(row("x", level)) for level in LogLevel] == [False, False, True, True]
