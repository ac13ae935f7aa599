import base64
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.api import call_downloads
from deploy_ui.enums import CallReason, CallStatus, Role
from deploy_ui.services.calls import names
from deploy_ui.services.calls.results import Result
from deploy_ui.services.deployments import DeploymentCard
from tests import factories
from tests.api.conftest import As, Client

COMPLETED = CallStatus.COMPLETED


@pytest.fixture
def iris(database: str) -> DeploymentCard:  # noqa: ARG001 -- it lies there
    return factories.deployment()


@pytest.fixture
def address(iris: DeploymentCard) -> str:
    return f"/api/v1/deployments/{iris.slug}/calls"


def answered(card: DeploymentCard, body: bytes, *headers: tuple[str, str], **values: Any) -> str:
    ended = {"status": COMPLETED, "answer_status": 200, "finished_at": clock.now(), "attempts": 1, **values}
    return factories.call(card, answer=body, answer_headers=[list(each) for each in headers], **ended)


async def test_calls_are_listed_page_by_page(reader: Client, iris: DeploymentCard, address: str) -> None:
    ids = [factories.call(iris) for _ in range(3)][::-1]
    first = (await reader.get(address, params={"limit": 2})).json()
    second = (await reader.get(address, params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["id"] for each in first["items"] + second["items"]] == ids
    assert second["next"] is None
    assert first["items"][0]["created_at"].endswith("Z")


async def test_the_list_is_narrowed(reader: Client, iris: DeploymentCard, address: str) -> None:
    now = clock.now()
    old = factories.call(iris, created_at=now - timedelta(hours=1))
    done = answered(iris, b"{}", created_at=now)

    async def found(**params: str) -> list[str]:
        return [each["id"] for each in (await reader.get(address, params=params)).json()["items"]]

    assert await found(status="completed") == [done]
    assert await found(search=old[2:]) == [old]
    assert await found(since=(now - timedelta(minutes=1)).isoformat()) == [done]
    assert await found(until=(now - timedelta(minutes=1)).isoformat()) == [old]


async def test_calls_are_counted_by_status(reader: Client, iris: DeploymentCard, address: str) -> None:
    factories.call(iris)
    answered(iris, b"{}")
    counts = {"queued": 1, "running": 0, "completed": 1, "error": 0, "canceled": 0}
    assert (await reader.get(f"{address}/counts")).json() == counts
    later = (clock.now() + timedelta(minutes=1)).isoformat()
    assert (await reader.get(f"{address}/counts", params={"since": later})).json() == dict.fromkeys(counts, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "done"}, "status"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2030-01-01T00:00:00"}, "since"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
async def test_wrong_questions(reader: Client, address: str, query: dict[str, str], field: str) -> None:
    answer = await reader.get(address, params=query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


async def test_a_card_hides_headers_from_viewers(signed_in: As, iris: DeploymentCard, address: str) -> None:
    call_id = answered(iris, b"{}", ("Content-Type", "application/json"), headers=[["Authorization", "s3cret"]])
    seen = await signed_in(Role.VIEWER).get(f"{address}/{call_id}")
    assert (seen.json()["headers"], seen.json()["answer_headers"]) == ([], [])
    assert "s3cret" not in seen.text
    seen = await signed_in(Role.EDITOR).get(f"{address}/{call_id}")
    assert seen.json()["headers"] == [["Authorization", "s3cret"]]
    assert (seen.json()["has_result"], seen.json()["priority"]) == (True, "normal")


async def test_a_json_answer_is_downloaded_as_it_is(editor: Client, iris: DeploymentCard, address: str) -> None:
    body = b'{"n": 1.10,  "n": 12345678901234567890}'
    call_id = answered(iris, body, ("Content-Type", "application/vnd.x+json; charset=utf-8"), answer_status=404)
    answer = await editor.get(f"{address}/{call_id}/result")
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["content-disposition"] == f'attachment; filename="{call_id}.json"'


HOSTILE = b"<script>alert(1)</script>"


@pytest.mark.parametrize("raw", [True, False])
async def test_what_a_model_answers_never_runs_in_the_console(
    editor: Client,
    iris: DeploymentCard,
    address: str,
    raw: bool,  # noqa: FBT001
) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Security-Policy", "default-src *"), ("Set-X", "1"))
    call_id = answered(iris, HOSTILE, *headers)
    answer = await editor.get(f"{address}/{call_id}/result", params={"raw": raw})
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{call_id}.')
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == ("application/octet-stream" if raw else "application/json")
    assert "set-x" not in answer.headers
    assert answer.content == HOSTILE if raw else answer.json()["body"] == HOSTILE.decode()


PNG = b"\x89PNG\r\n\x1a\n\0\xff"
TEXT = 'é, "\u0416" \\ \n\t\x00\u2028'


@pytest.mark.parametrize(
    ("body", "headers", "encoding", "kept"),
    [
        (TEXT.encode(), [("content-type", "text/csv")], "text", None),
        ("\u0416".encode("cp1251"), [("content-type", 'text/plain; charset="Windows-1251"')], "text", None),
        (b"", [], "text", None),
        (PNG, [("content-type", "image/png")], "base64", None),
        ("\u0416".encode("cp1251"), [("content-type", "text/plain")], "base64", None),
        (b"a-b", [("content-type", "text/plain; charset=punycode")], "base64", None),
        (gzip.compress(TEXT.encode()), [("content-type", "text/csv"), ("content-encoding", "GZIP")], "text", 1),
        (
            zlib.compress(b'{"a": 1}'),
            [("content-type", "application/json"), ("content-encoding", "deflate")],
            "text",
            1,
        ),
        (gzip.compress(PNG), [("content-encoding", "gzip")], "base64", 0),
        (b"no gzip", [("content-encoding", "gzip")], "base64", None),
        (gzip.compress(b"cut off")[:-4], [("content-encoding", "gzip")], "base64", None),
        (b"packed", [("content-encoding", "br")], "base64", None),
        (gzip.compress(b"\0" * (17 << 20)), [("content-encoding", "gzip")], "base64", None),
    ],
)
def test_other_answers_come_in_an_envelope(
    body: bytes, headers: list[tuple[str, str]], encoding: str, kept: int | None
) -> None:
    """`kept`: how many headers are left where the body is unpacked."""
    found = json.loads(b"".join(call_downloads.envelope(Result(201, headers, "", len(body), iter([body])))))
    assert (found["status"], found["encoding"]) == (201, encoding)
    assert found["headers"] == [list(each) for each in headers[:kept]]
    plain = zlib.decompress(body, zlib.MAX_WBITS | 32) if kept is not None else body
    if encoding == "base64":
        assert base64.b64decode(found["body"]) == plain
    else:
        assert found["body"] == plain.decode("cp1251" if "Windows-1251" in str(headers) else "utf-8")


async def test_packed_json_comes_in_an_envelope_too(editor: Client, iris: DeploymentCard, address: str) -> None:
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    call_id = answered(iris, gzip.compress(b'{"a": 1}'), *headers)
    assert (await editor.get(f"{address}/{call_id}/result")).json() == {
        "status": 200,
        "headers": [["content-type", "application/json"]],
        "encoding": "text",
        "body": '{"a": 1}',
    }


@pytest.mark.parametrize("odd", [1, 2, 3, 65_536])
def test_an_envelope_of_pieces_is_the_whole(odd: int) -> None:
    whole = bytes(range(256)) * 5000
    pieces = iter([whole[start : start + odd * 1001] for start in range(0, len(whole), odd * 1001)])
    found = json.loads(b"".join(call_downloads.envelope(Result(200, [], "text/plain", len(whole), pieces))))
    assert base64.b64decode(found["body"]) == whole


def test_a_long_answer_is_never_whole_in_memory() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(400):
            yield bytes(256 << 10)

    tracemalloc.start()
    try:
        size = sum(map(len, call_downloads.envelope(Result(200, [], "", 100 << 20, pieces()))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > (100 << 20) * 4 / 3
    assert peak < 4 << 20


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"status": CallStatus.QUEUED}, 409, "call_not_finished"),
        ({"status": CallStatus.RUNNING}, 409, "call_not_finished"),
        ({"status": CallStatus.ERROR, "reason": CallReason.TIMED_OUT}, 410, "call_failed"),
        ({"status": CallStatus.CANCELED}, 410, "call_was_canceled"),
    ],
)
async def test_an_answer_that_is_not_there(
    editor: Client, iris: DeploymentCard, values: dict[str, Any], status: int, code: str
) -> None:
    address = f"/api/v1/deployments/{iris.slug}/calls/{factories.call(iris, **values)}/result"
    answer = await editor.get(address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(("method", "verb"), [("GET", ""), ("GET", "/result"), ("POST", "/cancel"), ("POST", "/retry")])
async def test_calls_that_are_not_there(editor: Client, address: str, method: str, verb: str) -> None:
    other = answered(factories.deployment(), b"{}")
    old = names.new_call_id(clock.now() - timedelta(days=4))
    unknown, forgotten = (404, "call_not_found"), (410, "call_expired")
    for call_id, error in ((other, unknown), ("x", unknown), (old, forgotten)):
        answer = await editor.request(method, f"{address}/{call_id}{verb}")
        assert (answer.status_code, answer.json()["error"]["code"]) == error


async def test_viewers_get_no_answers_and_change_nothing(reader: Client, iris: DeploymentCard, address: str) -> None:
    call_id = answered(iris, b"{}")
    for method, verb in (("GET", "result"), ("POST", "cancel"), ("POST", "retry")):
        answer = await reader.request(method, f"{address}/{call_id}/{verb}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low")


async def test_a_call_is_canceled_once(editor: Client, iris: DeploymentCard, address: str) -> None:
    call_id = factories.call(iris)
    answer = await editor.post(f"{address}/{call_id}/cancel")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "canceled", "canceled")
    answer = await editor.post(f"{address}/{call_id}/cancel")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "call_ended")


async def test_many_are_canceled(editor: Client, iris: DeploymentCard, address: str) -> None:
    first, second, third = (factories.call(iris) for _ in range(3))
    running = factories.call(iris, status=CallStatus.RUNNING, attempts=1)
    for body, number in (({"ids": [first, "x"]}, 1), ({"status": "running"}, 1), ({}, 2), ({}, 0)):
        assert (await editor.post(f"{address}/cancel", json=body)).json() == {"canceled": number}
    counts = (await editor.get(f"{address}/counts")).json()
    assert (counts["canceled"], counts["queued"]) == (len([first, second, third, running]), 0)


@pytest.mark.parametrize("body", [{"ids": ["x"] * 1001}, {"status": "all"}, {"id": ["x"]}, {"ids": "x"}, {"ids": [1]}])
async def test_what_cancels_nothing(editor: Client, iris: DeploymentCard, address: str, body: dict[str, Any]) -> None:
    factories.call(iris)
    assert (await editor.post(f"{address}/cancel", json=body)).status_code == 422
    assert (await editor.get(f"{address}/counts")).json()["canceled"] == 0


async def test_a_call_is_sent_anew(editor: Client, iris: DeploymentCard, address: str) -> None:
    old = factories.call(iris, status=CallStatus.ERROR, body=b"x", method="PUT", path="/a?b=c")
    answer = await editor.post(f"{address}/{old}/retry")
    card = answer.json()
    assert (answer.status_code, card["status"], card["retry_of"]) == (201, "queued", old)
    assert (card["method"], card["path"], card["body_size"]) == ("PUT", "/a?b=c", 1)
    assert card["id"] != old
