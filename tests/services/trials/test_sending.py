"""Sending a test request: where it goes, what goes along, and what is told of the answer while it comes."""

import gzip
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from deploy_ui.enums import BodyKind, Role
from deploy_ui.errors import Forbidden, Gone, Invalid, NotFound
from deploy_ui.services import deployments
from deploy_ui.services.trials import history, sending
from deploy_ui.services.trials.request import ASYNCHRONOUS, Header, Trial
from deploy_ui.services.trials.sending import Broken, Data, End, Event, Head
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories
from tests.ports import free_port
from tests.services.trials.recorder import Recorder
from tests.waiting import eventually_async

ACCEPTED = {"request_id": "c_aaaaaaaaaaaaaaaa", "status": "queued"}
Handler = httpx.MockTransport


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


def answering(status: int = 200, **values: Any) -> Handler:
    """Stand in for the gateway with one answer, unread as a real one is."""

    def handle(_: httpx.Request) -> httpx.Response:
        made = httpx.Response(status, **values)
        if not made.is_stream_consumed:
            return made
        return httpx.Response(status, headers=made.headers.raw, stream=httpx.ByteStream(made.content))

    return httpx.MockTransport(handle)


async def told(editor: Viewer, slug: str, trial: Trial, transport: Handler | None = None) -> list[Event]:
    """Send a request; return everything that is told."""
    begun = await sending.begin(editor, slug, trial, {})
    return [event async for event in begun.events(transport=transport)]


async def head(editor: Viewer, slug: str, **values: Any) -> Head:
    """Return how an answer begins."""
    first = (await told(editor, slug, Trial(), answering(**values)))[0]
    assert isinstance(first, Head)
    return first


async def end(editor: Viewer, slug: str, trial: Trial, transport: Handler) -> End:
    """Return how an answer ends."""
    last = (await told(editor, slug, trial, transport))[-1]
    assert isinstance(last, End)
    return last


def body(events: list[Event]) -> bytes:
    return b"".join(each.piece for each in events if isinstance(each, Data))


async def test_head_pieces_and_end_come_in_order(editor: Viewer, slug: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    headers = [("X-Request-Id", "r-1"), ("X-Instance", "aaaaaa"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    first, one, two, last = await told(editor, slug, Trial(), answering(201, headers=headers, content=pieces()))
    assert isinstance(first, Head)
    assert (first.status, first.phrase, first.request_id, first.instance) == (201, "Created", "r-1", "aaaaaa")
    assert [(each.name, each.value) for each in first.headers][:4] == headers
    assert (one, two) == (Data(b"one"), Data(b"two"))
    assert isinstance(last, End)
    assert (last.size, last.truncated, last.call_id) == (6, False, "")
    assert last.past == history.rows(editor, slug)[0]
    assert last.past is not None
    assert (last.past.status, last.past.request_id, last.past.over) == (201, "r-1", True)


async def test_a_request_goes_to_this_deployment_with_a_key_of_the_consoles(
    editor: Viewer, slug: str, recorder: Recorder
) -> None:
    await told(editor, slug, Trial(method="GET", path="//evil.example/a/../b c?q=@x"))
    got = recorder.last()
    assert (got.method, got.target) == ("GET", f"/{slug}//evil.example/a/../b%20c?q=@x")
    assert got.values("x-api-key")[0].startswith("dk_")
    assert got.values("host") == [f"127.0.0.1:{recorder.port}"]


async def test_a_key_of_ones_own_is_used_instead(editor: Viewer, slug: str, recorder: Recorder) -> None:
    await told(editor, slug, Trial(headers=[Header("authorization", "Bearer dk_mine")]))
    got = recorder.last()
    assert (got.values("authorization"), got.values("x-api-key")) == (["Bearer dk_mine"], [])


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_sees_nothing(
    editor: Viewer, slug: str, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert isinstance((await told(editor, slug, Trial()))[-1], End)
    assert recorder.got


async def test_a_viewer_may_not_send(editor: Viewer, slug: str, recorder: Recorder) -> None:
    assert editor
    with pytest.raises(Forbidden):
        await sending.begin(factories.viewer(Role.VIEWER), slug, Trial(), {})
    assert recorder.got == []


async def test_nothing_is_noted_of_what_cannot_be_sent(editor: Viewer, slug: str) -> None:
    with pytest.raises(Invalid, match="trial_path"):
        await sending.begin(editor, slug, Trial(path="x"), {})
    with pytest.raises(Invalid, match="trial_file_missing") as caught:
        await sending.begin(editor, slug, Trial(kind=BodyKind.FILE, filename="cat.png"), {})
    assert caught.value.facts["name"] == "cat.png"
    assert history.rows(editor, slug) == []


async def test_there_is_nowhere_to_send_to(editor: Viewer, slug: str) -> None:
    with pytest.raises(NotFound):
        await sending.begin(editor, "none-such", Trial(), {})
    deployments.delete(editor, slug)
    with pytest.raises((NotFound, Gone)):
        await sending.begin(editor, slug, Trial(), {})


async def test_a_gateway_that_is_away_is_said_and_noted(editor: Viewer, slug: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        message = "refused"
        raise httpx.ConnectError(message, request=request)

    (broken,) = await told(editor, slug, Trial(), httpx.MockTransport(refuse))
    assert isinstance(broken, Broken)
    assert (broken.error.code, broken.error.facts) == ("gateway_unreachable", {"kind": "ConnectError"})
    await eventually_async(lambda: history.rows(editor, slug)[0].duration_ms >= 0)
    assert (history.rows(editor, slug)[0].status, history.rows(editor, slug)[0].over) == (None, False)


async def test_a_request_may_be_held_until_a_deployment_wakes(editor: Viewer) -> None:
    card = factories.deployment(editor, start_timeout_s=600, request_timeout_s=30)
    begun = await sending.begin(editor, card.slug, Trial(), {})
    assert begun._patience_s > card.start_timeout_s + card.request_timeout_s


@pytest.mark.usefixtures("silent")
async def test_a_gateway_that_never_answers_is_not_waited_for(editor: Viewer, slug: str) -> None:
    begun = await sending.begin(editor, slug, Trial(kind=BodyKind.TEXT, text="a"), {})
    begun._patience_s = 0.05
    (broken,) = [event async for event in begun.events()]
    assert isinstance(broken, Broken)
    assert (broken.error.code, broken.error.facts) == ("gateway_unreachable", {"kind": "TimeoutError"})


@pytest.fixture
def silent(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Listen where the gateway should be, and say nothing."""
    assert database
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(listening.getsockname()[1]))
        settings.cache_clear()
        yield


@pytest.mark.usefixtures("breaking")
async def test_an_answer_that_breaks_off_is_said(editor: Viewer, slug: str) -> None:
    first, piece, broken = await told(editor, slug, Trial())
    assert isinstance(first, Head)
    assert piece == Data(b"begun")
    assert isinstance(broken, Broken)
    assert broken.error.code == "answer_broken"
    await eventually_async(lambda: history.rows(editor, slug)[0].status == 200)
    assert not history.rows(editor, slug)[0].over


@pytest.fixture
def breaking(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Listen where the gateway should be; promise ten bytes and send five."""
    assert database
    listening = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(listening.getsockname()[1]))
    settings.cache_clear()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nbegun")

    thread = threading.Thread(target=serve)
    thread.start()
    yield
    thread.join()
    listening.close()


async def test_what_is_not_compressed_as_it_says_is_said(editor: Viewer, slug: str) -> None:
    headers = {"content-encoding": "gzip"}
    stream = httpx.ByteStream(b"not gzip")
    *_, broken = await told(editor, slug, Trial(), answering(headers=headers, stream=stream))
    assert isinstance(broken, Broken)
    assert broken.error.code == "answer_undecodable"


async def test_a_compressed_answer_arrives_plain(editor: Viewer, slug: str) -> None:
    headers = {"content-encoding": "gzip"}
    stream = httpx.ByteStream(gzip.compress(b"plain"))
    events = await told(editor, slug, Trial(), answering(headers=headers, stream=stream))
    assert body(events) == b"plain"
    assert isinstance(events[-1], End)
    assert events[-1].size == 5


@pytest.mark.parametrize("over", [0, 1])
async def test_a_huge_answer_is_cut(editor: Viewer, slug: str, over: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_ANSWER", 1000)
    events = await told(editor, slug, Trial(), answering(content=b"x" * (1000 + over)))
    last = events[-1]
    assert isinstance(last, End)
    assert (len(body(events)), last.size, last.truncated) == (1000, 1000, bool(over))
    assert last.past is not None
    assert last.past.over


async def test_a_redirect_is_shown_not_followed(editor: Viewer, slug: str) -> None:
    assert (await head(editor, slug, status=302, headers={"location": "http://127.0.0.1:1/"})).status == 302


@pytest.mark.parametrize(
    ("said", "kind", "charset"),
    [
        ("Text/HTML; Charset=ISO-8859-1", "text/html", "iso-8859-1"),
        ("application/json", "application/json", "utf-8"),
        ("text/plain; charset=utf-99", "text/plain", "utf-8"),
        ("text/plain; charset=hex", "text/plain", "utf-8"),
        ("text/plain; charset=idna", "text/plain", "idna"),
        ("text/plain; charset=", "text/plain", "utf-8"),
        ("text/plain; charset=\x00", "text/plain", "utf-8"),
        ("", "", "utf-8"),
    ],
)
async def test_the_type_of_an_answer_is_told(editor: Viewer, slug: str, said: str, kind: str, charset: str) -> None:
    found = await head(editor, slug, headers={"content-type": said})
    assert found.content_type == kind
    assert found.charset in {charset, "utf-8"}
    b"".decode(found.charset)


async def test_what_an_instance_calls_itself_is_bounded(editor: Viewer, slug: str) -> None:
    found = await head(editor, slug, headers={"x-instance": "k4c9aa" + "x" * 100, "x-request-id": "r" * 1000})
    assert (found.instance, len(found.request_id)) == ("k4c9aa" + "x" * 14, 100)


async def test_headers_that_are_no_utf_8_are_shown(editor: Viewer, slug: str) -> None:
    raw = [(b"x-a", "\u0436".encode()), (b"x-b", b"\xff\xfe")]
    found = await head(editor, slug, headers=raw)
    assert [each.value for each in found.headers][:2] == ["\u0436", "\xff\xfe"]


async def test_leaving_early_is_noted(editor: Viewer, slug: str) -> None:
    begun = await sending.begin(editor, slug, Trial(), {})
    events = begun.events(transport=answering(headers={"x-request-id": "r-1"}, content=b"x"))
    assert isinstance(await anext(events), Head)
    await events.aclose()
    await eventually_async(lambda: history.rows(editor, slug)[0].request_id == "r-1")
    assert not history.rows(editor, slug)[0].over


async def test_an_accepted_asynchronous_call_has_its_id(editor: Viewer, slug: str) -> None:
    last = await end(editor, slug, Trial(headers=[ASYNCHRONOUS]), answering(202, json=ACCEPTED))
    assert last.call_id == ACCEPTED["request_id"]
    assert history.rows(editor, slug)[0].call_id == ACCEPTED["request_id"]


@pytest.mark.parametrize(
    ("headers", "status", "answer"),
    [
        pytest.param([], 202, ACCEPTED, id="a model's own 202"),
        pytest.param([ASYNCHRONOUS], 400, ACCEPTED, id="refused"),
        pytest.param([ASYNCHRONOUS], 202, [], id="no object"),
        pytest.param([ASYNCHRONOUS], 202, {}, id="no id"),
        pytest.param([ASYNCHRONOUS], 202, {"request_id": "../../x"}, id="no id of ours"),
        pytest.param([ASYNCHRONOUS], 202, {"request_id": {"a": 1}}, id="not even a text"),
    ],
)
async def test_any_other_answer_has_no_call(
    editor: Viewer, slug: str, headers: list[Header], status: int, answer: Any
) -> None:
    assert (await end(editor, slug, Trial(headers=headers), answering(status, json=answer))).call_id == ""
