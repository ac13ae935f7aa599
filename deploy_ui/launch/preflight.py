"""What must hold before anything is started; each failure is one error that says what to do."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy_ui import build_pages
from deploy_ui.errors import Conflict, NotFound, Unavailable
from deploy_ui.launch import lifeline
from deploy_ui.settings import Settings


@contextmanager
def claim(settings: Settings) -> Iterator[None]:
    """Hold the data folder for this process alone. The kernel lets go of it however the process ends."""
    _writable(settings.data_dir)
    path = settings.run_dir / "up.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Conflict("data_dir_in_use", path=str(settings.data_dir), pid=file.read().strip() or "?") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def check(settings: Settings) -> None:
    """Raise if the parts could not start."""
    if build_pages.built() is None:
        raise NotFound("pages_not_built")
    lifeline.end_all(settings.run_dir)  # what an earlier start left that was killed
    free_port(settings.console_host, settings.console_port, "DEPLOY_UI_CONSOLE_PORT")
    free_port(settings.gateway_host, settings.gateway_port, "DEPLOY_UI_GATEWAY_PORT")


def free_port(host: str, port: int, setting: str) -> None:
    """Raise if nobody could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            facts = {"host": host, "port": port, "setting": setting}
            if error.errno == errno.EADDRINUSE:
                raise Conflict("port_taken", by=_listener(port), **facts) from error
            raise Unavailable("port_unusable", problem=error.strerror or str(error), **facts) from error


def _listener(port: int) -> str:
    """Name the program that listens on a port, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return "?"


def _writable(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unavailable("data_dir_unwritable", path=str(folder), problem=error.strerror or str(error)) from error
