"""A real small HTTP server that keeps what reaches it, byte for byte."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Return what one header says, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True)
class Recorder:
    """Where it listens, and what came."""

    port: int
    got: list[Got]

    def last(self) -> Got:
        """Return the newest request, and forget all."""
        newest = self.got[-1]
        self.got.clear()
        return newest


@contextlib.contextmanager
def recording() -> Iterator[Recorder]:
    """Listen on a free port, in threads."""
    got: list[Got] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            got.append(Got(self.command, self.requestline.split(" ")[1], list(self.headers.items()), body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer  # noqa: N815 - their names

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Recorder(server.server_port, got)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
