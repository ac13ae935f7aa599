"""Scripts of components, run by Node as they lie in the tree: those that import nothing but each other."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_ui.build_pages import ROOT

COMPONENTS = ROOT / "deploy_ui" / "components"
HERE = Path(__file__).parent

Js = Callable[..., Any]


@pytest.fixture(scope="session")
def js() -> Iterator[Callable[[str], Js]]:
    """Return a function that gives, for a script, what evaluates an expression with the names the script exports.

    Further values are named in the expression as they are given. What it gives comes back as JSON.
    """
    command = [_node(), "--no-warnings", str(HERE / "evaluate.mjs")]
    env = os.environ | {"TZ": "Europe/Berlin"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        asked, told = node.stdin, node.stdout

        def of(script: str) -> Js:
            def evaluate(expression: str, **values: Any) -> Any:
                question = {"script": (COMPONENTS / script).as_uri(), "expression": expression, "values": values}
                print(json.dumps(question), file=asked, flush=True)
                answer = json.loads(told.readline())
                assert "error" not in answer, answer["error"]
                return answer["value"]

            return evaluate

        yield of
        asked.close()


def _node() -> str:
    """Return the Node that the package put beside Python."""
    found = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found
    return found
