"""A small server to deploy. Its variables and its paths let it do what instances do to us."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASS = 200
TROUBLE = os.environ.get("TROUBLE", "")


class Handler(BaseHTTPRequestHandler):
    """Answers with the instance's name; `/crash` ends the process; `/sick` makes it unready from then on."""

    protocol_version = "HTTP/1.1"
    sick = TROUBLE == "unready"

    def do_GET(self) -> None:
        if self.path == "/crash":
            sys.stderr.write("Traceback (most recent call last):\n  File x\nValueError: told to crash\n")
            sys.stderr.flush()
            os._exit(1)
        if self.path == "/sick":
            Handler.sick = True
        body = os.environ["INSTANCE"].encode()
        self.send_response(503 if Handler.sick and self.path == "/" else PASS)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if TROUBLE == "load":
    raise ValueError("no such weights")
if TROUBLE == "silent":
    signal.pause()
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
