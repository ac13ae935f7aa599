import io
import zipfile

from deploy_ui.services.readmes import exports, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import NewPicture
from deploy_ui.services.viewer import Viewer
from tests.pictures import PNG

LARGE = PNG + bytes(range(256)) * 4096


def add(by: Viewer, owner: Owner, data: bytes) -> str:
    with NewPicture(by, owner, "p.png") as new:
        new.write(data)
        return new.keep().name


def test_a_text_without_pictures_is_one_file(editor: Viewer, reader: Viewer, owner: Owner) -> None:
    texts.save(editor, owner, "# Iris naïve".encode())
    made = exports.export(reader, owner)
    assert (made.name, made.media_type) == (f"{owner.word}-readme.md", "text/markdown; charset=utf-8")
    assert b"".join(made.pieces) == "# Iris naïve".encode()


def test_what_was_never_saved_is_empty(reader: Viewer, owner: Owner) -> None:
    assert b"".join(exports.export(reader, owner).pieces) == b""


def test_pictures_come_along_where_the_text_looks_for_them(editor: Viewer, owner: Owner) -> None:
    shown, other = add(editor, owner, LARGE), add(editor, owner, PNG)
    text = f"![a](files/{shown}) ![b](files/never-there.png)"
    texts.save(editor, owner, text.encode())
    made = exports.export(editor, owner)
    assert (made.name, made.media_type) == (f"{owner.word}-readme.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(made.pieces))) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["README.md", f"files/{shown}"]
        assert packed.read("README.md").decode() == text
        assert packed.read(f"files/{shown}") == LARGE
    assert other not in text


def test_no_piece_is_large(editor: Viewer, owner: Owner) -> None:
    texts.save(editor, owner, f"files/{add(editor, owner, LARGE)}".encode())
    assert max(map(len, exports.export(editor, owner).pieces)) < 2 * exports.PIECE_BYTES
