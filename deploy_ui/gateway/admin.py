"""Envoy's admin interface, on a unix socket that only the owner may open."""

from deploy_ui.gateway import places, unix_http
from deploy_ui.settings import settings

TIMEOUT_S = 2.0


def ask(path: str, *, method: str = "GET") -> tuple[int, str]:
    """Return the status and the body of the answer. Raises OSError when Envoy is not running."""
    return unix_http.ask(places.admin_socket(settings()), path, method=method, timeout_s=TIMEOUT_S)
