"""What people upload and models answer, sent as files. It is hostile: a browser keeps it and never shows it."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from fastapi.responses import StreamingResponse

BYTES = "application/octet-stream"
KEPT: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
    "cache-control": "no-store",
}


def attachment(
    pieces: Iterable[bytes], name: str, *, media_type: str = BYTES, size: int | None = None
) -> StreamingResponse:
    """Send a file piece by piece under this name."""
    length = {} if size is None else {"content-length": str(size)}
    named = {"content-disposition": f"attachment; {_filename(name)}"}
    return StreamingResponse(pieces, media_type=media_type, headers={**KEPT, **named, **length})


def _filename(name: str) -> str:
    """Return the name as RFC 6266 wants it: plain where every client reads it, else spelled out beside it."""
    plain = "".join(each if each.isascii() and each.isprintable() and each not in '"\\%' else "_" for each in name)
    return f'filename="{plain}"' if plain == name else f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
