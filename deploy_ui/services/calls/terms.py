"""What callers ask for in headers: how long, how often, how urgent, and where to tell how it ended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deploy_ui.enums import CallPriority
from deploy_ui.errors import Invalid

REQUEST_TIMEOUT, HEALTH_TIMEOUT, LIVE_TIMEOUT = "x-request-timeout", "x-health-timeout", "x-full-live-timeout"
MOST_ATTEMPTS, PRIORITY, CALLBACK, IDEMPOTENCY = "x-max-attempts", "x-priority", "x-callback-url", "idempotency-key"
NAMES = frozenset(
    {REQUEST_TIMEOUT, HEALTH_TIMEOUT, LIVE_TIMEOUT, MOST_ATTEMPTS, PRIORITY, CALLBACK, IDEMPOTENCY, "x-async-request"}
)
"""Headers that are for us and not for the model, in lower case."""
DAY_S = 86_400
WEEK_S = 7 * DAY_S
HIGHEST_ATTEMPTS = 100
SECONDS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?")
WHOLE = re.compile(r"[0-9]{1,4}")
TOKEN = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class Terms:
    """On which terms a call is made."""

    request_timeout_s: float = 300.0
    health_timeout_s: float = 120.0
    live_timeout_s: float | None = None
    max_attempts: int = 5
    priority: CallPriority = CallPriority.NORMAL
    idempotency_key: str | None = None
    callback_url: str = ""
    """As it was given: hostile, and not looked at yet."""


def read(headers: Mapping[str, str]) -> Terms:
    """Return the terms; `headers` has lower-case names, values of a repeated header joined by commas.

    Raises Invalid("call_header_wrong") that names the header.
    """
    return Terms(
        request_timeout_s=_seconds(headers, REQUEST_TIMEOUT, DAY_S) or Terms.request_timeout_s,
        health_timeout_s=_seconds(headers, HEALTH_TIMEOUT, DAY_S) or Terms.health_timeout_s,
        live_timeout_s=_seconds(headers, LIVE_TIMEOUT, WEEK_S),
        max_attempts=_attempts(headers),
        priority=_priority(headers),
        idempotency_key=_idempotency_key(headers),
        callback_url=_callback_url(headers),
    )


def _seconds(headers: Mapping[str, str], name: str, most: int) -> float | None:
    """Return a number of seconds above zero, or None where the header is not there."""
    given = headers.get(name)
    if given is None:
        return None
    value = float(given) if SECONDS.fullmatch(given) else 0.0
    if not 0 < value <= most:
        raise _wrong(name, f"a number of seconds above 0 and up to {most}, such as 30 or 0.5")
    return value


def _attempts(headers: Mapping[str, str]) -> int:
    given = headers.get(MOST_ATTEMPTS)
    if given is None:
        return Terms.max_attempts
    value = int(given) if WHOLE.fullmatch(given) else 0
    if not 1 <= value <= HIGHEST_ATTEMPTS:
        raise _wrong(MOST_ATTEMPTS, f"a whole number from 1 to {HIGHEST_ATTEMPTS}")
    return value


def _priority(headers: Mapping[str, str]) -> CallPriority:
    given = headers.get(PRIORITY, CallPriority.NORMAL).lower()
    if given not in set(CallPriority):
        raise _wrong(PRIORITY, ", ".join(CallPriority))
    return CallPriority(given)


def _idempotency_key(headers: Mapping[str, str]) -> str | None:
    given = headers.get(IDEMPOTENCY)
    if given is not None and not TOKEN.fullmatch(given):
        raise _wrong(IDEMPOTENCY, "1 to 200 visible ASCII characters")
    return given


def _callback_url(headers: Mapping[str, str]) -> str:
    given = headers.get(CALLBACK)
    if given == "":
        raise _wrong(CALLBACK, "an http or https address")
    return given or ""


def _wrong(name: str, expected: str) -> Invalid:
    shown = "-".join(part.capitalize() for part in name.split("-"))
    return Invalid("call_header_wrong", field=shown, header=shown, expected=expected)
