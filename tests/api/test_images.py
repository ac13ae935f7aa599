import io
import zipfile
from collections.abc import AsyncIterator
from functools import partial

import pytest
from fastapi import FastAPI

from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, Role
from deploy_ui.models import Image
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import Client

SCRIPT = "class Model:\n    def predict(self, payload):\n        return payload\n"
BOUNDARY = "----boundary"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}

Part = tuple[str, str | None, bytes]


def form(*parts: Part, end: str = "--\r\n") -> bytes:
    """Write a form as a client would, parts in this order."""
    lines = b""
    for name, filename, content in parts:
        named = f'; filename="{filename}"' if filename is not None else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        lines += head.encode() + content + b"\r\n"
    return lines + f"--{BOUNDARY}{end}".encode()


def text(name: str, value: str) -> Part:
    return name, None, value.encode()


def files() -> dict[str, bytes]:
    """What lies on disk below the images, without the image's own folder."""
    root = settings().images_dir
    found = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix().partition("/src/")[2]: path.read_bytes() for path in found}


NAME, SCRIPT_TEXT = text("name", "iris"), text("script", SCRIPT)
SCRIPT_FILE: Part = ("script", "serving.py", SCRIPT.encode())


@pytest.mark.parametrize(
    "parts",
    [
        (NAME, SCRIPT_TEXT),
        (SCRIPT_TEXT, NAME),
        (NAME, SCRIPT_FILE),
        (SCRIPT_FILE, NAME),
        (NAME, ("files", "serving.py", SCRIPT.encode())),
        (NAME, SCRIPT_TEXT, ("files", "", b"")),
    ],
)
async def test_a_script_comes_as_text_or_file_in_any_order(editor: Client, parts: tuple[Part, ...]) -> None:
    answer = await editor.post("/api/v1/images", content=form(*parts), headers=FORM)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["entry"]) == ("queued", "serving.py")
    assert files() == {"serving.py": SCRIPT.encode()}


async def test_everything_that_an_image_may_have_comes_in_one_form(editor: Client) -> None:
    weights = bytes(range(256)) * 1000
    body = form(
        ("files", "model/weights.bin", weights),
        ("requirements", "my-requirements.txt", b"numpy\n"),
        ("script", "my_serving.py", SCRIPT.encode()),
        text("env", '{"SECRET": "s3cret"}'),
        text("ready_path", "/ready"),
        text("kind", "model"),
        NAME,
    )
    card = (await editor.post("/api/v1/images", content=body, headers=FORM)).json()
    assert (card["entry"], card["ready_path"], card["env_names"]) == ("my_serving.py", "/ready", ["SECRET"])
    assert card["requirements"] == "numpy\n"
    assert "s3cret" not in str(card)
    assert files()["model/weights.bin"] == weights


async def test_the_entry_may_be_named_before_or_after_the_script(editor: Client) -> None:
    entry, other = text("entry", "main.py"), ("files", "main.py", SCRIPT.encode())
    for number, parts in enumerate(((SCRIPT_FILE, entry, other), (entry, other, SCRIPT_FILE))):
        body = form(text("name", f"iris-{number}"), *parts)
        answer = await editor.post("/api/v1/images", content=body, headers=FORM)
        assert (answer.status_code, answer.json()["entry"]) == (201, "main.py")


async def test_a_file_that_was_sent_as_text_is_told_so(editor: Client) -> None:
    answer = await editor.post("/api/v1/images", content=form(NAME, text("files", "model.bin")), headers=FORM)
    assert (answer.json()["error"]["code"], answer.json()["error"]["field"]) == ("file_expected", "files")


async def test_an_archive_is_unpacked(editor: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("project/serving.py", SCRIPT)
        archive.writestr("project/data/a.txt", "a")
    body = form(("archive", "project.zip", packed.getvalue()), NAME)
    assert (await editor.post("/api/v1/images", content=body, headers=FORM)).status_code == 201
    assert files() == {"serving.py": SCRIPT.encode(), "data/a.txt": b"a"}


async def test_a_form_that_comes_byte_by_byte_is_the_same_form(editor: Client) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for byte in form(NAME, SCRIPT_FILE):
            yield bytes([byte])

    assert (await editor.post("/api/v1/images", content=slowly(), headers=FORM)).status_code == 201
    assert files() == {"serving.py": SCRIPT.encode()}


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ((SCRIPT_TEXT,), "name"),
        ((NAME,), "script"),
        ((text("name", "Not A Name"), SCRIPT_TEXT), "name"),
        ((text("name", "n" * 10_000), SCRIPT_TEXT), "name"),
        ((NAME, NAME, SCRIPT_TEXT), "name"),
        ((NAME, SCRIPT_TEXT, text("colour", "red")), "colour"),
        ((NAME, SCRIPT_TEXT, ("model", "a.bin", b"a")), "model"),
        ((NAME, SCRIPT_TEXT, text("kind", "docker")), "kind"),
        ((NAME, SCRIPT_TEXT, text("env", "A=1")), "env"),
        ((NAME, SCRIPT_TEXT, text("env", '{"A": 1}')), "env"),
        ((NAME, text("kind", "command")), "command"),
        ((NAME, SCRIPT_TEXT, ("files", "../../etc/passwd", b"a")), "files"),
        ((NAME, SCRIPT_TEXT, ("files", "a\\b", b"a")), "files"),
        ((NAME, ("script", "../serving.py", b"a")), "files"),
        ((NAME, SCRIPT_TEXT, ("archive", "a.zip", b"not a zip")), "archive"),
        (tuple(text(f"f{number}", "") for number in range(200)), "f0"),
        ((text("command", "c" * (1024 * 1024 + 1)),), "command"),
    ],
)
async def test_a_wrong_form_names_its_field_and_leaves_nothing_behind(
    editor: Client, parts: tuple[Part, ...], field: str
) -> None:
    answer = await editor.post("/api/v1/images", content=form(*parts), headers=FORM)
    assert (answer.status_code, answer.json()["error"].get("field")) == (422, field)
    assert files() == {}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", FORM),
        (b"not a form", FORM),
        (form(NAME, SCRIPT_FILE)[:-40], FORM),
        (form(NAME, SCRIPT_FILE, end=""), FORM),
        (form(NAME, SCRIPT_FILE), {"content-type": "multipart/form-data"}),
        (form(NAME, SCRIPT_FILE), {"content-type": "multipart/form-data; boundary=" + "b" * 300}),
        (form(NAME, text("", "nameless")), FORM),
        (b'{"name": "iris"}', {"content-type": "application/json"}),
        (b"name=iris", {"content-type": "application/x-www-form-urlencoded"}),
    ],
)
async def test_a_form_that_breaks_off_makes_nothing(editor: Client, body: bytes, headers: dict[str, str]) -> None:
    answer = await editor.post("/api/v1/images", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "body")
    assert files() == {}


async def test_an_upload_stops_at_its_limit_and_leaves_nothing_behind(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_UI_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    body = form(NAME, SCRIPT_TEXT, ("files", "weights.bin", b"0" * (1024 * 1024 + 1)))
    answer = await editor.post("/api/v1/images", content=body, headers=FORM)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "upload_too_large")
    assert answer.json()["error"]["facts"] == {"limit_mb": 1}
    assert files() == {}


async def test_a_client_that_goes_away_leaves_nothing_behind(
    app: FastAPI, editor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    begun = form(NAME, ("files", "weights.bin", b"0" * 100_000))[:-50_000]
    messages: list[dict[str, object]] = [
        {"type": "http.request", "body": begun, "more_body": True},
        {"type": "http.disconnect"},
    ]
    headers = FORM | {"authorization": editor.headers["authorization"]}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/images",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, partial(anext, aiter(_each(messages))), _ignore)
    assert files() == {}
    assert caplog.records == []


async def _each(messages: list[dict[str, object]]) -> AsyncIterator[dict[str, object]]:
    for message in messages:
        yield message


async def _ignore(_: object) -> None:
    pass


async def test_a_taken_name_is_refused_before_the_files_come(editor: Client) -> None:
    factories.image(name="iris")

    async def endless() -> AsyncIterator[bytes]:
        yield form(NAME, end="\r\n")
        raise AssertionError("the files were asked for")

    answer = await editor.post("/api/v1/images", content=endless(), headers=FORM)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "image_name_taken")


async def test_images_are_listed_page_by_page(reader: Client) -> None:
    made = {factories.image(name=f"image-{number}").id for number in range(5)}
    first = (await reader.get("/api/v1/images?limit=3")).json()
    second = (await reader.get("/api/v1/images", params={"limit": 3, "cursor": first["next"]})).json()
    assert {row["id"] for row in first["items"] + second["items"]} == made
    assert second["next"] is None


async def test_images_are_found_by_name_and_status(reader: Client) -> None:
    factories.image(name="iris")
    factories.image(name="wine", status=ImageStatus.FAILED)
    assert [row["name"] for row in (await reader.get("/api/v1/images?search=IRI")).json()["items"]] == ["iris"]
    assert [row["name"] for row in (await reader.get("/api/v1/images?status=failed")).json()["items"]] == ["wine"]


async def test_an_image_that_is_used_is_not_deleted_and_says_by_whom(editor: Client) -> None:
    image = factories.image()
    factories.deployment(image_id=image.id, name="Iris")
    answer = await editor.delete(f"/api/v1/images/{image.id}")
    assert answer.status_code == 409
    assert answer.json()["error"]["facts"]["deployments"] == ["Iris"]
    usage = (await editor.get(f"/api/v1/images/{image.id}/usage")).json()["items"]
    assert [(row["name"], row["now"]) for row in usage] == [("Iris", True)]


async def test_an_unused_image_is_deleted_and_deleting_twice_is_fine(editor: Client) -> None:
    image = factories.image()
    for _ in range(2):
        assert (await editor.delete(f"/api/v1/images/{image.id}")).status_code == 204
    assert (await editor.get(f"/api/v1/images/{image.name}")).status_code == 404
    assert (await editor.get(f"/api/v1/images/{image.id}")).json()["deleted"] is True


async def test_a_build_is_canceled_and_run_again(editor: Client) -> None:
    image = factories.image(status=ImageStatus.QUEUED)
    assert (await editor.post(f"/api/v1/images/{image.id}/cancel")).json()["status"] == "canceled"
    assert (await editor.post(f"/api/v1/images/{image.id}/rebuild")).json()["status"] == "queued"


async def test_a_failed_build_shows_its_reason_with_the_facts(reader: Client) -> None:
    image = factories.image(factories.viewer(Role.EDITOR), status=ImageStatus.QUEUED)
    with transaction() as session:
        row = session.get(Image, image.id)
        assert row is not None
        row.status, row.reason, row.facts = ImageStatus.FAILED, "package_unknown", {"name": "nunpy"}
    card = (await reader.get(f"/api/v1/images/{image.id}")).json()
    assert (card["status"], card["reason"], card["facts"]) == ("failed", "package_unknown", {"name": "nunpy"})
