import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, Invalid, NotFound, TooLarge, Unavailable
from deploy_ui.services.readmes import owners, pictures
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import NewPicture, Picture
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.pictures import AVIF, GIF, JPEG, PNG, SVG, WEBP


def add(by: Viewer, owner: Owner, data: bytes = PNG, name: str = "Scores 2026.PNG") -> Picture:
    with NewPicture(by, owner, name) as new:
        for start in range(0, len(data), 7):
            new.write(data[start : start + 7])
        return new.keep()


def on_disk() -> list[Path]:
    return [path for path in pictures.folder().rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "media_type", "ending"),
    [
        (PNG, "image/png", "png"),
        (JPEG, "image/jpeg", "jpg"),
        (GIF, "image/gif", "gif"),
        (WEBP, "image/webp", "webp"),
        (AVIF, "image/avif", "avif"),
        (AVIF.replace(b"ftypavif", b"ftypmif1") + b"avif" * 9, "image/avif", "avif"),
    ],
)
def test_a_picture_is_known_by_its_bytes(
    editor: Viewer, owner: Owner, data: bytes, media_type: str, ending: str
) -> None:
    added = add(editor, owner, data, "drawing.svg")
    assert (added.media_type, added.size) == (media_type, len(data))
    assert added.name.startswith("drawing-")
    assert added.name.endswith(f".{ending}")
    found = pictures.find(editor, owner, added.name)
    assert found == added
    assert found.path.read_bytes() == data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(SVG, id="svg"),
        pytest.param(b"<html><script>alert(1)</script>", id="html"),
        pytest.param(b"\0" * 5000, id="zeros"),
        pytest.param(b"RIFF\0\0\0\0WAVE" + b"\0" * 99, id="a sound"),
        pytest.param(b"\0\0\0\x20ftypisom" + b"\0" * 99, id="a film"),
        pytest.param(b" " + PNG, id="not from the first byte on"),
        pytest.param(b"BM" + b"\0" * 99, id="bmp"),
    ],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(editor: Viewer, owner: Owner, data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        add(editor, owner, data, "picture.png")
    assert (caught.value.code, caught.value.field) == ("picture_kind", "file")
    assert on_disk() == []


def test_what_is_no_picture_is_refused_with_its_first_bytes(editor: Viewer, owner: Owner) -> None:
    with NewPicture(editor, owner, "x.png") as new, pytest.raises(Invalid):
        new.write(b"\0" * pictures.HEAD_BYTES)


def test_a_picture_over_the_limit_is_refused_at_the_limit(editor: Viewer, owner: Owner) -> None:
    with NewPicture(editor, owner, "x.png") as new:
        new.write(PNG + b"\0" * (pictures.MOST_BYTES - len(PNG)))
        with pytest.raises(TooLarge) as caught:
            new.write(b"\0")
    assert (caught.value.code, caught.value.facts) == ("picture_too_large", {"limit_mb": 10})
    assert on_disk() == []


def test_the_same_picture_twice_is_one(editor: Viewer, owner: Owner) -> None:
    assert add(editor, owner) == add(editor, owner)
    assert len(on_disk()) == 1


@pytest.mark.parametrize(
    ("given", "stem"),
    [
        ("Scores 2026.PNG", "scores-2026"),
        ("Größe à la carte.png", "grosse-a-la-carte"),
        ("../../etc/passwd", "picture"),
        ("..\\..\\a b.png", "a-b"),
        (".png", "picture"),
        ("", "picture"),
        ("\0\n\u202e.png", "picture"),
        ("🦊.png", "picture"),
        ("x" * 5000 + ".png", "x" * 40),
    ],
)
def test_its_name_is_plain_whatever_it_was_called(editor: Viewer, owner: Owner, given: str, stem: str) -> None:
    name = add(editor, owner, name=given).name
    assert pictures.NAME.fullmatch(name)
    assert name.rpartition("-")[0] == stem
    assert pictures.named_in(f"![x](files/{name})") == {name}


def test_a_readme_holds_so_many_and_no_more(editor: Viewer, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_FILES", 2)
    for number in (b"1", b"2"):
        add(editor, owner, PNG + number)
    with pytest.raises(Conflict) as caught:
        add(editor, owner, PNG + b"3")
    assert (caught.value.code, caught.value.facts) == ("pictures_too_many", {"most": 2})
    assert len(on_disk()) == 2


def test_the_last_place_is_taken_once(editor: Viewer, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_FILES", 1)
    with NewPicture(editor, owner, "a.png") as first, NewPicture(editor, owner, "b.png") as second:
        first.write(PNG)
        second.write(JPEG)
        first.keep()
        with pytest.raises(Conflict, match="pictures_too_many"):
            second.keep()


@pytest.mark.parametrize("name", ["", "..", "../x.png", "%2e%2e", "x" * 500 + ".png", "a\0b.png", "none-0.png"])
def test_a_name_that_is_none_finds_nothing(editor: Viewer, owner: Owner, name: str) -> None:
    add(editor, owner)
    with pytest.raises(NotFound, match="picture_not_found"):
        pictures.find(editor, owner, name)


def test_a_picture_of_another_readme_is_not_found(editor: Viewer, owner: Owner) -> None:
    name = add(editor, owner).name
    for other in (owners.of_deployment(factories.deployment().slug), owners.of_image(factories.image().id)):
        with pytest.raises(NotFound, match="picture_not_found"):
            pictures.find(editor, other, name)
        add(editor, other, JPEG)
        with pytest.raises(NotFound, match="picture_not_found"):
            pictures.find(editor, other, name)


def test_a_picture_whose_bytes_are_gone_is_not_found(editor: Viewer, owner: Owner) -> None:
    added = add(editor, owner)
    added.path.unlink()
    with pytest.raises(NotFound, match="picture_not_found"):
        pictures.find(editor, owner, added.name)


def test_a_viewer_sees_it(editor: Viewer, reader: Viewer, owner: Owner) -> None:
    added = add(editor, owner)
    assert pictures.find(reader, owner, added.name) == added


def test_a_viewer_adds_none(reader: Viewer, owner: Owner) -> None:
    with pytest.raises(Forbidden):
        add(reader, owner)
    with pytest.raises(Forbidden):
        pictures.check_room(reader, owner)


def test_what_was_deleted_shows_its_pictures_and_takes_none(
    editor: Viewer, owner: Owner, deleted: Callable[[], Owner]
) -> None:
    name = add(editor, owner).name
    deleted()
    assert pictures.find(editor, owner, name).size == len(PNG)
    with pytest.raises(Gone):
        add(editor, owner, JPEG)


def test_a_full_disk_is_said(editor: Viewer, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    with pytest.raises(Unavailable, match="disk_full"):
        add(editor, owner)


@pytest.mark.parametrize("ends", [AppError("x"), KeyboardInterrupt()])
def test_what_ends_early_leaves_nothing(editor: Viewer, owner: Owner, ends: BaseException) -> None:
    def broken() -> None:
        with NewPicture(editor, owner, "a.png") as new:
            new.write(PNG)
            raise ends

    with pytest.raises(type(ends)):
        broken()
    assert on_disk() == []
