import pytest

from deploy_ui.controller.words import clip, exception, last_words
from deploy_ui.runtimes.base import LogLine
from tests.controller.tables import NOW


def said(*texts: str, stream: str = "stderr") -> list[LogLine]:
    return [LogLine(f"{number:03}", NOW, "abc", text, stream) for number, text in enumerate(texts)]


TRACEBACK = said(
    "INFO: starting",
    "Traceback (most recent call last):",
    '  File "serving.py", line 3, in load',
    "    raise KeyError(1)",
    "KeyError: 1",
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    "Traceback (most recent call last):",
    '  File "serving.py", line 5, in load',
    "    raise ValueError('no weights') from None",
    "ValueError: no weights",
    "ERROR: Application startup failed. Exiting.",
)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], "", id="nothing said"),
        pytest.param(TRACEBACK, "ValueError: no weights", id="the newest exception"),
        pytest.param(said("first", "last", ""), "last", id="the last line that is not empty"),
        pytest.param([*said("oops"), *said("hello", stream="stdout")], "oops", id="stderr before stdout"),
        pytest.param(said("hello", stream="stdout"), "hello", id="stdout when there is nothing else"),
        pytest.param([*said("oops"), *said("ended", stream="platform")], "oops", id="never our own words"),
        pytest.param(said("Traceback (most recent call last):"), "Traceback (most recent call last):", id="cut short"),
    ],
)
def test_last_words(lines: list[LogLine], expected: str) -> None:
    assert last_words(lines) == expected


def test_an_indented_traceback_is_read_too() -> None:
    lines = said("  Traceback (most recent call last):", "    File x", "  OSError: gone")
    assert exception(lines) == "OSError: gone"


def test_control_characters_and_colours_are_left_out() -> None:
    assert clip("\x1b[31mred\x1b[0m\x00 alert\r") == "red alert"


def test_it_is_not_longer_than_a_message_may_be() -> None:
    assert len(clip("x" * 10_000)) == 500
