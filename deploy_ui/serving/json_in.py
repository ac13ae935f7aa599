"""Reads JSON strictly: every fault is told with its line and column, however the body tries to hurt."""

import json
import math
import re
from typing import Any

from .refusals import Refusal, bad_json

STRING = r'"(?:[^"\\]|\\.)*+"'
CONSTANT = re.compile(rf"{STRING}|(NaN|-?Infinity)", re.DOTALL)
NUMBER = re.compile(rf"{STRING}|(-?\d[-+.0-9eE]*)", re.DOTALL)
BIG_EXPONENT = re.compile(r"e\+?\d{3}"), re.compile(r"E\+?\d{3}")
"""Two patterns, because a single literal at the start lets `re` skip ahead fast."""
WINDOW = 150
"""A number of the 309 digits that a float cannot hold fills at least one aligned window of this many characters."""
LONGEST_INTEGER = 4300
"""Python's own limit on turning digits into an integer, kept because the time it takes grows with the square."""


class _Odd(ValueError):
    """A number that JSON or a float does not know."""

    def __init__(self, message: str, pattern: re.Pattern[str]) -> None:
        super().__init__(message)
        self.pattern = pattern


def read_json(body: bytes) -> Any:
    """Return what the body says, or raise `bad_json`. Of a name given twice the last value counts."""
    text = _text(body)
    if not text.strip():
        raise bad_json("The body is empty; JSON was expected", line=1, column=1)
    try:
        return (_CAREFUL if _may_overflow(text) else _FAST).decode(text)
    except json.JSONDecodeError as error:
        raise bad_json(error.msg, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise bad_json("The values are nested too deeply", line=1, column=1) from None
    except _Odd as error:
        raise _at_number(text, error) from None
    except ValueError:
        raise _at_number(text, _Odd("An integer has too many digits", NUMBER)) from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise bad_json("The body is not UTF-8 text", line=line, column=column) from None


def _may_overflow(text: str) -> bool:
    """Say whether a number may be too large for a float; the careful reading takes longer, so it needs a ground."""
    if any(pattern.search(text) for pattern in BIG_EXPONENT):
        return True
    return any(text[start : start + WINDOW].isdigit() for start in range(0, len(text), WINDOW))


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Odd("A number is too large", NUMBER)
    return value


def _no_constant(name: str) -> None:
    raise _Odd(f"{name} is not JSON; send null instead", CONSTANT)


def _at_number(text: str, error: _Odd) -> Refusal:
    """Find the first number, outside of strings, that the error speaks of."""
    for match in error.pattern.finditer(text):
        if match[1] and (error.pattern is CONSTANT or _too_large(match[1])):
            start = match.start()
            line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
            return bad_json(str(error), line=line, column=column)
    return bad_json(str(error), line=1, column=1)


def _too_large(number: str) -> bool:
    try:
        return len(number) > LONGEST_INTEGER if number.lstrip("-").isdigit() else math.isinf(float(number))
    except ValueError:
        return False


_FAST = json.JSONDecoder(parse_constant=_no_constant)
_CAREFUL = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
