"""A real PostgreSQL for tests, out of the `pgserver` wheel.

The wheel's own launcher adds a user to the machine and opens the permissions of folders when it runs as root, so its
binaries are started directly. PostgreSQL refuses to be root: as root it runs as `nobody`, from a copy that `nobody` can
read.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.waiting import eventually

NOBODY = 65534
UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50")


@contextmanager
def running() -> Iterator[str]:
    """Run a server until the end of the block; give the address of its database."""
    folder = Path(tempfile.mkdtemp(prefix="dui-pg-"))
    data = folder / "data"
    data.mkdir()
    drop = _drop_root(folder, data)
    binaries = _binaries(folder)
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    quiet: dict[str, Any] = {"env": environment, "stdout": subprocess.DEVNULL, "cwd": folder, **drop}
    initdb: list[str | Path] = [
        binaries / "initdb",
        "--pgdata",
        data,
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
    ]
    subprocess.run([*initdb, "--no-sync"], check=True, **quiet)
    options = [part for option in UNSAFE_AND_FAST for part in ("-c", option)]
    serve: list[str | Path] = [binaries / "postgres", "-D", data, "-k", data, "-h", "", *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(serve, stderr=log, **quiet)
    try:
        url = f"postgresql+psycopg://postgres@/postgres?host={data}"
        eventually(lambda: _answers(url), timeout_s=30)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown, which does not wait for clients
        server.wait()
        shutil.rmtree(folder)


def _drop_root(folder: Path, data: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    folder.chmod(0o755)
    os.chown(data, NOBODY, NOBODY)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _binaries(folder: Path) -> Path:
    spec = importlib.util.find_spec("pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    installed = Path(spec.submodule_search_locations[0]) / "pginstall"
    if os.geteuid() != 0:
        return installed / "bin"
    site, copy = installed.parent.parent, folder / "wheel"
    for name in ("pgserver/pginstall", "pgserver.libs"):  # the binaries look for their libraries three folders up
        shutil.copytree(site / name, copy / name, ignore=shutil.ignore_patterns("include"))
    for path in [copy, *copy.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    return copy / "pgserver" / "pginstall" / "bin"


def _answers(url: str) -> bool:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT 1")).scalar() == 1
    except OperationalError:
        return False
