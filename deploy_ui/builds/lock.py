"""Which packages at which versions an image gets: resolved once, pinned with their hashes.

The answer to the same question is kept for a few minutes, about as long as indexes let clients keep their pages:
asking again costs more than all other steps of an image whose packages are in the cache.
"""

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from deploy_ui import ids
from deploy_ui.builds.base import Progress
from deploy_ui.builds.failures import explain
from deploy_ui.builds.requirements import Requirements
from deploy_ui.builds.tool import our_environment, uv, uv_environment
from deploy_ui.settings import settings

RESOLVE_S = 600.0
KEPT_S = 300.0


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


def resolve(wanted: Requirements, server: Path | None, work: Path, progress: Progress) -> Lock:
    """Resolve the author's requirements, together with the serving server's own where the image needs it."""
    asked = "".join(f"{each}\n" for each in wanted.packages) + (server.read_text() if server else "")
    if not asked:
        return Lock("", wanted.indexes)
    kept = _kept(asked, wanted.indexes)
    if _is_fresh(kept):
        progress.say("The same was resolved a moment ago.")
        return Lock(kept.read_text(), wanted.indexes)
    lock = Lock(_ask(asked, Lock("", wanted.indexes).options, work, progress), wanted.indexes)
    draft = kept.with_name(f".{ids.new_id(8)}")
    draft.write_text(lock.pinned)
    draft.replace(kept)
    return lock


def forget(now: float) -> None:
    """Remove answers that are too old to be given again."""
    for file in _folder().glob("*"):
        if now - file.stat().st_mtime > KEPT_S:
            file.unlink(missing_ok=True)


def _ask(asked: str, options: tuple[str, ...], work: Path, progress: Progress) -> str:
    question, answer = work / "requirements.in", work / "requirements.lock"
    question.write_text(asked)
    ended = uv(
        *("pip", "compile", str(question), "--output-file", str(answer), "--python", sys.executable),
        *("--generate-hashes", "--no-header", "--no-annotate", *options),
        seconds=RESOLVE_S,
        progress=progress,
    )
    if ended.code:
        raise explain(ended.stderr, otherwise="resolve_failed")
    return answer.read_text()


def _folder() -> Path:
    return settings().data_dir / "cache" / "locks"


def _kept(asked: str, indexes: tuple[str, ...]) -> Path:
    """Return where the answer to this question is kept: the question is also which indexes are asked."""
    _folder().mkdir(parents=True, exist_ok=True)
    question = [asked, indexes, sys.version, sorted(uv_environment(our_environment(), Path()).items())]
    return _folder() / hashlib.sha256(json.dumps(question).encode()).hexdigest()


def _is_fresh(kept: Path) -> bool:
    return kept.is_file() and time.time() - kept.stat().st_mtime < KEPT_S
