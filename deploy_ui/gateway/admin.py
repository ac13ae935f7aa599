"""Envoy's admin interface, on a unix socket that only the owner may open."""

import http.client
import socket

from deploy_ui.gateway import places
from deploy_ui.settings import settings

TIMEOUT_S = 2.0


class _Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(self._path)


def ask(path: str, *, method: str = "GET") -> tuple[int, str]:
    """Return the status and the body of the answer. Raises OSError when Envoy is not running."""
    connection = _Connection(str(places.admin_socket(settings())))
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except http.client.HTTPException as error:
        raise ConnectionError(path) from error
    finally:
        connection.close()
