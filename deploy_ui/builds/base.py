"""What a build is given and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from deploy_ui.enums import BuildStep, ImageKind


@dataclass(frozen=True)
class BuildSpec:
    """Everything a builder needs."""

    image: str
    """The image's id."""
    kind: ImageKind
    folder: Path
    """The image's files. The build does not change them."""
    files: tuple[str, ...]
    """Their paths, relative to the folder, as they were uploaded."""
    entry: str
    """The script, relative to the folder; unused for kind `command`."""
    command: str
    requirements: str
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """A finished build."""

    digest: str
    """SHA-256 over kind, entry, command, lock and files, hex."""
    environment: str
    """Name of the folder in `environments_dir`."""
    lock: str
    """`name==version` lines, sorted."""
    size_bytes: int
    """Files and environment together."""
    request_schema: dict[str, Any] | None
    packages_bytes: int = 0
    """The environment's part of `size_bytes`."""
    python: str = ""
    """The version of the interpreter that the image runs on."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each of the image's files by its path, hex."""


class BuildFailed(Exception):
    """The author has to change something; `code` and `facts` say what (`error.{code}`)."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class BuildCanceled(Exception):
    """A person canceled the build."""


class Progress(Protocol):
    """How a builder reports while it works, and hears that it should stop."""

    def begin(self, step: BuildStep) -> None:
        """Say that a step begins; the one before it ended well."""

    def say(self, line: str, stream: str = "platform") -> None:
        """Write one line to the build's log; `stream` is `stdout` or `stderr` for what a command wrote."""

    def canceled(self) -> bool:
        """Say whether a person asked to cancel; cheap enough to be asked twice a second."""


Builder = Callable[[BuildSpec, Progress], Built]
"""Builds or raises BuildFailed or BuildCanceled. May be run again for the same image after a kill."""
