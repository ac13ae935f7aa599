"""Answers to calls as files. They are the model's, so hostile: a browser keeps them and never shows them."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping

from fastapi.responses import StreamingResponse

from deploy_ui.api.attachments import attachment
from deploy_ui.services.calls import answers
from deploy_ui.services.calls.results import Result

MOST_TEXT = 1 << 20
"""Bytes that are looked at as text, or unpacked; more goes through in pieces."""
MOST_UNPACKED = 16 << 20
JSON = "application/json"
UNPACKED: Mapping[str, int] = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""What we unpack, and how zlib is told."""
ALPHABETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1251", "windows-1252", "koi8-r", "utf-16"}
"""Those that take no more than a moment to read: the model names one, and Python knows some that take minutes."""


def raw(call_id: str, found: Result) -> StreamingResponse:
    """Return the body as it came."""
    return attachment(found.pieces, f"{call_id}.bin", size=found.size)


def readable(call_id: str, found: Result) -> StreamingResponse:
    """Return a JSON answer as it is, and any other in an envelope of JSON."""
    name = f"{call_id}.json"
    if answers.is_json(_headers(found)):
        return attachment(found.pieces, name, media_type=JSON, size=found.size)
    return attachment(envelope(found), name, media_type=JSON)


def envelope(found: Result) -> Iterator[bytes]:
    """Yield `{"status", "headers", "encoding", "body"}`; a long body in pieces, so that it is never whole in memory."""
    headers = _headers(found)
    if found.size > MOST_TEXT:
        yield from _enveloped(found.status, headers, "base64", _base64(found.pieces))
        return
    body = b"".join(found.pieces)
    unpacked = _unpacked(body, answers.encoding(headers))
    if unpacked is not None:
        body, headers = unpacked, [each for each in headers if each[0].lower() != "content-encoding"]
    text = None if answers.encoding(headers) else _text(body, answers.content_type(headers))
    if text is None:
        yield from _enveloped(found.status, headers, "base64", _base64([body]))
    else:
        yield from _enveloped(found.status, headers, "text", [json.dumps(text)[1:-1].encode()])


def _headers(found: Result) -> list[tuple[str, str]]:
    return [*([("content-type", found.content_type)] if found.content_type else []), *found.headers]


def _enveloped(status: int, headers: list[tuple[str, str]], encoding: str, body: Iterable[bytes]) -> Iterator[bytes]:
    head = json.dumps({"status": status, "headers": headers, "encoding": encoding})
    yield f'{head[:-1]}, "body": "'.encode()
    yield from body
    yield b'"}\n'


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Encode in pieces: three bytes make four letters, so what is left of a piece waits for the next."""
    left = b""
    for piece in pieces:
        ready = left + piece
        whole = len(ready) - len(ready) % 3
        left = ready[whole:]
        yield base64.b64encode(ready[:whole])
    yield base64.b64encode(left)


def _unpacked(body: bytes, encoding: str) -> bytes | None:
    """Return the body unpacked; None for one that is not packed, not whole, or grows beyond all measure."""
    if encoding not in UNPACKED:
        return None
    unpacker = zlib.decompressobj(UNPACKED[encoding])
    try:
        unpacked = unpacker.decompress(body, MOST_UNPACKED)
    except zlib.error:
        return None
    return unpacked if unpacker.eof and not unpacker.unused_data else None


def _text(body: bytes, content_type: str) -> str | None:
    """Return the body as text if it is some, by its own word on the alphabet, else as UTF-8; None for anything else."""
    alphabet = answers.charset(content_type) or "utf-8"
    try:
        return body.decode(alphabet) if alphabet in ALPHABETS else None
    except ValueError:
        return None
