from pathlib import Path

import pytest

from deploy_ui.errors import Invalid, TooLarge
from deploy_ui.services import trees
from deploy_ui.services.trees import Budget, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree", Budget(1))


def put(tree: Tree, path: str, data: bytes = b"x") -> None:
    with tree.create(path) as sink:
        sink.write(data)


def test_a_file_lies_where_its_path_says(tree: Tree) -> None:
    put(tree, "./models/./iris.bin", b"abc")
    assert ((tree.root / "models" / "iris.bin").read_bytes(), tree.files()[0].size) == (b"abc", 3)


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "/etc/passwd", "../up", "a/../../up", "a/..", "a//b", "a/"),
        *("a\\b", "..\\up", "C:evil", "C:\\evil", "a\0b", "a\nb", "a\x1bb", "a\u202eb", "\udcff", " a", "a "),
        *("x" * 256, "ü" * 128, "d/" * 40 + "f", ("x" * 100 + "/") * 6 + "f"),
    ],
)
def test_a_path_that_is_a_trick_is_refused(tree: Tree, path: str) -> None:
    with pytest.raises(Invalid, match="path_unsafe"):
        tree.create(path)


def test_what_cannot_be_seen_in_a_refused_path_is_spelled_out(tree: Tree) -> None:
    with pytest.raises(Invalid) as refused:
        tree.create("a\u202eb")
    assert refused.value.facts["path"] == "a\\u202eb"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("a", "a"), ("a", "A"), ("straße", "STRASSE"), ("\u00e9", "e\u0301")),
        *(("a", "a/b"), ("a/b", "a"), ("A/b", "a/c"), ("a/b", "A")),
    ],
)
def test_a_path_that_another_hides_is_refused(tree: Tree, first: str, second: str) -> None:
    put(tree, first)
    with pytest.raises(Invalid, match="path_taken"):
        tree.create(second)


def test_the_first_byte_over_the_limit_ends_it(tree: Tree) -> None:
    put(tree, "a", bytes(1024**2))
    with pytest.raises(TooLarge), tree.create("b") as sink:
        sink.write(b"x")


def test_too_many_files_are_refused(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST_FILES", 2)
    put(tree, "a")
    put(tree, "b")
    with pytest.raises(TooLarge, match="upload_too_many_files"):
        tree.create("c")


def test_a_file_that_was_not_written_whole_does_not_count(tree: Tree) -> None:
    with pytest.raises(ZeroDivisionError), tree.create("a"):
        raise ZeroDivisionError
    assert tree.files() == []


def test_files_are_taken_over_from_another_tree_and_still_collide(tree: Tree, tmp_path: Path) -> None:
    other = Tree(tmp_path / "other", Budget(1))
    put(other, "top/a")
    put(tree, "A")
    with pytest.raises(Invalid, match="path_taken"):
        tree.adopt(other, below="top")
