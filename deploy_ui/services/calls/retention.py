"""Forgets calls after their time: rows, bodies and files together. What was left over by a kill goes, too."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from deploy_ui.db import reading, transaction
from deploy_ui.enums import CallStatus
from deploy_ui.models import Attempt, Call, Content
from deploy_ui.services.calls import bodies
from deploy_ui.settings import settings

BATCH = 500
STRAY_AFTER = timedelta(hours=1)
"""A file that nobody writes to for so long, and that no call names, is left over."""


def forget_old(now: datetime) -> int:
    """Drop calls that ended longer ago than they are kept, and stray files; return how many calls were dropped."""
    before = now - timedelta(settings().call_days)
    dropped = 0
    while found := _forget(before):
        dropped += found
    remove_strays(now)
    return dropped


def remove_strays(now: datetime) -> int:
    """Remove files that no call needs any more: their row is gone, or was never written. Return how many."""
    removed = 0
    old = _old_files(now - STRAY_AFTER)
    while some := [file for _, file in zip(range(BATCH), old, strict=False)]:
        strays = set(some) - _needed(some)
        for file in strays:
            bodies.remove(file)
        removed += len(strays)
    return removed


def _forget(before: datetime) -> int:
    """Drop one batch. The files go after the commit: a row never names a file that is gone."""
    query = select(Call.number, Call.body_file, Call.answer_file).where(col(Call.finished_at) < before)
    with transaction() as session:
        found = session.exec(query.order_by(col(Call.finished_at)).limit(BATCH)).all()
        numbers = [number for number, *_ in found]
        session.exec(delete(Attempt).where(col(Attempt.call_number).in_(numbers)))
        session.exec(delete(Content).where(col(Content.call_number).in_(numbers)))
        session.exec(delete(Call).where(col(Call.number).in_(numbers)))
    for _, *files in found:
        for file in files:
            bodies.remove(file)
    return len(found)


def _old_files(before: datetime) -> Iterator[str]:
    """Yield the places of all long bodies that were last written to before that."""
    root = settings().calls_dir
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        with os.scandir(folder) as entries:
            names = [each.name for each in entries if datetime.fromtimestamp(each.stat().st_mtime, UTC) < before]
        yield from (f"{folder.name}/{name}" for name in names)


def _needed(files: Sequence[str]) -> set[str]:
    """Return those that a call names, or that its present attempt may still write."""
    ids = {_name(file).partition(".")[0] for file in files}
    columns: Any = (Call.id, Call.status, Call.attempts, Call.body_file, Call.answer_file)
    query = select(*columns).where(col(Call.id).in_(ids))
    needed: set[str] = set()
    with reading() as session:
        for call_id, status, attempts, *named in session.exec(query):
            needed.update(named)
            if status == CallStatus.RUNNING:
                present = f"{call_id}.answer-{attempts}"
                needed.update(file for file in files if _name(file) == present)
    return needed


def _name(file: str) -> str:
    return file.rpartition("/")[2]
