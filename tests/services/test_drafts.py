from base64 import b64decode
from typing import Any

import pytest

from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import Forbidden, Invalid
from deploy_ui.services import drafts, examples, images
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from tests import factories

FINE = "class Model:\n    def predict(self, payload):\n        return payload\n"


@pytest.fixture
def viewer(database: str) -> Viewer:  # noqa: ARG001 -- sets first
    return factories.viewer()


def test_a_script_that_can_work_is_fine(viewer: Viewer) -> None:
    drafts.check_script(viewer, ImageKind.MODEL, FINE)


def test_a_script_that_does_not_parse_is_refused_with_its_line(viewer: Viewer) -> None:
    with pytest.raises(Invalid) as refused:
        drafts.check_script(viewer, ImageKind.MODEL, "class Model:\n    def predict(self\n")
    assert (refused.value.code, refused.value.field, refused.value.facts["line"]) == ("script_syntax", "script", 2)


def test_an_asgi_script_is_asked_for_its_app(viewer: Viewer) -> None:
    with pytest.raises(Invalid) as refused:
        drafts.check_script(viewer, ImageKind.ASGI, FINE)
    assert (refused.value.code, refused.value.facts["file"]) == ("script_no_app", "main.py")


def test_a_command_may_run_anything(viewer: Viewer) -> None:
    drafts.check_script(viewer, ImageKind.COMMAND, "not python at all")


def test_a_requirement_that_no_build_takes_is_refused_with_its_line(viewer: Viewer) -> None:
    with pytest.raises(Invalid) as refused:
        drafts.check_requirements(viewer, "numpy\n-e ./here\n")
    assert (refused.value.field, refused.value.facts["line"]) == ("requirements", 2)


@pytest.mark.parametrize("example", [each.id for each in examples.rows()])
def test_an_image_begun_with_an_example_is_made_of_the_same_files(viewer: Viewer, example: str) -> None:
    draft = drafts.from_example(viewer, example)
    words: dict[str, Any] = {name: text for name, text in draft.words.items() if name != "kind"}
    with images.begin(viewer, NewImage(name="begun", kind=ImageKind(draft.words["kind"]), **words)) as upload:
        for path, content in draft.files.items():
            upload.file(path, [b64decode(content)])
        begun = upload.finish()
    given = examples.create(viewer, example)
    assert begun.files == given.files
    assert (begun.command, begun.ready_path, begun.entry) == (given.command, given.ready_path, given.entry)


def test_an_image_begun_with_another_names_the_files_to_add_again(viewer: Viewer) -> None:
    with images.begin(viewer, NewImage(name="iris", script=FINE, requirements="numpy\n")) as upload:
        upload.file("model/net.onnx", [b"net"])
        other = upload.finish()
    draft = drafts.from_image(viewer, other.id)
    assert draft.words["script"] == FINE
    assert draft.words["requirements"] == "numpy\n"
    assert draft.lacking == ["model/net.onnx"]


def test_a_viewer_begins_no_image(database: str) -> None:  # noqa: ARG001 -- sets first
    viewer = factories.viewer(Role.VIEWER)
    with pytest.raises(Forbidden):
        drafts.from_example(viewer, "iris-classifier")
