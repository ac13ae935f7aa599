"""What the server says of its start, and that nothing depends on somebody listening."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.served import start
from tests.waiting import eventually

MODEL = """
import threading
from pathlib import Path

class Model:
    def load(self):
        while not Path("go").exists():
            threading.Event().wait(0.01)

    def predict(self, payload):
        return payload
"""
APP = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
"""
FAILS = """
class Model:
    def load(self):
        raise RuntimeError("no weights")

    def predict(self, payload):
        return payload
"""
LOADING, READY = ["STATUS=loading", "X_INSTANCE=demo-1"], ["READY=1", "STATUS=ready", "X_INSTANCE=demo-1"]


def fill(filler: socket.socket, listener: socket.socket) -> None:
    """Send until nothing more is taken."""
    with contextlib.suppress(BlockingIOError):
        while True:
            filler.sendto(b"x", listener.getsockname())


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify.sock"))
        listening.settimeout(20)
        yield listening


def said(listener: socket.socket) -> list[str]:
    return listener.recv(4096).decode().splitlines()


def test_a_model_says_when_it_loads_and_when_it_is_ready(tmp_path: Path, listener: socket.socket) -> None:
    with start(tmp_path, MODEL, wait=False, NOTIFY_SOCKET=listener.getsockname()) as served:
        assert said(listener) == LOADING
        assert not served.ready()
        (tmp_path / "go").touch()
        assert said(listener) == READY
        assert served.ready(), "ready is said once it is true, not before"


def test_an_application_does_so_too(tmp_path: Path, listener: socket.socket) -> None:
    with start(tmp_path, APP, kind="asgi", wait=False, NOTIFY_SOCKET=listener.getsockname()) as served:
        assert [said(listener), said(listener)] == [LOADING, READY]
        assert served.ready()
        assert served.end() == 0


def test_the_socket_may_be_a_name_without_a_file(tmp_path: Path) -> None:
    name = f"deploy-ui-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(20)
        with start(tmp_path, APP, kind="asgi", wait=False, NOTIFY_SOCKET=f"@{name}"):
            assert said(listening) == LOADING


def test_who_cannot_load_is_never_ready(tmp_path: Path, listener: socket.socket) -> None:
    with start(tmp_path, FAILS, wait=False, NOTIFY_SOCKET=listener.getsockname()) as served:
        assert served.process.wait(20) == 1
        assert said(listener) == LOADING
        listener.setblocking(False)  # noqa: FBT003 the standard library's own shape
        with pytest.raises(BlockingIOError):
            listener.recv(4096)


def test_nobody_has_to_listen(tmp_path: Path, listener: socket.socket) -> None:
    listener.close()
    with start(tmp_path, APP, kind="asgi", NOTIFY_SOCKET=str(tmp_path / "notify.sock")) as served:
        assert served.ready()


def test_a_listener_that_hangs_holds_nothing_up(tmp_path: Path, listener: socket.socket) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        filler.setblocking(False)  # noqa: FBT003 the standard library's own shape
        fill(filler, listener)
        with start(tmp_path, APP, kind="asgi", wait=False, NOTIFY_SOCKET=listener.getsockname()) as served:
            eventually(served.ready)


@pytest.mark.parametrize("address", ["", "relative", "/" + "x" * 200, "vsock:2:1234"])
def test_an_address_that_is_none_is_passed_over(tmp_path: Path, address: str) -> None:
    with start(tmp_path, APP, kind="asgi", NOTIFY_SOCKET=address) as served:
        assert served.ready()
