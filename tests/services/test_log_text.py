import time

import pytest

from deploy_ui.services.log_text import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "plain \u041f\u0440\u0438\u0432\u0435\u0442 🔑\tx",
            "plain \u041f\u0440\u0438\u0432\u0435\u0442 🔑\tx",
            id="text stays",
        ),
        pytest.param("\x1b[1;31mred\x1b[0m text", "red text", id="colour"),
        pytest.param("\x1b[38;2;1;2;3mx\x1b[m", "x", id="true colour"),
        pytest.param("a\x1b[2J\x1b[Hb", "ab", id="clear the screen"),
        pytest.param("a\x1b]0;evil title\x07b", "ab", id="title"),
        pytest.param("\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\", "here", id="link"),
        pytest.param("a\x1b[6nb\x1bcd", "abd", id="question and reset"),
        pytest.param("a\x1b[31", "a", id="cut off"),
        pytest.param("a\0b\x08c\x7fd\x9be\x85f\u2028g\rh", "abcdefgh", id="control characters"),
        pytest.param("\ufffd", "\ufffd", id="what could not be read"),
    ],
)
def test_only_what_is_to_be_read_is_left(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize("bomb", ["\x1b[" + "1;" * 500_000, "\x1b[" * 500_000, "\x1b]" * 500_000, "\x1b" * 1_000_000])
def test_a_bomb_of_sequences_takes_no_time(bomb: str) -> None:
    began = time.perf_counter()
    plain(bomb)
    assert time.perf_counter() - began < 3
