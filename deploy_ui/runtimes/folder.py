"""What the folder of an instance tells of it, and what is to be done when its keeper is gone."""

import contextlib
import fcntl
import os
import re
import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from deploy_ui.runtimes.base import EndReason, Instance, RunState
from deploy_ui.runtimes.keeper import kernel, report
from deploy_ui.runtimes.remains import end_remains

Word = TypeVar("Word", bound=StrEnum)

KEY = re.compile(r"[A-Za-z0-9]{1,64}")

KEEPER_GONE = "its keeper is gone: killed, or the machine was restarted"
WORDS_LENGTH = 500


def folder_of(key: str, root: Path) -> Path:
    """Return the folder of one instance. Raises ValueError for what is no key: no path leads out of the root."""
    if not KEY.fullmatch(key):
        raise ValueError(f"not an instance's key: {key!r}")
    return root / key


def look(folder: Path) -> Instance | None:
    """Return the instance of this folder; None if there is none, or only what a start left that was cut in two.

    One whose keeper died is ended and reported so.
    """
    try:
        seen = report.read(str(folder))
        if seen.get("state") != report.ENDED and not keeper_lives(folder):
            if unbegun(folder):
                return None
            seen = _settle(folder)
        return _instance(folder, seen)
    except (FileNotFoundError, NotADirectoryError):
        return None


def unbegun(folder: Path) -> bool:
    """Say whether no keeper has taken the folder's order yet, nor said why not. Whoever starts it may be about to."""
    return os.path.exists(f"{folder}/{report.ORDER_FILE}") and not _keeper_words(folder)  # noqa: PTH110 as below


def keeper_pid(folder: Path) -> int | None:
    """Return the process id of the keeper, if it lives and its instance was started."""
    try:
        seen = report.read(str(folder))
    except FileNotFoundError:
        return None
    pid = seen.get("keeper")
    running = seen.get("state") != report.ENDED and isinstance(pid, int) and keeper_lives(folder)
    return pid if running and isinstance(pid, int) else None


def keeper_lives(folder: Path) -> bool:
    """Say whether the keeper lives: it holds a lock that only its death opens."""
    lock = os.open(f"{folder}/{report.LOCK_FILE}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _settle(folder: Path) -> report.Report:
    """End what the keeper left behind and report the instance as lost, unless the keeper still reported its end."""
    lock = os.open(folder / report.LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            seen = report.read(str(folder))
            if seen.get("state") != report.ENDED and _all_ended(seen, folder.name):
                seen |= _loss(folder, started="pid" in seen)
                with contextlib.suppress(OSError):  # a full disk: what we say holds, only nobody remembers it
                    report.write(str(folder), seen)
                    os.utime(str(seen.get("port_file")))
            return seen
        return report.read(str(folder))  # somebody else is at it
    finally:
        os.close(lock)


def _all_ended(seen: report.Report, key: str) -> bool:
    if "boot" in seen and seen["boot"] != kernel.boot_id():
        return True
    port, pid, start = (_number(seen, name) or 0 for name in ("port", "pid", "pid_start"))
    return end_remains(key=key, port=port, pid=pid, pid_start=start)


def _loss(folder: Path, *, started: bool) -> report.Report:
    words = _keeper_words(folder)
    reason = EndReason.LOST if started else EndReason.START_FAILED
    message = words or (KEEPER_GONE if started else f"it was never started: {KEEPER_GONE}")
    return {"state": report.ENDED, "ended_at": time.time(), "end_reason": reason.value, "message": message}


def _keeper_words(folder: Path) -> str:
    """Return the last thing that the keeper said before it broke."""
    try:
        said = (folder / report.KEEPER_LOG_FILE).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    return said.splitlines()[-1][:WORDS_LENGTH] if said else ""


def _instance(folder: Path, seen: report.Report) -> Instance:
    state = _member(RunState, seen.get("state")) or RunState.RUNNING
    if state is RunState.RUNNING and os.path.exists(f"{folder}/{report.STOP_FILE}"):  # noqa: PTH110 asked very often
        state = RunState.STOPPING
    return Instance(
        key=folder.name,
        deployment=str(seen.get("deployment", "")),
        revision=_number(seen, "revision") or 0,
        state=state,
        address=str(seen.get("address", "")),
        started_at=_time(seen, "started_at"),
        ended_at=_time(seen, "ended_at"),
        end_reason=_member(EndReason, seen.get("end_reason")),
        exit_code=_number(seen, "exit_code"),
        message=str(seen.get("message", "")),
        peak_memory_mb=_number(seen, "peak_memory_mb"),
        node=str(seen.get("node", "")),
    )


def _member(words: type[Word], value: object) -> Word | None:
    return next((word for word in words if word == value), None)


def _number(seen: report.Report, name: str) -> int | None:
    value = seen.get(name)
    return value if isinstance(value, int) else None


def _time(seen: report.Report, name: str) -> datetime | None:
    value = seen.get(name)
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
