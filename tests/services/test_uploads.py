import errno
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import BinaryIO

import pytest

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.errors import Invalid, TooLarge, Unavailable
from deploy_ui.services import images, trees, uploads
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
SCRIPT = "class Model:\n    def predict(self, payload):\n        return payload\n"


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer(Role.EDITOR)


def on_disk() -> list[str]:
    folder = settings().images_dir
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def zipped(**files: bytes) -> BinaryIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for path, data in files.items():
            file.writestr(path.replace("__", "/").replace("_py", ".py"), data)
    packed.seek(0)
    return packed


def test_an_archive_loses_the_folder_around_it(editor: Viewer) -> None:
    with images.begin(editor, NewImage(name="a")) as upload:
        upload.archive(zipped(project__serving_py=b"x", project__lib__m_py=b"y"))
        card = upload.finish()
    assert [file.path for file in card.files] == ["lib/m.py", "serving.py"]


def test_files_and_archives_add_up_and_must_not_hide_each_other(editor: Viewer) -> None:
    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload, pytest.raises(Invalid, match="path_taken"):
        upload.archive(zipped(serving_py=b"x"))
    assert on_disk() == []


def test_requirements_come_from_the_uploaded_file_whatever_an_editor_saved_it_as(editor: Viewer) -> None:
    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload:
        upload.file("requirements.txt", ["numpy\r\n".encode("utf-16")])
        assert upload.finish().requirements == "numpy\r\n"


@pytest.mark.parametrize("data", [b"\xff\xfa\x80", b"a\0b", b"a" * 300_000], ids=["bytes", "NUL", "too long"])
def test_requirements_that_are_no_text_are_refused(editor: Viewer, data: bytes) -> None:
    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload:
        upload.file("requirements.txt", [data])
        with pytest.raises(Invalid, match="text_"):
            upload.finish()


def test_an_upload_over_the_limit_ends_at_once_and_nothing_stays(
    editor: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_UI_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    taken = []

    def endless() -> object:
        while True:
            taken.append(1)
            yield bytes(64 * 1024)

    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload, pytest.raises(TooLarge) as refused:
        upload.file("big", endless())  # type: ignore[arg-type]
    assert (len(taken), refused.value.facts, on_disk()) == (16, {"limit_mb": 1}, [])


async def test_nothing_stays_when_the_client_goes_away(editor: Viewer) -> None:
    async def breaking_off() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload, pytest.raises(ConnectionResetError):
        await upload.stream("model.bin", breaking_off())
    assert on_disk() == []


def test_an_upload_that_is_left_is_removed(editor: Viewer) -> None:
    with images.begin(editor, NewImage(name="a", script=SCRIPT)):
        pass
    assert on_disk() == []


def test_an_upload_that_has_ended_takes_no_more(editor: Viewer) -> None:
    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload:
        upload.finish()
        with pytest.raises(Invalid, match="upload_over"):
            upload.file("more", [b""])


def test_a_full_disk_is_told_and_nothing_stays(editor: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_sink: trees.Sink, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with images.begin(editor, NewImage(name="a", script=SCRIPT)) as upload:
        monkeypatch.setattr(trees.Sink, "write", full)
        with pytest.raises(Unavailable, match="disk_full"):
            upload.file("b", [b"x"])
    assert on_disk() == []


def test_what_a_killed_upload_left_is_swept_away_later(editor: Viewer) -> None:
    images.begin(editor, NewImage(name="a", script=SCRIPT))
    uploads.sweep(clock.now())
    assert len(on_disk()) == 1
    uploads.sweep(clock.now() + timedelta(days=1))
    assert on_disk() == []
