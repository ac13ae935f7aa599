"""Where the gateway's files lie. Envoy watches folders, so each kind of file that changes has one of its own."""

from pathlib import Path

from deploy_ui.settings import Settings

LISTENERS = "xds/listeners/listeners.json"
ROUTES = "xds/routes/routes.json"
CLUSTERS = "xds/clusters/clusters.json"
BOOTSTRAP = "bootstrap.json"


def access_log(settings: Settings) -> Path:
    """Where Envoy writes one JSON line a request."""
    return settings.gateway_dir / "access.log"


def admin_socket(settings: Settings) -> Path:
    """Where Envoy's admin interface listens."""
    return settings.socket("envoy-admin.sock")


def gate(settings: Settings) -> Path:
    """Where the controller tells the activator which deployments are shut."""
    return settings.gateway_dir / "gate.json"


def activator_socket(settings: Settings) -> Path:
    """Where the activator listens."""
    return settings.socket("activator.sock")


def acceptor_socket(settings: Settings) -> Path:
    """Where the acceptor listens."""
    return settings.socket("acceptor.sock")
