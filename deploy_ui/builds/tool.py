"""Runs uv with a clean environment: what it needs to reach its index, and nothing else of ours."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from uv import find_uv_bin

from deploy_ui import registry
from deploy_ui.builds.base import BuildFailed, Progress
from deploy_ui.builds.process import Cut, Ended, Limits, run
from deploy_ui.settings import settings

PASSED_ON = re.compile(
    r"PATH|HOME|TMPDIR|LANG|NETRC|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy"
    r"|UV_(?:CACHE_DIR|LINK_MODE|CONFIG_FILE|OFFLINE|CONSTRAINT|OVERRIDE|NO_BUILD|ONLY_BINARY|EXCLUDE_NEWER)"
    r"|UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|INDEX_STRATEGY|FIND_LINKS|NO_INDEX|INDEX_\w+_(?:USERNAME|PASSWORD))"
    r"|UV_(?:KEYRING_PROVIDER|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS|HTTP_\w+|REQUEST_TIMEOUT|CONCURRENT_\w+)",
    re.IGNORECASE,
)
QUIETLY = ("--no-progress", "--color", "never")


def our_environment() -> dict[str, str]:
    """Return this process's variables, and what uv has to know of pip's configuration."""
    return os.environ | registry.uv_environment()


def uv_environment(ours: Mapping[str, str], cache: Path) -> dict[str, str]:
    """Return uv's environment variables, made from our own. Pure."""
    given = {name: value for name, value in ours.items() if PASSED_ON.fullmatch(name)}
    return {"UV_CACHE_DIR": str(cache), "UV_PYTHON_DOWNLOADS": "never", **given}


def uv(*arguments: str, seconds: float, progress: Progress, quiet: bool = False) -> Ended:
    """Run uv; raise BuildFailed when it takes too long."""
    ended = run(
        (find_uv_bin(), *arguments, *QUIETLY),
        cwd=Path("/"),  # uv looks for its own settings from here upwards, and must find none of ours
        env=uv_environment(our_environment(), settings().data_dir / "cache" / "uv"),
        limits=Limits(seconds),
        progress=progress,
        heard=() if quiet else ("stderr",),
    )
    if ended.cut is Cut.TIME:
        raise BuildFailed("build_timed_out", seconds=int(seconds))
    return ended
