"""Hears from instances how far they are: sd_notify's datagrams on a unix socket.

What is said here is a hint and never the truth: an instance that says it is ready is asked at once, instead of at the
next probe. Anything that runs on this machine as our user can say anything, so it is kept short, few and seldom.
"""

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LONGEST = 4096
"""Bytes of a datagram; longer ones are passed over."""
MOST_A_SPAN = 100
SPAN_S = 0.1
"""So many datagrams are heard in so many seconds: who sends without end costs a little of our time, not all of it."""
KEY = re.compile(r"[A-Za-z0-9]{1,64}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """What an instance said."""

    key: str
    loading: bool
    ready: bool


class Hearer(Protocol):
    """Whom notices are for. Both are called often, with any key, and from another thread."""

    def loads(self, key: str) -> None:
        """Take note that the instance loads its model and will say when it is ready."""

    def nudge(self, key: str) -> None:
        """Ask the instance at once whether it is ready."""


@contextmanager
def listening(path: Path, hearer: Hearer) -> Iterator[None]:
    """Pass on what instances say until the block ends. Where nobody can listen, probing is all there is."""
    try:
        ear = _open(path)
    except OSError as error:
        log.warning("instances cannot say when they are ready, so they are asked: %s", error)
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_listen, args=(ear, hearer, done), name="notices")
    thread.start()
    try:
        yield
    finally:
        done.set()
        ear.shutdown(socket.SHUT_RD)
        thread.join()
        ear.close()
        path.unlink(missing_ok=True)


def read(datagram: bytes) -> Notice | None:
    """Return what a datagram says; None for what we have no use for."""
    fields = dict(line.partition("=")[::2] for line in datagram.decode("ascii", "replace").split("\n"))
    key = fields.get("X_INSTANCE", "")
    notice = Notice(key, loading=fields.get("STATUS") == "loading", ready=fields.get("READY") == "1")
    return notice if KEY.fullmatch(key) and (notice.loading or notice.ready) else None


def _open(path: Path) -> socket.socket:
    """Listen there, for nobody but our own user, in the place of whoever listened before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        ear.bind(str(draft))
        draft.chmod(0o600)
        draft.replace(path)
    except OSError:
        ear.close()
        raise
    return ear


def _listen(ear: socket.socket, hearer: Hearer, done: threading.Event) -> None:
    heard, since = 0, time.monotonic()
    while True:
        datagram, _, flags, _ = ear.recvmsg(LONGEST)
        if done.is_set():
            return
        if not flags & socket.MSG_TRUNC and (notice := read(datagram)):
            _pass_on(notice, hearer)
        heard += 1
        left_s = since + SPAN_S - time.monotonic()
        if left_s > 0 and heard >= MOST_A_SPAN:
            done.wait(left_s)
        if left_s <= 0 or heard >= MOST_A_SPAN:
            heard, since = 0, time.monotonic()


def _pass_on(notice: Notice, hearer: Hearer) -> None:
    if notice.loading:
        hearer.loads(notice.key)
    if notice.ready:
        hearer.nudge(notice.key)
