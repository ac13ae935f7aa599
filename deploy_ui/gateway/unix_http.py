"""HTTP over a unix socket: how parts of the gateway are asked by the rest of the product."""

import http.client
import socket
from pathlib import Path


class _Connection(http.client.HTTPConnection):
    """A connection to a socket file instead of to a host."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path
        self._timeout_s = timeout_s

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._timeout_s)
        self.sock.connect(str(self._path))


def ask(listener: Path, path: str, *, method: str = "GET", timeout_s: float) -> tuple[int, str]:
    """Return the status and the body of the answer. Raises OSError when nobody answers in time."""
    connection = _Connection(listener, timeout_s)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except http.client.HTTPException as error:
        raise ConnectionError(path) from error
    finally:
        connection.close()
