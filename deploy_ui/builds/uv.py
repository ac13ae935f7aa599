"""Builds an image for the process runtime: a uv environment, and proof that the script can be served in it."""

import errno
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy_ui.builds import environments, imports, script
from deploy_ui.builds.base import BuildFailed, BuildSpec, Built, Progress
from deploy_ui.builds.lock import Lock, resolve
from deploy_ui.builds.requirements import parse
from deploy_ui.enums import BuildStep, ImageKind
from deploy_ui.settings import settings

CACHE_FOLDER = "__pycache__"
FULL = {errno.ENOSPC, errno.EDQUOT}


def build(spec: BuildSpec, progress: Progress) -> Built:
    """Build the image; see `deploy_ui.builds.base.Builder`."""
    try:
        with _work() as work:
            return _build(spec, work, progress)
    except OSError as error:
        if error.errno in FULL:
            raise BuildFailed("disk_full") from error
        raise


def _build(spec: BuildSpec, work: Path, progress: Progress) -> Built:
    served = spec.kind != ImageKind.COMMAND
    progress.begin(BuildStep.CHECK)
    script.check(spec.kind, spec.folder, spec.entry)
    wanted = parse(spec.requirements)
    progress.begin(BuildStep.RESOLVE)
    server = environments.SERVING / "requirements.txt" if served else None
    lock = resolve(wanted, server, work, progress)
    progress.begin(BuildStep.INSTALL)
    environment = environments.obtain(lock, served=served, progress=progress)
    schema = None
    if served:
        progress.begin(BuildStep.IMPORT)
        schema = imports.check(spec, environment, work, progress)
    progress.begin(BuildStep.SEAL)
    _require_same_files(spec)
    _remove_strays(spec)
    hashes = _hashes(spec)
    packages_bytes = environments.size_of(environment)
    return Built(
        digest=_digest(spec, lock, hashes),
        environment=environment.name,
        lock=lock.versions,
        size_bytes=environments.folder_size(spec.folder) + packages_bytes,
        request_schema=schema,
        packages_bytes=packages_bytes,
        python=platform.python_version(),
        hashes=hashes,
    )


def _hashes(spec: BuildSpec) -> dict[str, str]:
    """Return the SHA-256 of every file by its path, sorted."""
    found = {}
    for path in sorted(spec.files):
        with (spec.folder / path).open("rb") as file:
            found[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _digest(spec: BuildSpec, lock: Lock, hashes: Mapping[str, str]) -> str:
    """Return the SHA-256 over all that makes the image what it is."""
    total = hashlib.sha256(json.dumps([spec.kind, spec.entry, spec.command, lock.pinned]).encode())
    for path, content in hashes.items():
        total.update(json.dumps([path, content]).encode())
    return total.hexdigest()


def _require_same_files(spec: BuildSpec) -> None:
    """Raise BuildFailed if the import took a file away, or put a link in its place."""
    for path in spec.files:
        file = spec.folder / path
        if not file.is_file() or file.is_symlink():
            raise BuildFailed("file_gone", file=path)


def _remove_strays(spec: BuildSpec) -> None:
    """Remove what the import wrote into the image's folder, but for compiled modules, which start instances faster."""
    uploaded = set(spec.files)
    for root, folders, names in os.walk(spec.folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in [*names, *links]:
            path = (Path(root) / name).relative_to(spec.folder)
            if str(path) not in uploaded and path.parent.name != CACHE_FOLDER:
                (spec.folder / path).unlink()


@contextmanager
def _work() -> Iterator[Path]:
    """Give a folder for the build's own files, and remove it."""
    settings().environments_dir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".work.", dir=settings().environments_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
