"""Writes Envoy's files. Envoy reads a file again when one is moved into its folder, never when one is edited."""

from collections.abc import Sequence
from pathlib import Path

from deploy_ui.gateway import envoy, keys
from deploy_ui.gateway.routes import Route
from deploy_ui.settings import settings


def write(routes: Sequence[Route]) -> bool:
    """Let the gateway serve exactly these routes; say whether that changed anything. Envoy follows within moments."""
    now = settings()
    files = envoy.documents(routes, keys.public_jwks(), now)
    changed = [replace_if_changed(now.gateway_dir / name, text) for name, text in files.items()]
    return any(changed)


def replace_if_changed(path: Path, text: str) -> bool:
    """Write the file whole or not at all, and say whether it differed from what was there."""
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text)
    draft.replace(path)
    return True
