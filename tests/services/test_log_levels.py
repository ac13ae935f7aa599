from datetime import UTC, datetime

import pytest

from deploy_ui.enums import LogLevel
from deploy_ui.runtimes.base import LogLine
from deploy_ui.services.log_levels import level, leveled

DEBUG, INFO, WARNING, ERROR = LogLevel


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INFO:     Started server process [1]", INFO),
        ("2031-05-04 03:02:01,123 - root - WARNING - low memory", WARNING),
        ("[2031-05-04] [ERROR] boom", ERROR),
        ("CRITICAL:root:gone", ERROR),
        ("03:02:01 | DEBUG    | loaded", DEBUG),
        ('{"level": "error", "msg": "boom"}', ERROR),
        ("time=1 level=warn msg=slow", WARNING),
        ("E0504 03:02:01.123456 1 server.cc:10] boom", ERROR),
        ("I0504 03:02:01.123456 1 server.cc:10] fine", INFO),
        ("Traceback (most recent call last):", ERROR),
        ('  File "serving.py", line 3, in load', ERROR),
        ("ValueError: no weights", ERROR),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory", ERROR),
        ("/a/b.py:3: FutureWarning: old", WARNING),
        ("UserWarning: look", WARNING),
        ("predicted 3 rows", INFO),
        ("no error at all", INFO),
        ("ERRORS found: 0", INFO),
        ("the ERROR_RATE is low", INFO),
        ("", INFO),
    ],
)
def test_level_is_seen_in_the_text(text: str, expected: LogLevel) -> None:
    assert level(text) is expected


def line(text: str, *, stream: str = "stderr", instance: str = "a") -> LogLine:
    return LogLine(cursor="", at=datetime(2031, 5, 4, tzinfo=UTC), instance=instance, text=text, stream=stream)


def test_a_traceback_is_an_error_down_to_its_exception() -> None:
    lines = [
        line("Traceback (most recent call last):"),
        line('  File "serving.py", line 3, in load'),
        line("of another instance", instance="b"),
        line("    raise Oops"),
        line("serving.Oops"),
        line("going on"),
    ]
    assert [found for _, found in leveled(lines)] == [ERROR, ERROR, INFO, ERROR, ERROR, INFO]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("started on port 20000", INFO),
        ("ended (stopped, exit code 0)", INFO),
        ("ended (exited, exit code 0)", WARNING),
        ("ended (crashed, exit code 1): ValueError: x", ERROR),
        ("ended (out of memory, exit code 137): used 2 MB of 1 MB", ERROR),
        ("killed: did not end within 30 s", ERROR),
    ],
)
def test_what_the_platform_says_has_its_own_levels(text: str, expected: LogLevel) -> None:
    assert [found for _, found in leveled([line(text, stream="platform")])] == [expected]


def test_stderr_is_no_sign_by_itself() -> None:
    assert [found for _, found in leveled([line("loading weights")])] == [INFO]
