"""Writes Envoy's files. Envoy reads a file again when one is moved into its folder, never when one is edited."""

from collections.abc import Sequence

from deploy_ui.gateway import envoy, keys
from deploy_ui.gateway.files import replace_if_changed
from deploy_ui.gateway.routes import Route
from deploy_ui.settings import settings


def write(routes: Sequence[Route]) -> bool:
    """Let the gateway serve exactly these routes; say whether that changed anything. Envoy follows within moments."""
    now = settings()
    files = envoy.documents(routes, keys.public_jwks(), now)
    changed = [replace_if_changed(now.gateway_dir / name, text) for name, text in files.items()]
    return any(changed)
