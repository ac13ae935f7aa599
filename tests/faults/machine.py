"""What of the product is on this machine: processes, ports, sockets, the database. Looks, and changes nothing."""

import json
import os
import socket
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

import psutil

from deploy_ui.runtimes.keeper import report
from tests.launch.product import Product, left_of
from tests.waiting import eventually

HOLD = "@deploy-ui/port/"


def keepers(product: Product) -> dict[str, psutil.Process]:
    """Return the keeper of every instance that has one, by the instance's key."""
    return {key: process for process in _ours(product) if (key := _kept(product, process))}


def program(product: Product, key: str) -> psutil.Process | None:
    """Return the program of an instance, if it runs."""
    with suppress(OSError, ValueError, psutil.Error):
        pid = json.loads((product.data_dir / "instances" / key / report.FILE).read_text()).get("pid")
        return psutil.Process(pid) if pid else None
    return None


def busy(product: Product, slug: str) -> list[str]:
    """Return the keys of a deployment's instances that sleep for a request."""
    marks = (product.data_dir / "instances").glob(f"*/{report.WORK_FOLDER}/busy")
    return [mark.parents[1].name for mark in marks if _slug(mark.parents[1]) == slug]


def strays(product: Product, live: Iterable[str]) -> list[str]:
    """Return processes that belong neither to a part of the product nor to one of these instances."""
    own = psutil.Process(product.process.pid)
    family = {own.pid, *(each.pid for each in own.children(recursive=True))}
    keys = set(live)
    found = [each for each in _ours(product) if each.pid not in family and _instance(product, each) not in keys]
    return [_told(each) for each in left_of(found)]


def doubled_parts(product: Product) -> list[str]:
    """Return what the supervisor runs beyond one process for each part."""
    parts = product.parts()
    children = psutil.Process(parts["supervisor"]).children()
    return [_told(each) for each in left_of(children) if each.pid not in parts.values()]


def held_ports(product: Product) -> set[int]:
    """Return the ports that are held for instances of this product."""
    names = [line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines()]
    held = {int(name.removeprefix(HOLD)) for name in names if name.startswith(HOLD)}
    given = {int(file.name) for file in (product.data_dir / "instances" / ".ports").iterdir()}
    return held & given


def stale_sockets(product: Product) -> list[str]:
    """Return sockets that nobody listens on any more."""
    return [path.name for path in (product.data_dir / "run").iterdir() if path.is_socket() and not _answers(path)]


def integrity(product: Product) -> str:
    """Return what SQLite says of its file: `ok`."""
    with closing(sqlite3.connect(product.data_dir / "deploy-ui.db", timeout=30)) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])


def folders(product: Product, slug: str) -> set[str]:
    """Return the keys of a deployment's instances that have a folder: they run, or nobody has cleared them up yet."""
    there = (product.data_dir / "instances").glob("[!.]*")
    return {each.name for each in there if _slug(each) == slug}


def all_of(product: Product) -> list[psutil.Process]:
    """Return every process of the product: the supervisor, its parts, keepers, instances."""
    own = psutil.Process(product.process.pid)
    return [own, *(each for each in _ours(product) if each.pid != own.pid)]


def kill(process: psutil.Process) -> None:
    """Kill -9, and wait until it is gone."""
    process.kill()
    eventually(lambda: not left_of([process]))


def _ours(product: Product) -> list[psutil.Process]:
    return [each for each in psutil.process_iter() if each.pid != os.getpid() and _belongs(product, each)]


def _belongs(product: Product, process: psutil.Process) -> bool:
    folder = str(product.data_dir)
    try:
        return any(folder in word for word in (*process.cmdline(), *process.environ().values()))
    except psutil.Error:
        return False


def _kept(product: Product, process: psutil.Process) -> str:
    """Return the key of the instance whose keeper this is."""
    root = product.data_dir / "instances"
    with suppress(psutil.Error):
        return next((Path(word).name for word in process.cmdline() if Path(word).parent == root), "")
    return ""


def _instance(product: Product, process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return _kept(product, process) or process.environ().get("INSTANCE", "")
    return ""


def _slug(folder: Path) -> str:
    with suppress(OSError, ValueError):
        return str(json.loads((folder / report.FILE).read_text()).get("deployment"))
    return ""


def _answers(path: Path) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_UNIX, kind) as client, suppress(OSError):
            client.settimeout(2)
            client.connect(str(path))
            return True
    return False


def _told(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return str(process.pid)
