"""The order in which Envoy's files are replaced, without Envoy."""

import dataclasses
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy_ui.gateway import calls, files, places, writer
from deploy_ui.gateway.routes import Route, RouteState
from tests.gateway.conftest import serving, waiting

Step = tuple[str, str]
"""A file, and what it says of the deployment: the state of its route or its endpoint."""


@pytest.fixture
def steps(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> list[Step]:  # noqa: ARG001 -- where the files go
    """Collect what is replaced, in order."""
    found: list[Step] = []

    def replace(path: Path, text: str) -> bool:
        found.append((path.stem, said(path, text)))
        return files.replace_if_changed(path, text)

    monkeypatch.setattr(writer, "replace_if_changed", replace)
    return found


def said(path: Path, text: str) -> str:
    if path.name == Path(places.ROUTES).name:
        return next(str(state) for state in re.findall(r'"state": "(\w+)"', text) if state != calls.STATE)
    if path.name == Path(places.CLUSTERS).name:
        localities = json.loads(text)["resources"][0]["load_assignment"]["endpoints"]
        return "instances" if localities else "none"
    return ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [waiting("a")],
            [dataclasses.replace(waiting("a", "127.0.0.1:1"), state=RouteState.SERVING)],
            [("clusters", "instances"), ("routes", "serving")],
            id="wakes: instances before requests",
        ),
        pytest.param(
            [serving("a", "127.0.0.1:1")],
            [waiting("a")],
            [("routes", "waiting"), ("clusters", "none")],
            id="is lost: requests leave before instances",
        ),
        pytest.param(
            [serving("a", "127.0.0.1:1")],
            [Route("a", RouteState.STOPPED)],
            [("routes", "stopped"), ("clusters", "none")],
            id="is stopped: requests leave before instances",
        ),
        pytest.param(
            [Route("a", RouteState.STOPPED)],
            [serving("a", "127.0.0.1:1")],
            [("routes", "waiting"), ("clusters", "instances"), ("routes", "serving")],
            id="is started: held in between",
        ),
        pytest.param(
            [serving("a", "127.0.0.1:1")],
            [serving("a", "127.0.0.1:2")],
            [("clusters", "instances")],
            id="goes on: only instances change",
        ),
        pytest.param([waiting("a")], [waiting("a")], [], id="stays: nothing is written"),
    ],
)
def test_no_request_meets_a_route_without_its_instances(
    steps: list[Step], before: Sequence[Route], after: Sequence[Route], expected: list[Step]
) -> None:
    writer.write(before)
    steps.clear()
    assert writer.write(after) is bool(expected)
    assert steps == expected
