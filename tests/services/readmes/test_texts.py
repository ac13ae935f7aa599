from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from deploy_ui.db import reading
from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, Invalid, NotFound, TooLarge
from deploy_ui.models import ReadmeVersion
from deploy_ui.services.readmes import owners, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.viewer import Viewer
from tests import factories


def save(by: Viewer, owner: Owner, text: str, **values: Any) -> int:
    return texts.save(by, owner, text.encode(), **values).version


def numbers(by: Viewer, owner: Owner) -> list[int]:
    return [each.number for each in texts.rows(by, owner)]


def test_where_none_was_saved_there_is_an_empty_one(reader: Viewer, owner: Owner) -> None:
    assert texts.read(reader, owner) == texts.NOTHING
    assert texts.rows(reader, owner) == []


def test_a_saved_text_is_read_back_by_everybody(editor: Viewer, reader: Viewer, owner: Owner) -> None:
    saved = texts.save(editor, owner, "# Iris naïve 🌸\n".encode())
    found = texts.read(reader, owner)
    assert (found.text, found.version, found.changed_by) == ("# Iris naïve 🌸\n", 1, "Anna")
    assert found.changed_at == saved.changed_at


def test_an_image_is_found_by_its_name_too(editor: Viewer) -> None:
    image = factories.image(editor)
    save(editor, owners.of_image(image.name), "hello")
    assert texts.read(editor, owners.of_image(image.id)).text == "hello"


def test_every_text_is_a_version(editor: Viewer, owner: Owner) -> None:
    for text in ("one", "two", "three"):
        save(editor, owner, text)
    assert numbers(editor, owner) == [3, 2, 1]
    assert [texts.read(editor, owner, number).text for number in (1, 2, 3)] == ["one", "two", "three"]
    assert [row.size for row in texts.rows(editor, owner)] == [5, 3, 3]


def test_the_same_text_again_is_no_new_version(editor: Viewer, owner: Owner) -> None:
    first = texts.save(editor, owner, b"same")
    assert texts.save(factories.viewer(), owner, b"same", over={0}) == first
    assert numbers(editor, owner) == [1]


def test_an_emptied_text_is_a_version_and_no_lack_of_one(editor: Viewer, owner: Owner) -> None:
    assert (save(editor, owner, ""), save(editor, owner, "")) == (1, 1)
    assert texts.read(editor, owner).version == 1


def test_who_wrote_on_top_of_an_older_version_is_told_of_the_newer(editor: Viewer, owner: Owner) -> None:
    assert save(editor, owner, "mine", over={0}) == 1
    saved = texts.save(factories.viewer(name="Boris"), owner, b"his", over={1})
    with pytest.raises(Conflict) as caught:
        save(editor, owner, "mine again", over={1})
    assert caught.value.code == "readme_changed"
    assert caught.value.facts == {"version": 2, "by": "Boris", "at": saved.changed_at}
    assert save(editor, owner, "both", over={1, 2}) == 3


def test_without_a_version_to_write_on_the_last_one_wins(editor: Viewer, owner: Owner) -> None:
    assert [save(editor, owner, text) for text in ("a", "b")] == [1, 2]


def test_of_two_who_save_at_once_one_is_told(editor: Viewer, owner: Owner) -> None:
    together = Barrier(2)

    def saved(text: str) -> int | str:
        together.wait()
        try:
            return save(editor, owner, text, over={0})
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(saved, ["a", "b"]))) == ["1", "readme_changed"]
    assert numbers(editor, owner) == [1]


def test_of_many_who_save_at_once_none_is_lost(editor: Viewer, owner: Owner) -> None:
    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(lambda text: save(editor, owner, text), "abcde")) == [1, 2, 3, 4, 5]
    assert {texts.read(editor, owner, number).text for number in range(1, 6)} == set("abcde")


def test_only_the_newest_versions_are_kept(editor: Viewer, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_VERSIONS", 3)
    for text in "abcde":
        save(editor, owner, text)
    assert numbers(editor, owner) == [5, 4, 3]
    with pytest.raises(NotFound) as caught:
        texts.read(editor, owner, 2)
    assert (caught.value.code, caught.value.facts) == ("readme_version_not_found", {"version": 2, "most": 3})
    with reading() as session:
        assert session.get(ReadmeVersion, (1, 2)) is None


def test_a_restored_version_becomes_the_newest(editor: Viewer, owner: Owner) -> None:
    for text in ("one", "two"):
        save(editor, owner, text)
    boris = factories.viewer(name="Boris")
    assert texts.restore(boris, owner, 1).version == 3
    assert texts.read(editor, owner).text == "one"
    newest = texts.rows(editor, owner)[0]
    assert (newest.number, newest.restored_from, newest.created_by) == (3, 1, "Boris")
    assert texts.restore(editor, owner, 1).version == 3  # it says so already


@pytest.mark.parametrize("version", [0, -1, 2, 2**31, 10**30])
def test_what_is_not_kept_is_neither_read_nor_restored(editor: Viewer, owner: Owner, version: int) -> None:
    save(editor, owner, "one")
    with pytest.raises(NotFound, match="readme_version_not_found"):
        texts.read(editor, owner, version)
    with pytest.raises(NotFound, match="readme_version_not_found"):
        texts.restore(editor, owner, version)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"a\r\nb\nc\r", "a\nb\nc\r", id="line ends"),
        pytest.param(b"\xef\xbb\xbfa", "a", id="a mark of byte order"),
        pytest.param("\u202e\x1b[31m\u200b".encode(), "\u202e\x1b[31m\u200b", id="control characters"),
        pytest.param(b"x" * texts.MOST_BYTES, "x" * texts.MOST_BYTES, id="the longest"),
    ],
)
def test_odd_texts_are_kept(editor: Viewer, owner: Owner, data: bytes, text: str) -> None:
    texts.save(editor, owner, data)
    assert texts.read(editor, owner).text == text


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        pytest.param(b"caf\xe9", Invalid, "readme_not_utf8", id="another alphabet"),
        pytest.param(b"\xed\xa0\x80", Invalid, "readme_not_utf8", id="half of a pair"),
        pytest.param(b"a\0b", Invalid, "readme_nul", id="NUL"),
        pytest.param(b"x" * (texts.MOST_BYTES + 1), TooLarge, "readme_too_large", id="too long"),
    ],
)
def test_what_is_no_text_is_refused(
    editor: Viewer, owner: Owner, data: bytes, error: type[AppError], code: str
) -> None:
    with pytest.raises(error, match=code):
        texts.save(editor, owner, data)
    assert texts.rows(editor, owner) == []


def test_a_viewer_reads_and_changes_nothing(editor: Viewer, reader: Viewer, owner: Owner) -> None:
    save(editor, owner, "one")
    for change in (lambda: save(reader, owner, "two"), lambda: texts.restore(reader, owner, 1)):
        with pytest.raises(Forbidden):
            change()
    assert numbers(reader, owner) == [1]


def test_what_was_deleted_is_read_and_never_changed(editor: Viewer, owner: Owner, deleted: Callable[[], Owner]) -> None:
    save(editor, owner, "one")
    deleted()
    assert texts.read(editor, owner).text == "one"
    assert numbers(editor, owner) == [1]
    for change in (lambda: save(editor, owner, "two"), lambda: texts.restore(editor, owner, 1)):
        with pytest.raises(Gone, match="_deleted"):
            change()


def test_owners_have_texts_of_their_own(editor: Viewer, owner: Owner) -> None:
    save(editor, owner, "one")
    assert texts.read(editor, owners.of_deployment(factories.deployment().slug)) == texts.NOTHING
    assert texts.read(editor, owners.of_image(factories.image().id)) == texts.NOTHING


@pytest.mark.parametrize(
    ("owner", "code"),
    [
        (Owner(slug="no-such"), "deployment_not_found"),
        (Owner(slug="a\0b"), "deployment_not_found"),
        (Owner(image="no-such"), "image_not_found"),
        (Owner(), "image_not_found"),
    ],
)
def test_who_is_not_there_has_none(editor: Viewer, owner: Owner, code: str) -> None:
    with pytest.raises(NotFound, match=code):
        texts.read(editor, owner)
    with pytest.raises(NotFound, match=code):
        save(editor, owner, "one")
