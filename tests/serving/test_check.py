"""`check`: every script that cannot be served is told with its line; nothing else is run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving.served import check, surroundings

GOOD = "class Model:\n    def predict(self, payload):\n        return payload\n"


@pytest.mark.parametrize(
    ("script", "code", "line", "words"),
    [
        pytest.param("import no_such_package\n" + GOOD, "script_import_failed", 1, "no_such_package", id="package"),
        pytest.param(
            "def f():\n    1 / 0\n\nf()\n" + GOOD, "script_import_failed", 2, "ZeroDivisionError", id="raises"
        ),
        pytest.param("x = (\n" + GOOD, "script_import_failed", 1, "SyntaxError", id="syntax"),
        pytest.param("import sys\nsys.exit(4)\n", "script_import_failed", 2, "exit code 4", id="exit"),
        pytest.param("class Modell:\n    pass\n", "script_no_model", None, "Model", id="no class"),
        pytest.param("Model = 3\n", "script_no_model", None, "Model", id="no class of that name"),
        pytest.param("\nclass Model:\n    pass\n", "script_no_predict", 2, "predict", id="no predict"),
        pytest.param("class Model:\n    predict = 3\n", "script_no_predict", 1, "predict", id="predict is no method"),
        pytest.param(
            "class Model:\n    def predict(self):\n        ...\n", "script_no_predict", 2, "payload", id="takes nothing"
        ),
        pytest.param(
            "class Model:\n    def predict(self, a, b):\n        ...\n",
            "script_no_predict",
            2,
            "b",
            id="takes too much",
        ),
    ],
)
def test_a_script_that_cannot_be_served(tmp_path: Path, script: str, code: str, line: int | None, words: str) -> None:
    checked = check(tmp_path, script)
    assert (checked.code, checked.fault["code"], checked.fault["line"]) == (3, code, line)
    assert words in checked.fault["message"]


def test_the_traceback_begins_in_the_script(tmp_path: Path) -> None:
    checked = check(tmp_path, "def f():\n    1 / 0\n\nf()\n")
    assert "deploy_ui_serving" not in checked.stderr
    assert checked.stderr.count("serving.py") == 2


def test_nothing_is_loaded(tmp_path: Path) -> None:
    script = GOOD + "    def __init__(self):\n        1 / 0\n    def load(self):\n        1 / 0\n"
    assert check(tmp_path, script).code == 0


def test_a_thread_of_the_script_does_not_hold_the_check(tmp_path: Path) -> None:
    script = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n" + GOOD
    assert check(tmp_path, script).code == 0


def test_files_beside_the_script_are_imported(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("answer = 42\n")
    assert check(tmp_path, "from helper import answer\n" + GOOD).code == 0


def test_a_file_named_like_a_package_of_ours_does_no_harm(tmp_path: Path) -> None:
    for name in ("uvicorn", "pydantic", "json"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError\n")
    assert check(tmp_path, "import json\n" + GOOD).code == 0


def test_a_script_may_use_all_of_our_server_packages(tmp_path: Path) -> None:
    script = "import uvicorn\nfrom uvicorn import Config\nassert uvicorn.run and uvicorn.__version__ and Config\n"
    assert check(tmp_path, script + GOOD).code == 0


@pytest.mark.parametrize(
    "arguments",
    [[], ["serve"], ["model"], ["model", "--entry=a", "b"], ["model", "--port=1"], ["check", "--entry=a", "--kind=x"]],
)
def test_wrong_arguments_are_told(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "deploy_ui_serving", *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--entry FILE" in done.stderr


def test_a_script_sees_no_arguments_of_ours(tmp_path: Path) -> None:
    assert check(tmp_path, "import argparse\nargparse.ArgumentParser().parse_args()\n" + GOOD).code == 0


def test_an_asgi_app_is_found(tmp_path: Path) -> None:
    checked = check(tmp_path, "async def app(scope, receive, send): ...\n", "asgi")
    assert (checked.code, checked.schema) == (0, None)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("application = 1\n", "named app"),
        ("app = 1\n", "int"),
        ("class app: pass\n", "type"),
        ("class Flask:\n    def wsgi_app(self): ...\n    __call__ = wsgi_app\napp = Flask()\n", "WSGI"),
    ],
)
def test_a_script_without_an_asgi_app(tmp_path: Path, script: str, words: str) -> None:
    checked = check(tmp_path, script, "asgi")
    assert (checked.code, checked.fault["code"]) == (3, "script_no_app")
    assert words in checked.fault["message"]
