from pathlib import Path

import pytest

from deploy_ui.builds import script
from deploy_ui.builds.base import BuildFailed
from deploy_ui.enums import ImageKind


def failure(folder: Path, source: bytes, kind: ImageKind = ImageKind.MODEL) -> BuildFailed:
    (folder / "serving.py").write_bytes(source)
    with pytest.raises(BuildFailed) as raised:
        script.check(kind, folder, "serving.py")
    return raised.value


def test_the_line_that_does_not_parse_is_named(tmp_path: Path) -> None:
    told = failure(tmp_path, b"class Model:\n    def predict(self, payload)\n        return 1\n")
    assert (told.code, told.facts["line"]) == ("script_syntax", 2)
    assert "expected ':'" in str(told.facts["message"])


@pytest.mark.parametrize(
    "source",
    [
        b"\x89PNG\r\n\x1a\n",
        b"# coding: nonsense\n",
        "x = 'é'".encode("latin-1"),
        b"(" * 100_000,
        b"-" * 100_000 + b"1",
    ],
    ids=["a picture", "an unknown coding", "another coding", "brackets", "minuses"],
)
def test_what_is_not_python_is_refused(tmp_path: Path, source: bytes) -> None:
    assert failure(tmp_path, source).code == "script_syntax"


@pytest.mark.parametrize("source", [b"\x00", b"\x89PNG\r\n\x1a\n\x00\x00", "class Model: ...".encode("utf-16")])
def test_what_is_no_text_is_called_so(tmp_path: Path, source: bytes) -> None:
    assert failure(tmp_path, source).code == "script_not_text"


@pytest.mark.parametrize(
    ("kind", "source", "code"),
    [
        (ImageKind.MODEL, b"", "script_no_model"),
        (ImageKind.MODEL, b"class Modell:\n    def predict(self, p): ...", "script_no_model"),
        (ImageKind.MODEL, b"class Model:\n    def load(self): ...", "script_no_predict"),
        (ImageKind.ASGI, b"application = 1", "script_no_app"),
    ],
)
def test_what_the_kind_needs_and_nothing_can_give_is_named(
    tmp_path: Path, kind: ImageKind, source: bytes, code: str
) -> None:
    assert failure(tmp_path, source, kind).code == code


@pytest.mark.parametrize(
    "source",
    [
        "class Model:\n    def predict(self, payload): ...",
        "class Model:\n    async def predict(self, payload): ...",
        "class Model:\n    predict = print",
        "class Model(Base): ...",
        "@add_predict\nclass Model: ...",
        "from other import Model",
        "import kserve.model\nclass Mine(kserve.model.Base): ...",
        "from kfserving import KFModel\nclass Mine(KFModel): ...",
        "from other import Something as Model",
        "from other import *",
        "Model = make()",
        "globals()['Model'] = make()",
        "if True:\n    class Model:\n        def predict(self, payload): ...",
    ],
)
def test_what_could_work_is_left_to_the_import(tmp_path: Path, source: str) -> None:
    (tmp_path / "serving.py").write_text(source)
    script.check(ImageKind.MODEL, tmp_path, "serving.py")


def test_a_command_needs_no_script(tmp_path: Path) -> None:
    script.check(ImageKind.COMMAND, tmp_path, "")


def test_a_missing_script_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="script_missing"):
        script.check(ImageKind.MODEL, tmp_path, "serving.py")
