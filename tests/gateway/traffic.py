"""Instances in processes of their own, and callers without pause."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.gateway.conftest import Gateway, code, secret
from tests.waiting import eventually

SERVER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def instance() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run an instance in a process of its own, so that it can die as real ones do."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"127.0.0.1:{server.stdout.readline().strip()}", server
        finally:
            server.kill()


@contextmanager
def load(gateway: Gateway, *, body: bytes = b"{}", callers: int = 4) -> Iterator[Counter[object]]:
    """Send requests without pause; collect how they ended."""
    ended: Counter[object] = Counter()
    headers = {"x-api-key": secret("a")}
    stop = threading.Event()

    def call() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{gateway.port}", timeout=20) as client:
            while not stop.is_set():
                try:
                    response = client.post("/a/", content=body, headers=headers)
                    ended[response.status_code if response.is_success else code(response)] += 1
                except httpx.TransportError as error:
                    ended[repr(error)] += 1

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield ended
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def more(ended: Counter[object], count: int = 50) -> None:
    """Wait until so many more requests have ended."""
    wanted = ended.total() + count
    eventually(lambda: ended.total() >= wanted, timeout_s=20)
