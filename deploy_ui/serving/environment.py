"""What the process is told by its environment."""

import os
from dataclasses import dataclass


class BadEnvironment(Exception):
    """A variable has a value we cannot use."""


@dataclass(frozen=True)
class Environment:
    """The variables that we read; the author's script may read them too."""

    host: str
    port: int
    deployment: str
    instance: str
    concurrency: int
    """How many requests run at once."""
    queue: int
    """How many more may wait for their turn."""
    grace_s: int
    """How long requests in flight may take after SIGTERM."""


def read_environment() -> Environment:
    """Read the variables, or raise BadEnvironment with words for the log."""
    concurrency = _number("CONCURRENCY", 8, least=1)
    return Environment(
        host=os.environ.get("HOST") or "127.0.0.1",
        port=_number("PORT", None, least=1, most=65535),
        deployment=os.environ.get("DEPLOYMENT") or "model",
        instance=os.environ.get("INSTANCE") or "local",
        concurrency=concurrency,
        queue=_number("QUEUE", 10 * concurrency, least=0),
        grace_s=_number("GRACE_S", 25, least=0),
    )


def _number(name: str, default: int | None, *, least: int, most: int = 1_000_000) -> int:
    text = os.environ.get(name, "")
    if not text and default is not None:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        raise BadEnvironment(f"{name} has to be a number from {least} to {most}, not {text!r}.")
    return int(text)
