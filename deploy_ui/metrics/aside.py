"""Files that were damaged and set aside: their names say when."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

STAMP = "%Y%m%dT%H%M%SZ"
BESIDE = ("", "-wal", "-shm")
"""SQLite's files of one database."""


@dataclass(frozen=True)
class Damaged:
    """A file that was set aside because it could not be read any more."""

    name: str
    at: int
    """Seconds since 1970."""


def put(path: Path, at: datetime) -> Path:
    """Set a database aside and return where it is now."""
    damaged = path.with_name(f"{path.name}.damaged-{at.astimezone(UTC):{STAMP}}")
    for end in BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(f"{damaged}{end}")
    return damaged


def found(path: Path) -> list[Damaged]:
    """Return what was set aside of a database, oldest first."""
    names = (each.name for each in path.parent.glob(f"{path.name}.damaged-*"))
    damaged = [Damaged(name, at) for name in names if (at := _at(name))]
    return sorted(damaged, key=lambda each: each.at)


def drop(path: Path, before: datetime) -> None:
    """Remove what was set aside of a database before that moment."""
    for each in found(path):
        if each.at < before.timestamp():
            for end in BESIDE:
                path.with_name(each.name + end).unlink(missing_ok=True)


def _at(name: str) -> int | None:
    try:
        return int(datetime.strptime(name.rpartition("-")[2], STAMP).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None  # the journals beside it
