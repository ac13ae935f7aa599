"""Where the gateway's files lie. Envoy watches folders, so each kind of file that changes has one of its own."""

import hashlib
import tempfile
from pathlib import Path

from deploy_ui.settings import LONGEST_SOCKET_PATH, Settings

LISTENERS = "xds/listeners/listeners.json"
ROUTES = "xds/routes/routes.json"
CLUSTERS = "xds/clusters/clusters.json"
BOOTSTRAP = "bootstrap.json"


def access_log(settings: Settings) -> Path:
    """Where Envoy writes one JSON line a request."""
    return settings.gateway_dir / "access.log"


def admin_socket(settings: Settings) -> Path:
    """Where Envoy's admin interface listens: in the data folder unless that path is too long for a socket."""
    path = settings.run_dir / "envoy-admin.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(settings.data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"deploy-ui-{name}" / "envoy-admin.sock"
