import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy_ui.enums import Role
from deploy_ui.errors import Gone, NotFound
from deploy_ui.services import image_files, images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
SCRIPT = b"class Model:\n    def predict(self, payload):\n        return payload\n"
FILES = {
    "serving.py": SCRIPT,
    "model/weights.bin": bytes(range(256)) * 4096,
    "\u0434\u0430\u043d\u043d\u044b\u0435/\u0442\u0430\u0431\u043b\u0438\u0446\u0430.txt": "\u0430".encode(),
}


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer(Role.EDITOR)


@pytest.fixture
def card(editor: Viewer) -> ImageCard:
    with images.begin(editor, NewImage(name="iris")) as upload:
        for path, content in FILES.items():
            upload.file(path, [content])
        return upload.finish()


@pytest.fixture
def folder(card: ImageCard) -> Path:
    return image_files.folder(card.id)


def read(by: Viewer, card: ImageCard, path: str) -> bytes:
    return b"".join(image_files.one(by, card.id, path).pieces)


def packed(pieces: Iterator[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


@pytest.mark.parametrize("path", FILES)
def test_every_file_comes_as_it_was_uploaded(editor: Viewer, card: ImageCard, path: str) -> None:
    found = image_files.one(editor, card.id, path)
    assert (found.name, found.size) == (path.rsplit("/", 1)[-1], len(FILES[path]))
    assert b"".join(found.pieces) == FILES[path]


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "..", "../src/serving.py", "/etc/passwd", "model", "model/", "./serving.py", "model/../serving.py"),
        *("serving.py/", "serving.py\0", "SERVING.PY", "__pycache__/serving.pyc", "..\\serving.py"),
    ],
)
def test_nothing_but_the_images_files_is_given(editor: Viewer, card: ImageCard, folder: Path, path: str) -> None:
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "serving.pyc").write_bytes(b"compiled")
    with pytest.raises(NotFound, match="image_file_unknown"):
        image_files.one(editor, card.id, path)


def test_a_link_in_the_place_of_a_file_is_not_followed(
    editor: Viewer, card: ImageCard, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("s3cret")
    (folder / "serving.py").unlink()
    (folder / "serving.py").symlink_to(tmp_path / "secret")
    for verb in (lambda: read(editor, card, "serving.py"), lambda: image_files.archive(editor, card.id)):
        with pytest.raises(NotFound, match="image_file_gone"):
            verb()


def test_a_link_in_the_place_of_a_folder_is_not_followed(
    editor: Viewer, card: ImageCard, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "weights.bin").write_text("s3cret")
    (folder / "model").rename(folder / "moved")
    (folder / "model").symlink_to(tmp_path)
    with pytest.raises(NotFound, match="image_file_gone"):
        read(editor, card, "model/weights.bin")


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(editor: Viewer, card: ImageCard, folder: Path) -> None:
    (folder / "serving.py").unlink()
    os.mkfifo(folder / "serving.py")
    with pytest.raises(NotFound, match="image_file_gone"):
        read(editor, card, "serving.py")


def test_a_file_that_grew_is_sent_as_long_as_was_promised(editor: Viewer, card: ImageCard, folder: Path) -> None:
    found = image_files.one(editor, card.id, "serving.py")
    with (folder / "serving.py").open("ab") as file:
        file.write(b"more")
    assert b"".join(found.pieces) == SCRIPT


def test_the_files_of_a_deleted_image_are_gone(editor: Viewer, card: ImageCard) -> None:
    images.delete(editor, card.id)
    for verb in (lambda: read(editor, card, "serving.py"), lambda: image_files.archive(editor, card.id)):
        with pytest.raises(Gone):
            verb()


def test_an_archive_holds_all_files_below_one_folder(editor: Viewer, card: ImageCard, folder: Path) -> None:
    (folder / "stray").write_text("written by the script")
    (folder / "serving.py").chmod(0o755)
    found = image_files.archive(editor, card.id)
    archive = packed(found.pieces)
    assert (found.name, archive.testzip()) == ("iris.zip", None)
    assert {name: archive.read(name) for name in archive.namelist()} == {f"iris/{path}": FILES[path] for path in FILES}
    assert archive.getinfo("iris/serving.py").external_attr >> 16 == 0o100755


def test_an_archive_is_never_whole_in_memory(editor: Viewer, card: ImageCard) -> None:
    pieces = [len(piece) for piece in image_files.archive(editor, card.id).pieces]
    assert (len(pieces) > 3, max(pieces) < 2 * image_files.PIECE) == (True, True)


def test_an_archive_makes_the_same_image_again(editor: Viewer, card: ImageCard) -> None:
    with images.begin(editor, NewImage(name="iris-again")) as upload:
        upload.archive(image_files.archive(editor, card.id).pieces)
        assert upload.finish().files == card.files
