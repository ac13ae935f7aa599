"""A test request whose answer is waited for as a whole, for the page that shows it at once."""

import json
from dataclasses import dataclass

import httpx

from deploy_ui.errors import Unavailable
from deploy_ui.services.trials import sending
from deploy_ui.services.trials.request import Header, Trial
from deploy_ui.services.trials.sending import Broken, Data, End, Head
from deploy_ui.services.viewer import Viewer

MOST_ANSWER = 1024 * 1024
"""Bytes of an answer that are shown; the rest is not read."""
LONGEST_BINARY_PROBE = 1024


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    phrase: str
    duration_ms: int
    headers: list[Header]
    body: str
    """Pretty JSON, text, or empty when `binary`."""
    size: int
    binary: bool
    json: bool
    truncated: bool
    request_id: str
    instance: str
    call_id: str


async def send(viewer: Viewer, slug: str, trial: Trial, *, transport: httpx.AsyncBaseTransport | None = None) -> Answer:
    """Send the request and return the answer. Raises Unavailable when there is none."""
    head, body, end = Head(0, "", [], "", "", "", "utf-8", 0), bytearray(), None
    async for event in (await sending.begin(viewer, slug, trial, {})).events(transport=transport):
        match event:
            case Head():
                head = event
            case Data():
                body += event.piece
            case End():
                end = event
            case Broken():
                raise event.error
    if end is None:
        raise Unavailable("gateway_unreachable", kind="")
    return _answer(head, bytes(body[:MOST_ANSWER]), end, truncated=end.truncated or len(body) > MOST_ANSWER)


def _answer(head: Head, body: bytes, end: End, *, truncated: bool) -> Answer:
    binary = b"\0" in body[:LONGEST_BINARY_PROBE] or head.content_type.startswith(("image/", "audio/", "video/"))
    text = "" if binary else body.decode(head.charset, errors="replace")
    pretty = _pretty(text) if "json" in head.content_type and not truncated else None
    return Answer(
        status=head.status,
        phrase=head.phrase,
        duration_ms=end.duration_ms,
        headers=head.headers,
        body=text if pretty is None else pretty,
        size=len(body),
        binary=binary,
        json=pretty is not None,
        truncated=truncated,
        request_id=head.request_id,
        instance=head.instance,
        call_id=end.call_id,
    )


def _pretty(text: str) -> str | None:
    try:
        value = json.loads(text)
        pretty = json.dumps(value, indent=2, ensure_ascii=False)
        pretty.encode()
    except (ValueError, RecursionError):
        return None
    return pretty
