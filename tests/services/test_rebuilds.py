from pathlib import Path

import pytest

from deploy_ui import clock
from deploy_ui.builds.base import Built
from deploy_ui.db import reading
from deploy_ui.enums import ImageStatus, Role
from deploy_ui.errors import AppError, Conflict, Forbidden, Gone, Invalid
from deploy_ui.models import Image
from deploy_ui.services import builds, image_files, images, rebuilds
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
SCRIPT = "class Model:\n    def predict(self, payload):\n        return payload\n"
SHA256 = "8a4d3a4e63b3d0c6fb0a4e63b3d0c6fb8a4d3a4e63b3d0c6fb0a4e63b3d0c6fb"


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer(Role.EDITOR)


def waiting(by: Viewer, name: str = "iris") -> ImageCard:
    new = NewImage(name=name, script=SCRIPT, requirements="numpy\n", env={"SECRET": "s3cret"}, ready_path="/ready")
    with images.begin(by, new) as upload:
        with upload.receive("bin/run", runnable=True) as sink:
            sink.write(b"#!/bin/sh\n")
        return upload.finish()


def built(by: Viewer, name: str = "iris", **hashes: str) -> ImageCard:
    claim = builds.claim(waiting(by, name).id, clock.now())
    assert claim is not None
    made = Built("d", "e", "numpy==2", 7, None, packages_bytes=5, python="3.12.7", hashes=hashes)
    builds.finish(claim, made, clock.now())
    return images.card(by, claim.image_id)


def folders() -> list[str]:
    return sorted(path.name for path in settings().images_dir.glob("img_*"))


def test_a_ready_image_is_built_anew_under_another_name(editor: Viewer) -> None:
    first = built(editor)
    second = rebuilds.anew(editor, first.id, "iris-2")
    assert (second.status, second.name, second.rebuilt_from, second.rebuilt_from_name) == (
        *(ImageStatus.QUEUED, "iris-2", first.id, "iris"),
    )
    for field in ("kind", "entry", "ready_path", "requirements", "script", "files", "env_names"):
        assert getattr(second, field) == getattr(first, field)
    assert (second.lock, second.digest, images.card(editor, first.id)) == ("", "", first)
    claim = builds.claim(second.id, clock.now())
    assert claim is not None
    assert claim.spec.env == {"SECRET": "s3cret"}


def test_its_files_are_its_own(editor: Viewer) -> None:
    first = built(editor)
    second = rebuilds.anew(editor, first.id, "iris-2")
    (image_files.folder(second.id) / "serving.py").write_text("changed")
    assert (image_files.folder(first.id) / "serving.py").read_text() == SCRIPT
    assert (image_files.folder(second.id) / "bin" / "run").stat().st_mode & 0o777 == 0o755


def test_a_failed_build_may_become_a_new_image_too(editor: Viewer) -> None:
    card = waiting(editor)
    images.cancel(editor, card.id)
    assert rebuilds.anew(editor, card.id, "iris-2").status == ImageStatus.QUEUED


@pytest.mark.parametrize(
    ("name", "code"), [("iris", "image_name_taken"), ("Iris", "image_name_wrong"), ("", "image_name_wrong")]
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_copied(editor: Viewer, name: str, code: str) -> None:
    first = built(editor)
    with pytest.raises((Conflict, Invalid), match=code):
        rebuilds.anew(editor, first.id, name)
    assert folders() == [first.id]


def test_an_image_that_is_still_being_built_is_not_copied(editor: Viewer) -> None:
    card = waiting(editor)
    with pytest.raises(Conflict, match="image_unfinished"):
        rebuilds.anew(editor, card.id, "iris-2")


def test_nothing_is_made_of_a_deleted_image(editor: Viewer) -> None:
    first = built(editor)
    images.delete(editor, first.id)
    with pytest.raises(Gone):
        rebuilds.anew(editor, first.id, "iris-2")


def test_a_viewer_makes_nothing(editor: Viewer) -> None:
    first, viewer = built(editor), factories.viewer(Role.VIEWER)
    for verb in (lambda: rebuilds.anew(viewer, first.id, "a"), lambda: rebuilds.free_name(viewer, first.id)):
        with pytest.raises(Forbidden):
            verb()


def test_files_that_a_script_changed_are_not_taken_for_the_uploaded_ones(editor: Viewer) -> None:
    first = built(editor, **{"serving.py": SHA256})
    with pytest.raises(Conflict, match="image_file_changed"):
        rebuilds.anew(editor, first.id, "iris-2")
    assert folders() == [first.id]


def test_a_link_in_the_place_of_a_file_is_not_copied(editor: Viewer, tmp_path: Path) -> None:
    first = built(editor)
    script = image_files.folder(first.id) / "serving.py"
    script.unlink()
    (tmp_path / "secret").write_text("s3cret")
    script.symlink_to(tmp_path / "secret")
    with pytest.raises(AppError, match="image_file_gone"):
        rebuilds.anew(editor, first.id, "iris-2")
    assert folders() == [first.id]


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("iris", [], "iris-2"),
        ("iris", ["iris-2"], "iris-3"),
        ("iris-2", [], "iris-3"),
        ("iris-9", ["iris-10"], "iris-11"),
        ("model-2024", [], "model-2024-2"),
        ("fraud-v1", [], "fraud-v1-2"),
        ("a" * 63, [], "a" * 61 + "-2"),
    ],
)
def test_a_free_name_is_offered(editor: Viewer, name: str, taken: list[str], free: str) -> None:
    image = factories.image(editor, name=name)
    for each in taken:
        factories.image(editor, name=each)
    assert rebuilds.free_name(editor, image.id) == free
    images.check_name(editor, free)


def test_what_a_build_found_out_is_on_the_card(editor: Viewer) -> None:
    card = built(editor, **{"serving.py": SHA256})
    assert (card.python, card.packages_bytes, card.build_s is not None) == ("3.12.7", 5, True)
    with reading() as session:
        files = {each["path"]: each["sha256"] for each in session.get_one(Image, card.id).files}
    assert files == {"serving.py": SHA256, "requirements.txt": "", "bin/run": ""}
