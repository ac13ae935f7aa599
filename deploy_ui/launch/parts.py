"""The product's processes: which there are, in which order they start, how long they may take to end."""

import sys
from dataclasses import dataclass

from deploy_ui.settings import Settings


@dataclass(frozen=True)
class Part:
    """One process. Parts start in the order of the list and end in the opposite order."""

    name: str
    command: tuple[str, ...]
    grace_s: int = 15
    """How long after SIGTERM it may take to end before it is killed with its whole process group."""


def foundation(settings: Settings) -> list[Part]:
    """Return what must run before the database is migrated."""
    return [] if settings.redis_url else [_part("redis")]


def parts(settings: Settings) -> list[Part]:
    """Return what runs on the foundation."""
    workers = [Part(name, part_command("worker", name), grace_s=20) for name in _names("worker", settings.workers)]
    calls = [Part(name, part_command("calls", name), grace_s=35) for name in _names("calls", settings.call_workers)]
    between = [_part("activator"), _part("acceptor")]
    return [
        _part("controller", grace_s=30),
        *workers,
        *calls,
        *between,
        _part("gateway"),
        _part("monitor"),
        _part("console"),
    ]


def part_command(*arguments: str) -> tuple[str, ...]:
    """Return the command line of `deploy-ui …`, run by this very Python."""
    return (sys.executable, "-m", "deploy_ui", *arguments)


def _part(name: str, *, grace_s: int = 15) -> Part:
    return Part(name, part_command(name), grace_s)


def _names(kind: str, number: int) -> list[str]:
    return [f"{kind}-{place}" for place in range(1, number + 1)]
