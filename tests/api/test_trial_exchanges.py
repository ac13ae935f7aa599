"""Test requests over the whole way: what reaches the model, and what never does."""

import hashlib
import json
from typing import Any

import pytest

from deploy_ui.acceptor.server import serving
from deploy_ui.enums import Role
from deploy_ui.services import sessions
from deploy_ui.services.calls import cards
from deploy_ui.settings import settings
from tests import factories
from tests.api.exchanges import Bench
from tests.ports import free_port


async def test_a_request_reaches_the_model_and_its_answer_comes_back(bench: Bench) -> None:
    got = await bench.send(
        method="PUT", path="/a/b?c=d e", headers=[["X-A", "1"], ["X-A", "2"]], kind="json", text='{"a": "\u0436"}'
    )
    assert (got.told["method"], got.told["path"], got.told["query"]) == ("PUT", "/a/b", "c=d%20e")
    assert (got.values("x-a"), got.values("content-type")) == (["1", "2"], ["application/json"])
    assert got.told["sha256"] == hashlib.sha256('{"a": "\u0436"}'.encode()).hexdigest()
    assert (got.head["status"], got.head["phrase"], got.head["instance"]) == (200, "OK", "aaaaaa")
    assert (got.head["content_type"], got.head["charset"]) == ("application/json", "utf-8")
    assert got.head["request_id"] == got.values("x-request-id")[0]
    assert (got.end["size"], got.end["truncated"], got.end["call_id"]) == (len(got.body), False, "")
    assert (got.end["past"]["request_id"], got.end["past"]["over"]) == (got.head["request_id"], True)


async def test_the_model_sees_no_key_and_no_cookie_of_the_console(bench: Bench) -> None:
    got = await bench.send(headers=[["Cookie", f"{sessions.COOKIE}=secret; a=1"], ["X-Forwarded-For", "6.6.6.6"]])
    assert not {"x-api-key", "authorization"} & {name for name, _ in got.told["headers"]}
    assert got.values("cookie") == ["a=1"]
    assert "6.6.6.6" not in str(got.told)
    assert "dk_" not in str(got.told)


@pytest.mark.parametrize(
    ("request_of", "kind", "body"),
    [
        ({"kind": "none"}, [], b""),
        ({"kind": "text", "text": "a\0\u0436"}, ["text/plain; charset=utf-8"], "a\0\u0436".encode()),
        (
            {"kind": "form", "fields": [{"name": "a b", "value": "1&2"}, {"name": "c", "value": "\u0436"}]},
            ["application/x-www-form-urlencoded"],
            b"a+b=1%262&c=%D0%B6",
        ),
        ({"kind": "file", "filename": "a.png"}, ["image/png"], b"\0\xff\r\n"),
    ],
    ids=["none", "text", "form", "file"],
)
async def test_every_kind_of_body_arrives(
    bench: Bench, request_of: dict[str, Any], kind: list[str], body: bytes
) -> None:
    got = await bench.send(files={"body": b"\0\xff\r\n"} if request_of["kind"] == "file" else {}, **request_of)
    assert got.values("content-type") == kind
    assert got.told["text"].encode("latin-1") == body


async def test_a_multipart_form_arrives_with_its_files(bench: Bench) -> None:
    fields = [
        {"name": "note", "value": "\u0436\n2"},
        {"name": "file", "part": "file-0", "filename": 'c"at.png', "type": "image/png"},
    ]
    got = await bench.send(kind="multipart", fields=fields, files={"file-0": b"\0\xff"})
    boundary = got.values("content-type")[0].removeprefix("multipart/form-data; boundary=")
    assert got.told["text"].encode("latin-1") == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\n\u0436\n2\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="c%22at.png"\r\n'
        f"Content-Type: image/png\r\n\r\n".encode()
        + f"\0\xff\r\n--{boundary}--\r\n".encode("latin-1")
    )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"text/html", b"<script>alert(1)</script>"),
        (b"text/plain; charset=koi8-r", "\u043f\u0440\u0438".encode("koi8-r")),
        (b"application/octet-stream", bytes(range(256))),
        (b"text/plain", b"\xff\xfe\xc3("),
        (b"", b""),
    ],
    ids=["html", "koi8-r", "bytes", "not UTF-8", "empty"],
)
async def test_an_answer_is_data_whatever_it_is(bench: Bench, kind: bytes, body: bytes) -> None:
    bench.model.answers["/any"] = [(b"content-type", kind)], body
    got = await bench.send(method="GET", path="/any")
    assert got.body == body
    assert got.head["content_type"] == kind.decode().partition(";")[0]


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example/", "///{other}/x", "/@evil.example/", "/http://evil.example/", "/{other}/predict"),
        *("/a/../b", "/./x", "/a//b", "/;/x", "/..;/{other}", "/%252e%252e/{other}", "/...//{other}", "/a/b/../../c"),
        *("/?x=/../{other}", "/\uff0e\uff0e/{other}", "/a\\b", "/%00", "/%2f{other}", "/%5c{other}", "/a%2f..%2fb"),
        *("/\u2028", "/ HTTP/1.1", "/%0d%0aX-A:%201", "/*", "/\u0436", "/%", "/%zz", "/%ff"),
    ],
)
async def test_no_path_leaves_the_deployment(bench: Bench, path: str) -> None:
    """Whatever is let out comes to this deployment: a console key opens no other one, and its name stands first."""
    got = await bench.send(method="GET", path=path.replace("{other}", bench.other_slug))
    assert got.head["status"] in {200, 400, 403}
    assert bench.other_model.asked == []
    assert len(bench.model.asked) == (got.head["status"] == 200)


@pytest.mark.parametrize(
    ("request_of", "code", "field"),
    [
        ({"path": "http://evil.example/"}, "trial_path", "path"),
        ({"path": "@evil.example"}, "trial_path", "path"),
        ({"path": "/../other"}, "trial_path_leaves", "path"),
        ({"path": "/%2e%2e/other"}, "trial_path_leaves", "path"),
        ({"method": "BREW"}, "trial_method", "method"),
        ({"headers": [["X-A", "1"], ["X-B", "a\r\nb"]]}, "header_value", "headers"),
        ({"headers": [["Host", "evil.example"]]}, "header_ours", "headers"),
        ({"headers": [["Transfer-Encoding", "chunked"]]}, "header_ours", "headers"),
        ({"kind": "json", "text": "{"}, "body_not_json", "body"),
        ({"kind": "file", "filename": "cat.png"}, "trial_file_missing", "body"),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_an_answer_begins(
    bench: Bench, request_of: dict[str, Any], code: str, field: str
) -> None:
    status, error = await bench.refused(**request_of)
    assert (status, error["code"], error["field"]) == (422, code, field)
    assert bench.model.asked == []


async def test_a_gateway_that_is_away_is_said_in_the_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(free_port()))
    settings.cache_clear()
    (line,) = (await bench.send(method="GET")).lines
    assert (line["error"]["code"], line["error"]["facts"]) == ("gateway_unreachable", {"kind": "ConnectError"})


async def test_a_viewer_may_not_send(bench: Bench) -> None:
    bench.client.headers["authorization"] = f"Bearer {factories.token(factories.viewer(Role.VIEWER))}"
    status, error = await bench.refused(method="GET")
    assert (status, error["code"]) == (403, "role_too_low")
    assert bench.model.asked == []


async def test_another_site_may_not_send_with_the_cookie(bench: Bench) -> None:
    token = bench.client.headers.pop("authorization").removeprefix("Bearer ")
    bench.client.cookies.set(sessions.COOKIE, token)
    for headers in ({"origin": "https://evil.example"}, {}):
        bench.client.headers.update(headers)
        status, error = await bench.refused(method="GET")
        assert (status, error["code"]) == (403, "foreign_origin")
    assert bench.model.asked == []


async def test_an_asynchronous_call_is_accepted_and_known(bench: Bench) -> None:
    async with serving():
        got = await bench.send(headers=[["x-async-request", "TRUE"]], kind="json", text="{}")
    assert (got.head["status"], got.end["call_id"]) == (202, json.loads(got.body)["request_id"])
    assert bench.rows[0].call_id == got.end["call_id"]
    assert cards.card(bench.sender, bench.slug, got.end["call_id"]).path == "/predict"
    assert bench.model.asked == []
