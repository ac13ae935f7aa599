"""Imports the author's script once, as an instance will, and takes the request schema from it."""

import json
from pathlib import Path
from typing import Any

import psutil

from deploy_ui.builds.base import BuildFailed, BuildSpec, Progress
from deploy_ui.builds.command import check_command, run_env
from deploy_ui.builds.process import Cut, Ended, Limits, run

CHECK_S = 300.0
"""Long, because the first import of large packages also compiles them."""
MEMORY_SHARE = 0.75
"""Of the machine's memory: a script may load much, but must not take the machine down."""
LARGEST_SCHEMA = 1024 * 1024
LONGEST_MESSAGE = 2000
VERDICT = '{"code": "script_'
TOLD = 3
"""The check's exit code when its last line on stderr tells what is wrong."""
CODES = {"script_import_failed", "script_no_model", "script_no_predict", "script_no_app"}


def check(spec: BuildSpec, environment: Path, work: Path, progress: Progress) -> dict[str, Any] | None:
    """Return the request schema, if the script tells one; raise BuildFailed if the script cannot be served."""
    schema = work / "schema.json"
    ended = run(
        check_command(spec.kind, spec.entry, environment, schema),
        cwd=spec.folder,
        env={**spec.env, **run_env(environment, concurrency=1), **_surroundings(work)},
        limits=Limits(CHECK_S, int(psutil.virtual_memory().total * MEMORY_SHARE)),
        progress=_WithoutVerdict(progress),
    )
    if ended.cut or ended.code:
        raise _failure(spec, ended)
    if not schema.is_file():
        raise BuildFailed("script_exited", file=spec.entry)
    return _read(schema)


class _WithoutVerdict:
    """Passes everything on but the check's last line, which is meant for us and not for people."""

    def __init__(self, progress: Progress) -> None:
        self.begin = progress.begin
        self.canceled = progress.canceled
        self._say = progress.say

    def say(self, line: str, stream: str = "platform") -> None:
        """Write one line to the build's log."""
        if not (stream == "stderr" and line.startswith(VERDICT)):
            self._say(line, stream)


def _surroundings(work: Path) -> dict[str, str]:
    """Return what every instance finds in its environment."""
    for name in ("home", "tmp"):
        (work / name).mkdir()
    ours = {"HOME": str(work / "home"), "TMPDIR": str(work / "tmp"), "LANG": "C.UTF-8"}
    return {**ours, "PORT": "0", "DEPLOYMENT": "build", "INSTANCE": "build"}


def _failure(spec: BuildSpec, ended: Ended) -> BuildFailed:
    if ended.cut is Cut.TIME:
        return BuildFailed("script_timed_out", file=spec.entry, seconds=int(CHECK_S))
    if ended.cut is Cut.MEMORY:
        return BuildFailed("script_out_of_memory", file=spec.entry)
    told = _told(ended)
    if ended.code != TOLD or told.get("code") not in CODES:
        return BuildFailed("script_crashed", file=spec.entry, exit_code=ended.code)
    line = told.get("line")
    return BuildFailed(
        str(told["code"]),
        file=spec.entry,
        line=line if isinstance(line, int) else 1,
        message=str(told.get("message", ""))[:LONGEST_MESSAGE],
    )


def _told(ended: Ended) -> dict[str, Any]:
    try:
        told = json.loads(ended.stderr[-1])
    except (IndexError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _read(schema: Path) -> dict[str, Any] | None:
    """Return what the file holds: the script may have written anything there."""
    if schema.is_symlink() or schema.stat().st_size > LARGEST_SCHEMA:
        return None
    try:
        found = json.loads(schema.read_bytes())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
