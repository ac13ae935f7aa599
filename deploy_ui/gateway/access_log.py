"""Reads what Envoy wrote about requests: which keys and deployments were used. Keeps the file small."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deploy_ui.gateway import admin, places
from deploy_ui.gateway.files import replace_if_changed
from deploy_ui.gateway.routes import KeyUse
from deploy_ui.settings import settings

LARGEST_BYTES = 64 << 20
"""A longer file is set aside, and the one before it dropped: two files are all that is ever kept."""
REFUSED = ("jwt_authn", "rbac_")
"""How Envoy's own reason starts when it did not let a request through."""


@dataclass(frozen=True)
class Uses:
    """The requests that were let through: with each key in each hour, and the newest to each deployment."""

    keys: list[KeyUse] = field(default_factory=list)
    slugs: dict[str, datetime] = field(default_factory=dict)


Seen = dict[tuple[str, str, str], tuple[str, int]]
"""By key, slug and hour: the newest time and how many."""
LENGTH_OF_HOUR = len("2026-11-25T20")


@dataclass(frozen=True)
class _Place:
    """How far the log was read: in which file, whatever its name is by now, and up to which byte."""

    inode: int = 0
    offset: int = 0


def read_uses() -> Uses:
    """Return what was used since the last read; the place is kept on disk. Only one process may read.

    Also sets the file aside once it is long.
    """
    log = places.access_log(settings())
    position = log.with_suffix(".position")
    seen: Seen = {}
    place = _saved(position)
    for path in (_previous(log), log):
        if path.exists() and (path == log or path.stat().st_ino == place.inode):
            place = _read(path, place, seen)
    replace_if_changed(position, f"{place.inode} {place.offset}\n")
    _set_aside(log)
    return _uses(seen)


def _saved(position: Path) -> _Place:
    if not position.exists():
        return _Place()
    inode, offset = position.read_text().split()
    return _Place(int(inode), int(offset))


def _previous(log: Path) -> Path:
    return log.with_suffix(".log.1")


def _read(path: Path, place: _Place, seen: Seen) -> _Place:
    """Count the requests of each key at each deployment by the hour; return how far the file is read now."""
    found = path.stat()
    offset = place.offset if found.st_ino == place.inode and place.offset <= found.st_size else 0
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                break
            offset += len(line)
            for key, slug, at in _use(line):
                newest, calls = seen.get((key, slug, at[:LENGTH_OF_HOUR]), ("", 0))
                seen[key, slug, at[:LENGTH_OF_HOUR]] = max(at, newest), calls + 1
    return _Place(found.st_ino, offset)


def _use(line: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the key (empty for the console's own), the slug and the time, if the request was let through."""
    try:
        entry = json.loads(line)
    except ValueError:
        return
    if entry["key"] and entry["slug"] and not (entry["details"] or "").startswith(REFUSED):
        yield entry["key"] if entry["kind"] == "key" else "", entry["slug"], entry["at"]


def _uses(seen: Seen) -> Uses:
    keys = [
        KeyUse(key, slug, datetime.fromisoformat(at), calls)
        for (key, slug, _), (at, calls) in sorted(seen.items())
        if key
    ]
    slugs: dict[str, datetime] = {}
    for (_, slug, _), (at, _) in seen.items():
        newest = datetime.fromisoformat(at)
        slugs[slug] = max(newest, slugs.get(slug, newest))
    return Uses(keys, slugs)


def _set_aside(log: Path) -> None:
    """Rename a long file and let Envoy begin a new one; it writes to the renamed one until it has."""
    if not log.exists() or log.stat().st_size < LARGEST_BYTES:
        return
    try:
        admin.ask("/ready")
    except OSError:
        return  # nobody writes, so nothing grows; and nobody could be told
    log.replace(_previous(log))
    admin.ask("/reopen_logs", method="POST")
