"""A small server to deploy. Its variables and its paths let it do what instances do to us."""

import contextlib
import os
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TROUBLE = os.environ.get("TROUBLE", "")
SLOW_S = 2


class Handler(BaseHTTPRequestHandler):
    """Answers with the instance's name; `/crash` ends the process; `/sick` makes it unready from then on."""

    sick = False

    def do_GET(self) -> None:
        if self.path == "/crash":
            sys.stderr.write("Traceback (most recent call last):\n  File x\nValueError: told to crash\n")
            sys.stderr.flush()
            os._exit(1)
        if self.path == "/sick":
            Handler.sick = True
        if self.path == "/slow":
            threading.Event().wait(SLOW_S)
        body = os.environ["INSTANCE"].encode()
        self.send_response(503 if Handler.sick and self.path == "/" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Ends once it has answered every request it took."""

    daemon_threads = False
    request_queue_size = 200


def tell(line: str) -> None:
    """Say how far we are, as the documentation tells authors of commands."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(f"{line}\nX_INSTANCE={os.environ['INSTANCE']}".encode(), os.environ["NOTIFY_SOCKET"])


tell("STATUS=loading")
if TROUBLE == "load":
    raise ValueError("no such weights")
if TROUBLE == "silent":
    signal.pause()
with Server(("127.0.0.1", int(os.environ["PORT"])), Handler) as server:
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    tell("READY=1")
    server.serve_forever(0.05)
