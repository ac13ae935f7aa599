"""Which packages at which versions an image gets: resolved once, pinned with their hashes."""

from dataclasses import dataclass
from pathlib import Path

from deploy_ui.builds.base import Progress
from deploy_ui.builds.failures import explain
from deploy_ui.builds.requirements import Requirements
from deploy_ui.builds.tool import uv

RESOLVE_S = 600.0


@dataclass(frozen=True)
class Lock:
    """The resolved requirements."""

    pinned: str
    """What uv installs from: versions and hashes."""
    indexes: tuple[str, ...]

    @property
    def versions(self) -> str:
        """The `name==version` lines."""
        lines = (line.rstrip(" \\") for line in self.pinned.splitlines() if line[:1].isalnum())
        return "\n".join(sorted(lines))

    @property
    def options(self) -> tuple[str, ...]:
        """What makes uv look where the author wants."""
        return tuple(f"--index={url}" for url in self.indexes)


def resolve(wanted: Requirements, server: Path | None, python: str, work: Path, progress: Progress) -> Lock:
    """Resolve the author's requirements, together with the serving server's own where the image needs it."""
    lock = Lock("", wanted.indexes)
    inputs = [server] if server else []
    if wanted.packages:
        author = work / "requirements.in"
        author.write_text("".join(f"{each}\n" for each in wanted.packages))
        inputs.insert(0, author)
    if not inputs:
        return lock
    output = work / "requirements.lock"
    ended = uv(
        *("pip", "compile", *map(str, inputs), "--output-file", str(output), "--python", python),
        *("--generate-hashes", "--no-header", "--no-annotate", *lock.options),
        seconds=RESOLVE_S,
        progress=progress,
    )
    if ended.code:
        raise explain(ended.stderr, otherwise="resolve_failed")
    return Lock(output.read_text(), wanted.indexes)
