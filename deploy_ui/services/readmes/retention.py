"""Forgets pictures that no kept version of their README shows, a day after they came; and what kills left behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, delete, select

from deploy_ui.db import reading, transaction
from deploy_ui.models import Readme, ReadmeFile, ReadmeVersion
from deploy_ui.services.readmes import pictures

UNNAMED_FOR = timedelta(days=1)
"""How long a picture may wait for the text that shows it to be saved."""
STRAY_AFTER = timedelta(hours=1)
"""A file this old that no row names is left over: its row is gone, or was never written."""


def remove_unused(now: datetime) -> int:
    """Drop pictures that no kept version shows, then bytes that no row names; return how many rows were dropped."""
    with reading() as session:
        waiting = select(ReadmeFile.readme_id).where(col(ReadmeFile.created_at) < now - UNNAMED_FOR).distinct()
        readmes = list(session.exec(waiting))
    dropped = sum(_forget(each, now) for each in readmes)
    _remove_strays(now)
    return dropped


def _forget(readme_id: int, now: datetime) -> int:
    """Drop the rows of one README; the bytes go later, so that a row never names what is gone.

    All texts are read before anybody is held up, and then only those that were saved meanwhile.
    """
    old = col(ReadmeFile.readme_id) == readme_id, col(ReadmeFile.created_at) < now - UNNAMED_FOR
    with reading() as session:
        newest = session.exec(select(Readme.version).where(Readme.id == readme_id)).one()
        unnamed = _unnamed(session, readme_id, set(session.exec(select(ReadmeFile.name).where(*old))))
    if not unnamed:
        return 0
    with transaction() as session:
        _lock(session, readme_id)
        unnamed = _unnamed(session, readme_id, unnamed, above=newest)
        session.exec(delete(ReadmeFile).where(*old, col(ReadmeFile.name).in_(unnamed)))
    return len(unnamed)


def _unnamed(session: Session, readme_id: int, names: set[str], *, above: int = 0) -> set[str]:
    """Return those names that no version above this number names. Holds one text at a time, the newest first."""
    mine = ReadmeVersion.readme_id == readme_id
    newest_first = col(ReadmeVersion.number).desc()
    for number in session.exec(
        select(ReadmeVersion.number).where(mine, ReadmeVersion.number > above).order_by(newest_first)
    ).all():
        text = session.exec(select(ReadmeVersion.text).where(mine, ReadmeVersion.number == number)).first()
        names = names - pictures.named_in(text or "")
        if not names:
            break
    return names


def _remove_strays(now: datetime) -> None:
    for readme_id, paths in _old_files(now - STRAY_AFTER):
        with reading() as session:
            strays = _not_named(session, readme_id, paths)
        if strays:
            with transaction() as session:  # held while they go: the same bytes may be coming again just now
                _lock(session, readme_id)
                for path in _not_named(session, readme_id, strays):
                    path.unlink(missing_ok=True)


def _not_named(session: Session, readme_id: int, paths: list[Path]) -> list[Path]:
    needed = set(session.exec(select(ReadmeFile.digest).where(ReadmeFile.readme_id == readme_id)))
    return [path for path in paths if path.name not in needed]


def _old_files(before: datetime) -> Iterator[tuple[int, list[Path]]]:
    """Yield the old files of each README; 0 stands for those that never became a picture."""
    root = pictures.folder()
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if paths := [path for path in folder.iterdir() if _written_before(path, before)]:
            yield (0 if folder.name == pictures.STAGING else int(folder.name)), paths


def _written_before(path: Path, before: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        return False


def _lock(session: Session, readme_id: int) -> None:
    """Hold a README's row: who adds a picture holds it as well."""
    session.exec(select(Readme).where(Readme.id == readme_id).with_for_update()).first()
