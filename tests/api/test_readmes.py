import asyncio
import io
import re
import zipfile
from datetime import datetime
from typing import Any

import pytest

from deploy_ui.enums import Role
from deploy_ui.services import deployments, images
from deploy_ui.services.readmes import texts
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import As, Client
from tests.pictures import PNG, SVG

WRONG_METHODS = [
    ("POST", "", "GET, PUT"),
    ("DELETE", "", "GET, PUT"),
    ("PATCH", "", "GET, PUT"),
    ("GET", "/publish", "DELETE, POST"),
    ("GET", "/restore", "POST"),
    ("PUT", "/files/x.png", "GET"),
    ("DELETE", "/versions/1", "GET"),
]


@pytest.fixture(params=["deployments", "images"])
def url(request: pytest.FixtureRequest, database: str) -> str:
    assert database
    name = factories.deployment().slug if request.param == "deployments" else factories.image().id
    return f"/api/v1/{request.param}/{name}/readme"


def delete(url: str) -> None:
    kind, name = url.split("/")[3:5]
    verb = deployments.delete if kind == "deployments" else images.delete
    verb(factories.viewer(Role.ADMIN), name)


async def put(client: Client, url: str, text: str | bytes, **headers: str) -> Any:
    return await client.put(url, content=text, headers={"content-type": "text/markdown", **headers})


async def add(client: Client, url: str, data: bytes = PNG, name: str = "Scores.png") -> Any:
    return await client.post(f"{url}/files", files={"file": (name, data)})


async def test_where_none_was_saved_there_is_an_empty_one(reader: Client, url: str) -> None:
    answer = await reader.get(url)
    assert (answer.status_code, answer.text, answer.headers["etag"]) == (200, "", '"0"')
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"


async def test_a_saved_text_is_read_as_it_is_or_as_json(editor: Client, url: str) -> None:
    saved = await put(editor, url, "# Iris naïve")
    assert saved.status_code == 200
    assert saved.json() == {"version": 1, "changed_at": saved.json()["changed_at"], "changed_by": "Some editor"}
    answer = await editor.get(url)
    assert (answer.text, answer.headers["etag"]) == ("# Iris naïve", '"1"')
    told = await editor.get(url, headers={"accept": "application/json"})
    assert told.json() == {"text": "# Iris naïve", **saved.json()}
    assert told.headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("known", "status"), [('"1"', 304), ('W/"1"', 304), ('"7", "1"', 304), ('"0"', 200), ("1", 200), ("*", 200)]
)
async def test_who_knows_the_newest_is_not_sent_it_again(editor: Client, url: str, known: str, status: int) -> None:
    await put(editor, url, "one")
    answer = await editor.get(url, headers={"if-none-match": known})
    assert (answer.status_code, answer.headers["etag"]) == (status, '"1"')
    assert answer.text == ("" if status == 304 else "one")


@pytest.mark.parametrize("if_match", ['"1"', 'W/"1"', '"7", "1"', "*"])
async def test_who_wrote_on_top_of_the_newest_saves(editor: Client, url: str, if_match: str) -> None:
    await put(editor, url, "one")
    answer = await put(editor, url, "two", **{"if-match": if_match})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_who_wrote_on_top_of_an_older_one_is_told_what_is_newer(editor: Client, url: str) -> None:
    await put(editor, url, "one", **{"if-match": '"0"'})
    newest = (await put(editor, url, "two", **{"if-match": '"1"'})).json()
    answer = await put(editor, url, "three", **{"if-match": '"1"'})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "readme_changed")
    facts = answer.json()["error"]["facts"]
    assert (facts["version"], facts["by"]) == (2, "Some editor")
    assert datetime.fromisoformat(facts["at"]) == datetime.fromisoformat(newest["changed_at"])
    assert (await editor.get(url)).text == "two"


async def test_of_two_who_save_at_once_one_is_told(editor: Client, url: str) -> None:
    answers = await asyncio.gather(*(put(editor, url, text, **{"if-match": '"0"'}) for text in ("a", "b")))
    assert sorted(each.status_code for each in answers) == [200, 409]


@pytest.mark.parametrize("if_match", ["1", "", '"x"', '"1', '"1" "2"', '"' + "9" * 50 + '"'])
async def test_a_version_that_is_none_is_refused(editor: Client, url: str, if_match: str) -> None:
    answer = await put(editor, url, "one", **{"if-match": if_match})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "if_match_wrong")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        pytest.param(b"caf\xe9", 422, "readme_not_utf8", id="not UTF-8"),
        pytest.param(b"a\0b", 422, "readme_nul", id="NUL"),
        pytest.param(b"x" * (texts.MOST_BYTES + 1), 413, "readme_too_large", id="too long"),
    ],
)
async def test_what_is_no_text_is_refused(editor: Client, url: str, data: bytes, status: int, code: str) -> None:
    answer = await put(editor, url, data)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert (await editor.get(url)).text == ""


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/markdown; charset=utf-8", 200),
        ("text/plain", 200),
        ("application/x-www-form-urlencoded", 200),
        ("application/json", 422),
        ("multipart/form-data; boundary=x", 422),
    ],
)
async def test_another_shape_is_refused_and_what_curl_sends_is_not(
    editor: Client, url: str, content_type: str, status: int
) -> None:
    answer = await editor.put(url, content=b"# One", headers={"content-type": content_type})
    assert answer.status_code == status


async def test_a_body_that_never_ends_is_not_kept_in_memory(editor: Client, url: str) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * (1 << 16)

    answer = await editor.put(url, content=endless(), headers={"content-type": "text/markdown"})
    assert answer.status_code == 413
    assert sent < 100


async def test_versions_are_listed_read_and_restored(editor: Client, url: str) -> None:
    for text in ("one", "two"):
        await put(editor, url, text)
    items = (await editor.get(f"{url}/versions")).json()["items"]
    assert [(each["number"], each["size"], each["created_by"]) for each in items] == [
        (2, 3, "Some editor"),
        (1, 3, "Some editor"),
    ]
    assert (await editor.get(f"{url}/versions/1")).text == "one"
    told = await editor.get(f"{url}/versions/1", headers={"accept": "application/json"})
    assert (told.json()["text"], told.json()["version"]) == ("one", 1)
    restored = await editor.post(f"{url}/restore", json={"version": 1})
    assert restored.json()["version"] == 3
    assert (await editor.get(f"{url}/versions")).json()["items"][0]["restored_from"] == 1


@pytest.mark.parametrize(("number", "status"), [("9", 404), ("0", 422), ("-1", 422), ("x", 422), ("9" * 30, 422)])
async def test_a_version_that_is_not_there_is_said(editor: Client, url: str, number: str, status: int) -> None:
    assert (await editor.get(f"{url}/versions/{number}")).status_code == status


async def test_a_picture_is_shown_and_can_do_nothing_else(editor: Client, url: str) -> None:
    added = await add(editor, url)
    assert added.status_code == 201
    name = added.json()["name"]
    assert added.json() == {"name": name, "url": f"{url}/files/{name}", "size": len(PNG)}
    answer = await editor.get(added.json()["url"])
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        pytest.param({"files": {"file": ("x.svg", SVG)}}, "picture_kind", id="svg"),
        pytest.param({"files": {"file": ("x.png", b"")}}, "picture_kind", id="empty"),
        pytest.param({"files": {"picture": ("x.png", PNG)}}, "field_unknown", id="another field"),
        pytest.param({"files": [("file", ("x.png", PNG)), ("file", ("y.png", PNG))]}, "field_twice", id="two"),
        pytest.param({"data": {"file": "x"}, "files": {"more": b""}}, "file_expected", id="a text"),
        pytest.param({"json": {}}, "form_expected", id="no form"),
    ],
)
async def test_another_form_is_refused(editor: Client, url: str, form: dict[str, Any], code: str) -> None:
    answer = await editor.post(f"{url}/files", **form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


async def test_a_form_without_its_picture_is_refused(editor: Client, url: str) -> None:
    field = 'content-disposition: form-data; name="file"; filename=""'
    body = f"--x\r\n{field}\r\n\r\n\r\n--x--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = await editor.post(f"{url}/files", content=body, headers=kind)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "field_missing")
    cut = await editor.post(f"{url}/files", content=body[:60], headers=kind)
    assert (cut.status_code, cut.json()["error"]["code"]) == (422, "form_broken")


async def test_a_picture_of_50_mb_is_not_read_to_its_end(editor: Client, url: str) -> None:
    sent = 0

    async def large() -> Any:
        nonlocal sent
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="x.png"\r\n\r\n' + PNG
        for _ in range(50):
            sent += 1
            yield b"\0" * (1 << 20)
        yield b"\r\n--x--\r\n"

    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = await editor.post(f"{url}/files", content=large(), headers=kind)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "picture_too_large")
    assert sent < 15
    assert [path for path in settings().readmes_dir.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["none-0123456789abcdef.png", "%2e%2e%2fdeploy-ui.db", "a%00b.png"])
async def test_a_picture_that_is_not_there_is_said(editor: Client, url: str, name: str) -> None:
    await add(editor, url)
    assert (await editor.get(f"{url}/files/{name}")).status_code == 404


async def test_an_export_is_one_file_or_a_zip_with_pictures(editor: Client, url: str) -> None:
    await put(editor, url, "# One")
    answer = await editor.get(f"{url}/export")
    assert (answer.text, answer.headers["content-type"]) == ("# One", "text/markdown; charset=utf-8")
    assert re.fullmatch(r'attachment; filename="[\w-]+-readme\.md"', answer.headers["content-disposition"])
    name = (await add(editor, url)).json()["name"]
    await put(editor, url, f"![a](files/{name})")
    answer = await editor.get(f"{url}/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["README.md", f"files/{name}"]


async def test_it_is_published_once_and_revoked_twice(editor: Client, url: str) -> None:
    assert (await editor.post(f"{url}/publish")).json()["error"]["code"] == "readme_none"
    await put(editor, url, "# One")
    first = await editor.post(f"{url}/publish")
    assert first.status_code == 200
    assert (await editor.post(f"{url}/publish")).json() == first.json()
    for _ in range(2):
        assert (await editor.delete(f"{url}/publish")).status_code == 204
    assert (await editor.post(f"{url}/publish")).json() != first.json()


async def test_a_viewer_only_reads(signed_in: As, url: str) -> None:
    editor = signed_in(Role.EDITOR)
    await put(editor, url, "# One")
    name = (await add(editor, url)).json()["name"]
    reader = signed_in(Role.VIEWER)
    for path in ("", "/versions", "/versions/1", f"/files/{name}", "/export"):
        assert (await reader.get(f"{url}{path}")).status_code == 200
    refused = [await put(reader, url, "# Two"), await add(reader, url)]
    assert {each.json()["error"]["code"] for each in refused} == {"role_too_low"}


async def test_what_was_deleted_is_read_and_not_changed(editor: Client, url: str) -> None:
    await put(editor, url, "# One")
    delete(url)
    assert (await editor.get(url)).text == "# One"
    refused = [
        await put(editor, url, "# Two"),
        await add(editor, url),
        await editor.post(f"{url}/restore", json={"version": 1}),
        await editor.post(f"{url}/publish"),
    ]
    assert {each.status_code for each in refused} == {410}
    assert (await editor.delete(f"{url}/publish")).status_code == 204


@pytest.mark.parametrize(("method", "path", "allowed"), WRONG_METHODS)
async def test_a_wrong_method_is_said(editor: Client, url: str, method: str, path: str, allowed: str) -> None:
    answer = await editor.request(method, f"{url}{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("owner", ["deployments/no-such", "images/no-such", "images/a%00b", "deployments/%D0%B8"])
async def test_who_is_not_there_has_none(editor: Client, owner: str) -> None:
    for path in ("", "/versions", "/export", "/files/x-0.png"):
        assert (await editor.get(f"/api/v1/{owner}/readme{path}")).status_code == 404
    assert (await put(editor, f"/api/v1/{owner}/readme", "x")).status_code == 404


async def test_another_sites_page_changes_nothing(client: Client, url: str) -> None:
    client.cookies.set("deploy_ui_session", factories.token(factories.viewer()))
    answer = await put(client, url, "x", origin="https://evil.example")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
