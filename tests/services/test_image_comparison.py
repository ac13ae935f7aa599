from typing import Any

import pytest

from deploy_ui import clock, vault
from deploy_ui.builds.base import Built
from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import NotFound
from deploy_ui.services import builds, image_comparison, images
from deploy_ui.services.image_comparison import Comparison, FactChange, FileChange, PackageChange
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer(Role.EDITOR)


def compared(by: Viewer, before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    one, other = factories.image(by, **before), factories.image(by, **after)
    return image_comparison.compare(by, one.id, other.id)


def file(path: str, size: int = 1, sha256: str = "") -> dict[str, object]:
    return {"path": path, "size": size, "sha256": sha256}


def uploaded(by: Viewer, name: str, **files: bytes) -> str:
    with images.begin(by, NewImage(name=name, kind=ImageKind.COMMAND, command="x")) as upload:
        for path, content in files.items():
            upload.file(path, [content])
        return upload.finish().id


def test_an_image_is_the_same_as_itself(editor: Viewer) -> None:
    image = factories.image(editor, lock="a==1", files=[file("a", 1, "x")])
    found = image_comparison.compare(editor, image.id, image.id)
    assert (found.facts, found.packages, found.files) == ([], [], [])
    assert (found.same_packages, found.same_files) == (1, 1)


def test_facts_that_differ_are_named(editor: Viewer) -> None:
    found = compared(
        editor,
        {"python": "3.11.9", "size_bytes": 10, "env_sealed": vault.seal({"A": "1", "B": "secret"})},
        {"python": "3.12.7", "size_bytes": 20, "env_sealed": vault.seal({"B": "hidden", "C": "3"})},
    )
    assert found.facts == [
        FactChange("python", "3.11.9", "3.12.7"),
        FactChange("size_bytes", "10", "20", is_size=True),
        FactChange("env_names", "A, B", "B, C"),
        FactChange("env_values", "B", "B"),
    ]
    assert "secret" not in repr(found)
    assert "hidden" not in repr(found)


def test_packages_are_compared_by_name(editor: Viewer) -> None:
    found = compared(
        editor,
        {"lock": "a==1\nb==1\nd @ https://example.org/d-1.whl\nsame==1"},
        {"lock": "b==2\nc==1\nd @ https://example.org/d-2.whl\nsame==1"},
    )
    assert found.packages == [
        PackageChange("a", "removed", "1", ""),
        PackageChange("b", "changed", "1", "2"),
        PackageChange("c", "added", "", "1"),
        PackageChange("d", "changed", "https://example.org/d-1.whl", "https://example.org/d-2.whl"),
    ]
    assert found.same_packages == 1


def test_files_are_compared_by_size_and_hash(editor: Viewer) -> None:
    found = compared(
        editor,
        {"files": [file("gone", 5), file("hash", 1, "x"), file("same", 1, "x"), file("size", 1, "x"), file("who", 2)]},
        {"files": [file("hash", 1, "y"), file("new", 6), file("same", 1, "x"), file("size", 2, "x"), file("who", 2)]},
    )
    assert found.files == [
        FileChange("gone", "removed", 5, 0),
        FileChange("hash", "changed", 1, 1),
        FileChange("new", "added", 0, 6),
        FileChange("size", "changed", 1, 2),
        FileChange("who", "unknown", 2, 2),
    ]
    assert found.same_files == 1


def test_files_of_images_that_did_not_build_are_read(editor: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = uploaded(editor, "one", a=b"1", b=b"22"), uploaded(editor, "other", a=b"1", b=b"23")
    assert image_comparison.compare(editor, one, other).files == [FileChange("b", "changed", 2, 2)]
    monkeypatch.setattr(image_comparison, "MOST_READ", 3)
    assert image_comparison.compare(editor, one, other).files == [FileChange("b", "unknown", 2, 2)]


def test_a_deleted_image_can_be_compared_as_far_as_it_is_known(editor: Viewer) -> None:
    one, other = uploaded(editor, "one", a=b"1"), uploaded(editor, "other", a=b"1")
    images.delete(editor, one)
    found = image_comparison.compare(editor, one, other)
    assert (found.before.deleted, found.after.deleted) == (True, False)


def test_one_that_is_not_there_is_said_so(editor: Viewer) -> None:
    with pytest.raises(NotFound):
        image_comparison.compare(editor, factories.image(editor).id, "img_nothing1")


def test_relatives_are_offered_first(editor: Viewer) -> None:
    parent = factories.image(editor, name="parent")
    image = factories.image(editor, name="image", rebuilt_from=parent.id)
    child = factories.image(editor, name="child", rebuilt_from=image.id)
    factories.image(editor, name="stranger")
    found = image_comparison.choices(editor, image.id)
    assert [(each.name, each.related) for each in found] == [
        *(("parent", True), ("child", True), ("stranger", False)),
    ]
    assert [each.name for each in image_comparison.choices(editor, image.id, "STRAN")] == ["stranger"]
    assert child.id != image.id


def test_hashes_of_the_build_tell_files_apart_without_reading_them(editor: Viewer) -> None:
    def built(name: str, content: bytes, sha256: str) -> str:
        claim = builds.claim(uploaded(editor, name, a=content), clock.now())
        assert claim is not None
        builds.finish(claim, Built("d", "e", "", 1, None, hashes={"a": sha256}), clock.now())
        return claim.image_id

    one, other = built("one", b"1", "x"), built("other", b"2", "x")
    assert image_comparison.compare(editor, one, other).same_files == 1


def test_what_is_long_is_not_read_for_the_list(editor: Viewer) -> None:
    factories.image(editor, files=[file("a")], lock="a==1")
    (row,) = images.rows(editor).items
    assert not {"files", "lock"} & set(vars(row))
