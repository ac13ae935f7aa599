"""Python environments that images run in. One is made once for each distinct content and never changed after.

It is made under a name of its own and renamed when it is complete, so that a name without a dot is always whole;
uv makes it relocatable for that. Its name is a digest of all that is in it.
"""

import compileall
import errno
import fcntl
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from deploy_ui import ids
from deploy_ui.builds.base import Progress
from deploy_ui.builds.command import SERVER
from deploy_ui.builds.failures import explain
from deploy_ui.builds.lock import Lock
from deploy_ui.builds.tool import uv
from deploy_ui.settings import settings

INSTALL_S = 2400.0
SIZE_FILE = "deploy-ui.size"
SERVING = Path(__file__).parent.parent / "serving"
UNUSED_FOR = timedelta(minutes=10)
"""How long an environment that no image uses is kept: a build may just have chosen it."""
DRAFT_FOR = timedelta(hours=2)


def obtain(lock: Lock, *, served: bool, progress: Progress) -> Path:
    """Return the environment for this lock, with our serving server in it if `served`; make it if need be."""
    server = SERVING if served else None
    name = name_of(lock, server)
    if _taken(name):
        progress.say(f"Environment {name} is there already.")
        return settings().environments_dir / name
    draft = settings().environments_dir / f".{name}.{ids.new_id(8)}"
    try:
        _make(draft, lock, server, progress)
        _finish(draft, name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return settings().environments_dir / name


def name_of(lock: Lock, server: Path | None) -> str:
    """Return the name of the environment of this content."""
    content = [lock.pinned, lock.indexes, sys.version, platform.machine(), os.path.realpath(sys.executable)]
    content += [(str(path.relative_to(server)), path.read_text()) for path in _sources(server)] if server else []
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def size_of(environment: Path) -> int:
    """Return the bytes of all files of a finished environment."""
    return int((environment / SIZE_FILE).read_text())


def folder_size(folder: Path) -> int:
    """Return the bytes of all files below the folder; links are not followed."""
    paths = (os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)  # noqa: PTH118
    return sum(os.lstat(path).st_size for path in paths)


def remove_unused(used: Iterable[str], now: datetime) -> list[str]:
    """Remove environments that are not among the used ones, and what killed builds left; return their names."""
    if not settings().environments_dir.is_dir():
        return []
    kept, removed = set(used), []
    for folder in settings().environments_dir.iterdir():
        if folder.is_dir() and folder.name not in kept and (gone := _take_away(folder, now)):
            shutil.rmtree(gone, ignore_errors=True)
            removed.append(folder.name)
    return removed


def _take_away(folder: Path, now: datetime) -> Path | None:
    """Rename an old folder, so that no build can choose it any more."""
    keep_for = DRAFT_FOR if folder.name.startswith(".") else UNUSED_FOR
    with _choosing():
        if now.timestamp() - folder.stat().st_mtime < keep_for.total_seconds():
            return None
        return folder.rename(folder.with_name(f".gone.{ids.new_id(8)}"))


def _taken(name: str) -> bool:
    """Choose a finished environment, which keeps it from being removed for a while; say whether it is there."""
    with _choosing():
        try:
            os.utime(settings().environments_dir / name)
        except FileNotFoundError:
            return False
        return True


def _finish(draft: Path, name: str) -> None:
    with _choosing():
        try:
            draft.rename(draft.with_name(name))
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            os.utime(draft.with_name(name))  # another build made the same meanwhile


@contextmanager
def _choosing() -> Iterator[None]:
    """Hold the lock under which environments are chosen and removed."""
    folder = settings().environments_dir
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(draft: Path, lock: Lock, server: Path | None, progress: Progress) -> None:
    draft.parent.mkdir(parents=True, exist_ok=True)
    made = uv(
        "venv", str(draft), "--relocatable", "--python", sys.executable, seconds=60, progress=progress, quiet=True
    )
    if made.code:
        raise explain(made.stderr, otherwise="install_failed")
    if lock.pinned:
        _install(draft, lock, progress)
    if server:
        _add_server(draft, server)
    (draft / SIZE_FILE).write_text(str(folder_size(draft)))


def _install(draft: Path, lock: Lock, progress: Progress) -> None:
    """Install from the cache alone first: asking the index again costs more than all the rest."""
    pinned = draft / "requirements.lock"
    pinned.write_text(lock.pinned)
    command = ("pip", "sync", str(pinned), "--python", str(draft / "bin" / "python"), "--require-hashes", *lock.options)
    if uv(*command, "--offline", seconds=INSTALL_S, progress=progress, quiet=True).code == 0:
        progress.say("All packages came from the cache.")
        return
    ended = uv(*command, seconds=INSTALL_S, progress=progress)
    if ended.code:
        raise explain(ended.stderr, otherwise="install_failed")


def _add_server(draft: Path, server: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    place = draft / "lib" / version / "site-packages" / SERVER
    for source in _sources(server):
        copy = place / source.relative_to(server)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    compileall.compile_dir(place, quiet=2)


def _sources(server: Path) -> list[Path]:
    return sorted(path for path in server.rglob("*") if path.suffix in {".py", ".json", ".txt"} and path.is_file())
