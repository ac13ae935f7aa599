import io
import zipfile

import pytest

from deploy_ui.enums import ImageStatus, Role
from deploy_ui.services import images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from tests import factories
from tests.api.conftest import Client

SCRIPT = b"class Model:\n    def predict(self, payload):\n        return payload\n"
PAGE = b"<script>alert(1)</script>"


@pytest.fixture
def card(database: str) -> ImageCard:
    assert database
    with images.begin(factories.viewer(Role.EDITOR), NewImage(name="iris")) as upload:
        upload.file("serving.py", [SCRIPT])
        upload.file("web/\u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430 1.html", [PAGE])
        return upload.finish()


@pytest.fixture
def ready(database: str) -> ImageCard:
    assert database
    made = factories.image(name="iris")
    return images.card(factories.viewer(), made.id)


async def test_a_file_is_kept_by_the_browser_and_never_shown(reader: Client, card: ImageCard) -> None:
    answer = await reader.get(
        f"/api/v1/images/{card.id}/files/web/\u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430 1.html"
    )
    assert (answer.status_code, answer.content) == (200, PAGE)
    headers = answer.headers
    assert (headers["content-type"], headers["content-length"]) == ("application/octet-stream", str(len(PAGE)))
    assert headers["content-disposition"] == (
        'attachment; filename="________ 1.html"; '
        "filename*=UTF-8''%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0%201.html"
    )
    assert (headers["x-content-type-options"], headers["content-security-policy"]) == ("nosniff", "sandbox")
    assert headers["cache-control"] == "no-store"


async def test_an_image_is_found_by_its_name_too(reader: Client, card: ImageCard) -> None:
    answer = await reader.get(f"/api/v1/images/{card.name}/files/serving.py")
    assert (answer.content, answer.headers["content-disposition"]) == (SCRIPT, 'attachment; filename="serving.py"')


@pytest.mark.parametrize(
    "path",
    [
        *("../src/serving.py", "%2e%2e%2fsrc%2fserving.py", "..%2f..%2f..%2fdeploy-ui.db", "%2fetc%2fpasswd"),
        *("//etc/passwd", "serving.py%00", "web%5c..%5cserving.py", "web", "", "web/../serving.py"),
        *("%252e%252e/serving.py", "web%2f%2e%2e%2fserving.py", "serving.py%0d%0aset-cookie:a"),
    ],
)
async def test_no_path_leads_elsewhere(reader: Client, card: ImageCard, path: str) -> None:
    answer = await reader.get(f"/api/v1/images/{card.id}/files/{path}")
    if answer.status_code == 200:  # the client itself took the dots away, so it asked for the very file
        assert answer.content == SCRIPT
        assert answer.request.url.raw_path.decode().endswith("/files/serving.py")
    else:
        assert answer.status_code == 404


async def test_all_files_come_as_a_zip(reader: Client, card: ImageCard) -> None:
    answer = await reader.get(f"/api/v1/images/{card.id}/archive")
    assert answer.headers["content-disposition"] == 'attachment; filename="iris.zip"'
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == [
        "iris/serving.py",
        "iris/web/\u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430 1.html",
    ]


@pytest.mark.parametrize("what", ["files/serving.py", "archive"])
async def test_files_of_a_deleted_image_are_gone(editor: Client, card: ImageCard, what: str) -> None:
    await editor.delete(f"/api/v1/images/{card.id}")
    answer = await editor.get(f"/api/v1/images/{card.id}/{what}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "image_deleted")


@pytest.mark.parametrize("what", ["files/serving.py", "archive"])
async def test_files_of_no_image_are_not_found(reader: Client, what: str) -> None:
    answer = await reader.get(f"/api/v1/images/img_nothing1/{what}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "image_not_found")


async def test_a_ready_image_is_built_anew_under_a_name(editor: Client, ready: ImageCard) -> None:
    address = f"/api/v1/images/{ready.id}/rebuild"
    made = (await editor.post(address, json={"name": "iris-2"})).json()
    assert (made["name"], made["status"], made["rebuilt_from"]) == ("iris-2", "queued", ready.id)
    refused = await editor.post(address, json={"name": "iris-2"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "image_name_taken")


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"json": {"name": None}}])
async def test_without_a_name_only_what_failed_is_built_again(
    editor: Client, ready: ImageCard, options: dict[str, object]
) -> None:
    answer = await editor.post(f"/api/v1/images/{ready.id}/rebuild", **options)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "image_not_rebuildable")
    failed = factories.image(status=ImageStatus.FAILED)
    answer = await editor.post(f"/api/v1/images/{failed.id}/rebuild", **options)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")


@pytest.mark.parametrize("body", [{"name": 7}, {"names": "a"}, {"name": "Not A Name"}, {"name": "../a"}])
async def test_a_wrong_name_is_refused(editor: Client, ready: ImageCard, body: dict[str, object]) -> None:
    answer = await editor.post(f"/api/v1/images/{ready.id}/rebuild", json=body)
    assert answer.status_code == 422


async def test_usage_says_since_when_and_how_much(reader: Client) -> None:
    image = factories.image()
    factories.deployment(image_id=image.id, name="Iris")
    (row,) = (await reader.get(f"/api/v1/images/{image.id}/usage")).json()["items"]
    assert (row["revisions"], row["wanted"], row["used_until"]) == ([1], True, None)
