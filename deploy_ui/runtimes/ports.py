"""Gives every instance a port of its own."""

import contextlib
import itertools
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

LOWEST = 20_000
ENOUGH = 2_000
REST_S = 600.0
"""How long a port is not given again after its instance ended: the gateway may still know the old address."""
TRIES = 10_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def hold_port(folder: Path) -> tuple[int, Path, socket.socket]:
    """Choose a port that nobody uses, and say: the port, the file whose time says when it was last in use, and a hold.

    The hold is an abstract unix socket named after the port: the kernel lets only one process of the machine have it
    and frees it when its last holder dies, so runtimes that choose at the same moment never choose the same port.
    Ports lie below those that the kernel gives to outgoing connections, so no client takes one before the instance
    listens.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for port in itertools.islice(_candidates(), TRIES):
        file = folder / str(port)
        if _rests(file):
            continue
        hold = _hold(port)
        if hold is None:
            continue
        if _free(port):
            file.touch(mode=0o600)
            return port, file, hold
        hold.close()
    raise OSError("no port is free")


def _candidates() -> Iterator[int]:
    first = _first_ephemeral()
    while True:
        yield LOWEST + secrets.randbelow(first - LOWEST) if first - LOWEST >= ENOUGH else _any_port()


def _first_ephemeral() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(EPHEMERAL.read_text(encoding="ascii").split()[0])
    return 0


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _rests(file: Path) -> bool:
    try:
        return time.time() - file.stat().st_mtime < REST_S
    except FileNotFoundError:
        return False


def _hold(port: int) -> socket.socket | None:
    hold = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        hold.bind(f"\0deploy-ui/port/{port}")
    except OSError:
        hold.close()
        return None
    return hold


def _free(port: int) -> bool:
    """Say whether a program could listen there, on whatever address it likes."""
    with socket.socket() as probe:
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 never listens; finds listeners on any address
        except OSError:
            return False
    return True
