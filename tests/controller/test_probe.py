import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from deploy_ui.controller.observe import Health
from deploy_ui.controller.probe import MOST_STRANGERS, QUICKEST_S, Prober, Target, ask, new_session, pause
from tests.waiting import eventually

Answerer = Callable[[socket.socket], None]


@contextmanager
def served(answer: Answerer) -> Iterator[str]:
    """Answer every connection in a thread of its own; give the address."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):
                answer(self.request)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield "{}:{}".format(*server.server_address)
        server.shutdown()
        thread.join()


def answering(head: str) -> Answerer:
    def answer(caller: socket.socket) -> None:
        caller.recv(65_536)
        caller.sendall(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode())

    return answer


async def asked(answer: Answerer, *, named: bool = True) -> str:
    with served(answer) as address:
        async with new_session() as session:
            return await ask(session, Target("abc", address, "/health/ready", named))


@pytest.mark.parametrize(
    ("head", "named", "words"),
    [
        pytest.param("200 OK", True, "", id="200 is ready"),
        pytest.param("204 No Content", True, "", id="so is any 2xx"),
        pytest.param("503 Busy", True, "answered 503", id="503 is not"),
        pytest.param("302 Found\r\nLocation: /", True, "answered 302", id="a redirect is not followed"),
        pytest.param("200 OK\r\nX-Instance: abc", True, "", id="it names itself"),
        pytest.param("200 OK\r\nX-Instance: xyz", True, "another instance", id="another one on the same port"),
        pytest.param("200 OK\r\nX-Instance: xyz", False, "", id="a command may say what it likes"),
        pytest.param("not HTTP at all", True, "GET /health/ready: ", id="rubbish"),
    ],
)
async def test_ask(head: str, named: bool, words: str) -> None:  # noqa: FBT001 - a column
    said = await asked(answering(head), named=named)
    assert words in said if words else said == ""


async def test_a_closed_port_is_said_so() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*closed.getsockname())
        async with new_session() as session:
            assert await ask(session, Target("abc", address, "/", named=True)) == "GET /: connection refused"


async def test_who_does_not_answer_within_a_second_is_not_waited_for() -> None:
    def silent(caller: socket.socket) -> None:
        while caller.recv(65_536):
            pass

    assert await asked(silent) == "GET /health/ready: no answer within 1 s"


async def test_who_answers_byte_by_byte_is_not_waited_for() -> None:
    def trickle(caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not _gone(caller):
            caller.sendall(b"x")

    assert await asked(trickle) == "GET /health/ready: no answer within 1 s"


async def test_every_probe_has_a_connection_of_its_own() -> None:
    callers: list[object] = []

    def kept_alive(caller: socket.socket) -> None:
        callers.append(caller.getpeername())
        while caller.recv(65_536):
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")

    with served(kept_alive) as address:
        async with new_session() as session:
            for _ in range(3):
                await ask(session, Target("abc", address, "/", named=True))
    assert len(set(callers)) == 3


@pytest.mark.parametrize(
    ("health", "asked", "age_s", "expected"),
    [
        pytest.param(Health(ready=False), {}, 0.0, 0.05, id="a starting one is asked often"),
        pytest.param(Health(ready=False), {}, 5.0, 0.5, id="less often the longer it takes"),
        pytest.param(Health(ready=False), {}, 500.0, 1.0, id="but every second"),
        pytest.param(Health(ready=False), {"speaks": True}, 0.0, 0.5, id="one that will say so is asked seldom"),
        pytest.param(Health(ready=False), {"speaks": True}, 500.0, 1.0, id="but not forgotten"),
        pytest.param(Health(ready=True), {}, 0.0, 2.0, id="a ready one is left alone"),
        pytest.param(Health(ready=False), {"rests": True}, 0.0, 2.0, id="a failed probe of a ready one is no alarm"),
    ],
)
def test_pause(health: Health, asked: dict[str, bool], age_s: float, expected: float) -> None:
    assert pause(health, **{"rests": False, **asked}, age_s=age_s) == expected


@pytest.fixture
def ready_server() -> Iterator[str]:
    with served(answering("200 OK")) as address:
        yield address


def test_the_prober_wakes_us_when_an_instance_gets_ready(ready_server: str) -> None:
    rang = threading.Event()
    target = Target("abc", ready_server, "/", named=True)
    with Prober(rang.set) as prober:
        prober.watch([(target, False)])
        assert rang.wait(5)
        assert prober.health(target) == Health(ready=True)


def test_the_prober_forgets_whom_it_does_not_watch_any_more(ready_server: str) -> None:
    target = Target("abc", ready_server, "/", named=True)
    with Prober(lambda: None) as prober:
        prober.watch([(target, False)])
        eventually(lambda: prober.health(target))
        prober.watch([])
        assert prober.health(target) is None


def test_the_prober_counts_failures_in_a_row() -> None:
    target = Target("abc", "127.0.0.1:1", "/", named=True)
    with Prober(lambda: None) as prober:
        prober.watch([(target, False)])
        eventually(lambda: (health := prober.health(target)) and health.failures >= 3)


@pytest.fixture
def slow_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[float], threading.Event]]:
    """Serve one that is not ready until told, and is never asked again by itself; give the moments of the probes."""
    monkeypatch.setattr("deploy_ui.controller.probe.pause", lambda *_, **__: 3600)
    asked: list[float] = []
    ready = threading.Event()

    def answer(caller: socket.socket) -> None:
        asked.append(time.monotonic())
        answering("200 OK" if ready.is_set() else "503 Busy")(caller)

    with served(answer) as address:
        yield address, asked, ready


def test_who_says_that_it_is_ready_is_asked_at_once(
    slow_start: tuple[str, list[float], threading.Event],
) -> None:
    address, asked, ready = slow_start
    rang = threading.Event()
    target = Target("abc", address, "/", named=True)
    with Prober(rang.set) as prober:
        prober.watch([(target, False)])
        eventually(lambda: prober.health(target))
        ready.set()
        prober.nudge("abc")
        assert rang.wait(5)
        assert (prober.health(target), len(asked)) == (Health(ready=True), 2)


def test_who_says_so_without_end_is_not_asked_without_end(
    slow_start: tuple[str, list[float], threading.Event],
) -> None:
    address, asked, ready = slow_start
    target = Target("abc", address, "/", named=True)
    with Prober(lambda: None) as prober:
        prober.watch([(target, False)])
        eventually(lambda: prober.health(target))

        def asked_often() -> bool:
            prober.nudge("abc")
            return len(asked) >= 4

        def found_ready() -> bool:
            prober.nudge("abc")
            return prober.health(target) == Health(ready=True)

        eventually(asked_often)
        ready.set()
        eventually(found_ready)
        until_ready = len(asked)
        for _ in range(1000):
            prober.nudge("abc")
        prober.watch([])  # comes behind the nudges
    assert len(asked) <= 2 + (asked[-1] - asked[0]) / QUICKEST_S
    assert len(asked) == until_ready, "a ready one is not asked more often, whatever it says"


def test_a_moment_of_loading_is_kept_until_it_is_watched_and_the_first_counts(ready_server: str) -> None:
    target = Target("abc", ready_server, "/", named=True)
    with Prober(lambda: None) as prober:
        prober.loads("abc")
        prober.watch([(target, False)])
        loading_at = eventually(lambda: (health := prober.health(target)) and health.loading_at)
        prober.loads("abc")
        prober.watch([(target, True)])
        health = prober.health(target)
        assert health
        assert health.loading_at == loading_at


def test_strangers_are_forgotten_before_they_fill_the_memory(ready_server: str) -> None:
    target = Target("abc", ready_server, "/", named=True)
    with Prober(lambda: None) as prober:
        prober.watch([(target, False)])
        prober.loads("abc")
        for number in range(3 * MOST_STRANGERS):
            prober.loads(f"stranger{number}")
            prober.nudge(f"stranger{number}")
        eventually(lambda: (health := prober.health(target)) and health.loading_at)
        prober.watch([])
        prober.watch([(target, False)])
        assert len(prober._loading) <= MOST_STRANGERS + 1


def _gone(caller: socket.socket) -> bool:
    """Wait a little for the other side to hang up; say whether it did."""
    caller.settimeout(0.1)
    try:
        return caller.recv(65_536) == b""
    except TimeoutError:
        return False
