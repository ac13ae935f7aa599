"""Callers that wait: each in a thread, because a held request does not come back."""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import httpx
from websockets.sync.client import connect

from deploy_ui.gateway.activator.client import held
from tests.gateway.conftest import Gateway, secret
from tests.waiting import eventually

T = TypeVar("T")


@contextmanager
def calling(call: Callable[[], T], count: int = 1, *, slug: str = "a") -> Iterator[list[Future[T]]]:
    """Call at once so often, wait until all are held, and in the end until all have come back."""
    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(call) for _ in range(count)]
        eventually(lambda: held() == {slug: count})
        yield futures


def post(
    gateway: Gateway, path: str = "/a/", content: bytes | Iterable[bytes] = b"{}", *, patience: str = "", **headers: str
) -> httpx.Response:
    """Send a POST with the deployment's key; `patience` is how long it would wait."""
    waits = {"x-scale-up-timeout": patience} if patience else {}
    return gateway.http.post(path, content=content, headers={"x-api-key": secret("a"), **waits, **headers})


def chunks(size: int) -> Iterator[bytes]:
    """Yield so many bytes, of which nobody knows beforehand how many they are."""
    for _ in range(size // 4096):
        yield b"x" * 4096


def get_streamed(gateway: Gateway) -> list[str]:
    """Return the first two chunks of a streamed answer."""
    headers = {"x-api-key": secret("a")}
    url = f"http://127.0.0.1:{gateway.port}/a/stream"
    with httpx.stream("GET", url, headers=headers, timeout=30, trust_env=False) as response:
        found = response.iter_text()
        return [next(found), next(found)]


def chat(gateway: Gateway, word: str) -> str:
    """Say a word over a WebSocket; return what is said back."""
    headers = {"x-api-key": secret("a")}
    url = f"ws://127.0.0.1:{gateway.port}/a/chat"
    with connect(url, additional_headers=headers, proxy=None, open_timeout=30) as socket:
        socket.send(word)
        return str(socket.recv(timeout=10))


def reason(response: httpx.Response) -> str:
    """Return the reason that an error names."""
    return str(json.loads(response.text)["error"].get("reason", ""))
