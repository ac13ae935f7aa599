"""One test request from the console, through the gateway to one deployment, and the same request as cURL.

The address is never the person's: only the method, the path behind the slug, the headers and the body are. So the
console cannot be made to call anything else, and what a deployment answers is data here, never a page.
"""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import httpx

from deploy_ui.enums import Role
from deploy_ui.errors import Invalid, TooLarge, Unavailable
from deploy_ui.services import deployments, keys
from deploy_ui.services.calls.names import CALL_ID
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
MOST_BODY = 4 * 1024 * 1024
MOST_ANSWER = 1024 * 1024
"""Bytes of an answer that are shown; the rest is counted."""
MOST_HEADERS = 50
OVERTIME_S = 5
"""How much longer than the gateway the console waits, so that the gateway's own 504 arrives."""
LONGEST_BINARY_PROBE = 1024
LONGEST_KEY = 20

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: token
HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")  # RFC 9110, 5.5: beyond ASCII, programs disagree on the encoding
HOP_BY_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "te", "transfer-encoding", "upgrade"})
KEY_HEADERS = frozenset({"x-api-key", "authorization"})


@dataclass(frozen=True)
class Header:
    """One header line."""

    name: str
    value: str


ASYNCHRONOUS = Header("X-Async-Request", "true")
"""What makes a request an asynchronous call."""


@dataclass(frozen=True)
class Trial:
    """What a person wants to send."""

    method: str = "POST"
    path: str = "/predict"
    """Behind the slug, with the query; begins with a slash."""
    headers: list[Header] = field(default_factory=list)
    body: str = ""

    @property
    def asynchronous(self) -> bool:
        """Whether its headers ask for an asynchronous call."""
        return any(_is_asynchronous(each) and each.value.lower() == ASYNCHRONOUS.value for each in self.headers)

    @property
    def other_headers(self) -> list[Header]:
        """Its headers without those that ask for an asynchronous call."""
        return [each for each in self.headers if not _is_asynchronous(each)]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    phrase: str
    duration_ms: int
    """From sending to the last byte that was read."""
    headers: list[Header]
    body: str
    """Pretty JSON, text, or empty when `binary`."""
    size: int
    """Bytes that were read of the body."""
    binary: bool
    json: bool
    truncated: bool
    """There was more than `MOST_ANSWER` bytes."""
    request_id: str
    instance: str
    """The one that answered; empty when the gateway did, or the instance does not say."""
    call_id: str
    """The asynchronous call that was accepted by this; empty for any other answer."""


async def send(viewer: Viewer, slug: str, trial: Trial, *, transport: httpx.AsyncBaseTransport | None = None) -> Answer:
    """Send the request with a key of the console's own, unless the headers bring one.

    Raises Invalid and TooLarge for what cannot be sent, Unavailable("gateway_unreachable") when the gateway does not
    answer. Every answer of the gateway or the instance, 5xx too, is an Answer.
    """
    request = await asyncio.to_thread(_request, viewer, slug, trial)
    began = time.monotonic()
    try:
        async with httpx.AsyncClient(transport=transport, follow_redirects=False) as client:
            response = await client.send(request, stream=True)
            body, truncated = await _read(response)
            await response.aclose()
    except httpx.HTTPError as error:
        raise Unavailable("gateway_unreachable", kind=type(error).__name__) from error
    answer = _answer(response, body, truncated=truncated, duration_ms=round((time.monotonic() - began) * 1000))
    return replace(answer, call_id=_call_id(answer.status, body)) if trial.asynchronous else answer


def curl(viewer: Viewer, slug: str, trial: Trial) -> str:
    """Return the request as a command for a POSIX shell, with a console key that opens for five minutes."""
    check(trial)
    return _command(slug, trial, _headers(viewer, slug, trial))


def curl_with(secret: str, slug: str, trial: Trial) -> str:
    """Return the request as a command for a POSIX shell, with this key."""
    return _command(slug, trial, [("X-API-Key", secret), *_given(trial)])


def check(trial: Trial) -> None:
    """Raise Invalid or TooLarge if the request cannot be sent; `field` names what to mend."""
    if trial.method not in METHODS:
        raise Invalid("trial_method", field="method", method=trial.method[:20])
    if not trial.path.startswith("/") or not trial.path.isascii() or not trial.path.isprintable() or " " in trial.path:
        raise Invalid("trial_path", field="path")
    if len(trial.headers) > MOST_HEADERS:
        raise Invalid("trial_headers_many", field="headers", most=MOST_HEADERS)
    for header in trial.headers:
        _check_header(header)
    if _size(trial.body) > MOST_BODY:
        raise TooLarge("trial_body_large", limit_mb=MOST_BODY // 1024 // 1024)
    if trial.body and "json" in _content_type(trial):
        check_json(trial.body)


def check_json(body: str) -> None:
    """Raise Invalid naming the place where a text is no JSON."""
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        raise Invalid("body_not_json", field="body", line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of thousands of digits
        raise Invalid("body_not_json", field="body", line=1, column=1) from error


def _size(body: str) -> int:
    try:
        return len(body.encode())
    except UnicodeEncodeError as error:
        raise Invalid("text_broken", field="body") from error


def _command(slug: str, trial: Trial, headers: list[tuple[str, str]]) -> str:
    method = ["--head"] if trial.method == "HEAD" else ["-X", trial.method]
    lines = [["curl", *method, *_literal(trial.path), _quoted(f"{settings().gateway}/{slug}{trial.path}")]]
    for name, value in headers:
        lines.append(["-H", _quoted(f"{name}: {value}" if value else f"{name};")])
    if trial.body:
        lines += [] if _content_type(trial) else [["-H", _quoted("Content-Type:")]]  # curl would add one of its own
        lines.append(["--data-raw", _quoted(trial.body)])
    return " \\\n  ".join(" ".join(line) for line in lines)


def _check_header(header: Header) -> None:
    if not HEADER_NAME.fullmatch(header.name):
        raise Invalid("header_name", field="headers", name=header.name[:60])
    if header.name.lower() in HOP_BY_HOP:
        raise Invalid("header_ours", field="headers", name=header.name)
    if not HEADER_VALUE.fullmatch(header.value):
        raise Invalid("header_value", field="headers", name=header.name)


def _encodable(text: str) -> bool:
    """Say whether a text can be sent on: half of a character pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _content_type(trial: Trial) -> str:
    return next((each.value.lower() for each in trial.headers if each.name.lower() == "content-type"), "")


def _request(viewer: Viewer, slug: str, trial: Trial) -> httpx.Request:
    check(trial)
    card = deployments.card(viewer, slug)
    limit = httpx.Timeout(card.request_timeout_s + OVERTIME_S, connect=OVERTIME_S)
    try:
        return httpx.Request(
            trial.method,
            f"{settings().local_gateway}/{slug}{trial.path}",
            headers=_headers(viewer, slug, trial),
            content=trial.body.encode() or None,
            extensions={"timeout": limit.as_dict()},
        )
    except httpx.InvalidURL as error:
        raise Invalid("trial_path", field="path") from error


def _headers(viewer: Viewer, slug: str, trial: Trial) -> list[tuple[str, str]]:
    given = _given(trial)
    if any(name.lower() in KEY_HEADERS for name, _ in given):
        viewer.require(Role.EDITOR)
        return given
    return [*given, ("X-API-Key", keys.console_key(viewer, slug))]


def _given(trial: Trial) -> list[tuple[str, str]]:
    """Return the headers; the gateway would join two that ask for an asynchronous call to one that does not."""
    kept = [*trial.other_headers, ASYNCHRONOUS] if trial.asynchronous else trial.headers
    return [(each.name, each.value) for each in kept]


def _is_asynchronous(header: Header) -> bool:
    return header.name.lower() == ASYNCHRONOUS.name.lower()


async def _read(response: httpx.Response) -> tuple[bytes, bool]:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MOST_ANSWER:
            return bytes(body[:MOST_ANSWER]), True
    return bytes(body), False


def _answer(response: httpx.Response, body: bytes, *, truncated: bool, duration_ms: int) -> Answer:
    content_type = response.headers.get("content-type", "")
    binary = b"\0" in body[:LONGEST_BINARY_PROBE] or content_type.startswith(("image/", "audio/", "video/"))
    text = "" if binary else _text(body, response.charset_encoding or "utf-8")
    pretty = _pretty(text) if "json" in content_type and not truncated else None
    return Answer(
        status=response.status_code,
        phrase=response.reason_phrase,
        duration_ms=duration_ms,
        headers=[Header(name, value) for name, value in response.headers.multi_items()],
        body=text if pretty is None else pretty,
        size=len(body),
        binary=binary,
        json=pretty is not None,
        truncated=truncated,
        request_id=response.headers.get("x-request-id", ""),
        instance=response.headers.get("x-instance", "")[:LONGEST_KEY],
        call_id="",
    )


def _call_id(status: int, body: bytes) -> str:
    """Return the id of the call that was accepted, which the gateway answers and no model."""
    try:
        told = json.loads(body) if status == HTTPStatus.ACCEPTED else {}
    except (ValueError, RecursionError):
        return ""
    call_id = str(told.get("request_id", "")) if isinstance(told, dict) else ""
    return call_id if CALL_ID.fullmatch(call_id) else ""


def _text(body: bytes, charset: str) -> str:
    """Decode an answer; what its header says of the encoding may be nonsense."""
    try:
        return body.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return body.decode(errors="replace")


def _pretty(text: str) -> str | None:
    try:
        value = json.loads(text)
        pretty = json.dumps(value, indent=2, ensure_ascii=False)
        return pretty if _encodable(pretty) else json.dumps(value, indent=2)
    except (ValueError, RecursionError):
        return None


def _quoted(text: str) -> str:
    """Quote for a POSIX shell: inside single quotes nothing is special, history expansion neither."""
    return "'" + text.replace("'", "'\\''") + "'"


def _literal(path: str) -> list[str]:
    """Return the options without which curl would read brackets as ranges, or resolve dots before sending."""
    return [*(["--globoff"] if set("[]{}") & set(path) else []), *(["--path-as-is"] if "/." in path else [])]
