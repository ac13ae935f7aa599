"""Every example builds with the real builder, answers its own sample request, and is what its README says."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from deploy_ui.builds.base import BuildSpec
from deploy_ui.builds.command import run_command, run_env
from deploy_ui.builds.uv import build
from deploy_ui.enums import ImageKind
from deploy_ui.services import examples
from deploy_ui.services.examples import Example
from deploy_ui.settings import settings
from tests.builds.recorder import Recorder
from tests.ports import free_port
from tests.waiting import eventually

Run = Callable[[str], httpx.Client]
NUMPY = """
from typing import Any
import numpy as np
import numpy.typing as npt

class Model:
    def predict(self, rows: npt.NDArray[np.float32]) -> dict[str, Any]:
        assert rows.dtype == np.float32
        keys = {np.int64(1): rows > 1}
        return {"sum": rows.sum(axis=-1), "most": rows.max(), "count": np.int64(rows.size), "keys": keys}
"""


@pytest.fixture
def environments(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the tests here share environments, so that each is made and compiled once."""
    shared = tmp_path_factory.getbasetemp() / "example-environments"
    shared.mkdir(exist_ok=True)
    (data_dir / "environments").symlink_to(shared)


@pytest.fixture
def running(tmp_path: Path, environments: None, uv_cache: None) -> Iterator[Run]:  # noqa: ARG001 -- both set first
    """Build an example and run it as an instance would be run."""
    processes: list[subprocess.Popen[bytes]] = []
    clients: list[httpx.Client] = []

    def run(name: str, script: str = "") -> httpx.Client:
        example = examples.card(name)
        folder = copied(example, tmp_path / "src", script)
        environment = settings().environments_dir / built(example, folder)
        port = free_port()
        surroundings = {"PORT": str(port), "DEPLOYMENT": "demo", "INSTANCE": "demo-1", **run_env(environment, 8)}
        command = run_command(example.kind, example.entry, example.command, environment)
        processes.append(subprocess.Popen(command, cwd=folder, env=surroundings))
        clients.append(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20))
        eventually(lambda: ready(clients[-1], example.ready_path), 60)
        return clients[-1]

    yield run
    for client in clients:
        client.close()
    for process in processes:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}


def copied(example: Example, folder: Path, script: str) -> Path:
    for file in examples.files(example.id):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.source, folder / file.path)
    if script:
        (folder / example.entry).write_text(script)
    return folder


def built(example: Example, folder: Path) -> str:
    """Build the image and return its environment's name."""
    files = tuple(file.path for file in examples.files(example.id))
    requirements = (folder / "requirements.txt").read_text()
    spec = BuildSpec("img_x", example.kind, folder, files, example.entry, example.command, requirements)
    return build(spec, Recorder()).environment


def ready(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).status_code == 200
    except httpx.TransportError:
        return False


def sample(client: httpx.Client, name: str) -> httpx.Response:
    """Send the example's own request."""
    example = examples.card(name)
    headers = {"content-type": example.request_content_type}
    return client.request(example.request_method, example.request_path, content=example.request_body, headers=headers)


def test_the_classifier_answers_as_its_readme_says(running: Run) -> None:
    client = running("iris-classifier")
    answer = sample(client, "iris-classifier").json()
    assert answer["species"] == "setosa"
    shown = re.search(r'^    (\{"species".*\})$', readme("iris-classifier"), re.MULTILINE)
    assert shown is not None
    assert answer == json.loads(shown[1])
    flower = json.loads(examples.card("iris-classifier").request_body)
    large = {**flower, "petal_length": 6, "petal_width": 2.2}
    batch = client.post("/v1/models/demo:predict", json={"instances": [flower, large]}).json()
    assert [each["species"] for each in batch["predictions"]] == ["setosa", "virginica"]
    wrong = client.post("/predict", json={**flower, "petal_width": -1})
    assert (wrong.status_code, wrong.json()["error"]["fields"][0]["field"]) == (422, "petal_width")


def test_arrays_of_numpy_just_work(running: Callable[[str, str], httpx.Client]) -> None:
    client = running("iris-classifier", NUMPY)
    answer = {"sum": [3.0, 1.5], "most": 2.0, "count": 4, "keys": {"1": [[False, True], [False, False]]}}
    assert client.post("/predict", json=[[1, 2], [1, 0.5]]).json() == answer
    assert client.post("/predict", json=[[1, 2], [1]]).status_code == 422
    tensor = {"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 1, 0.5]}
    outputs = client.post("/v2/models/demo/infer", json={"inputs": [tensor], "outputs": [{"name": "sum"}]}).json()[
        "outputs"
    ]
    assert outputs == [{"name": "sum", "shape": [2], "datatype": "FP32", "data": [3.0, 1.5]}]


def test_the_streaming_app_sends_an_event_a_word(running: Run) -> None:
    client = running("streaming-asgi")
    response = sample(client, "streaming-asgi")
    assert response.headers["content-type"].startswith("text/event-stream")
    *words, end = response.text.strip().split("\n\n")
    assert [json.loads(word.removeprefix("data: "))["number"] for word in words] == list(range(20))
    assert end.startswith("event: end")
    assert sample(client, "streaming-asgi").text == response.text  # the request carries a seed
    assert client.post("/generate", content=b"nothing").status_code == 422


def test_the_fastapi_program_finds_keywords(running: Run) -> None:
    answer = sample(running("fastapi-command"), "fastapi-command").json()
    assert answer == [
        {"word": "instances", "count": 2},
        {"word": "image", "count": 2},
        {"word": "deployment", "count": 1},
    ]


def test_the_examples_are_listed_simplest_first() -> None:
    assert [each.kind for each in examples.rows()] == list(ImageKind)
    assert [each.id for each in examples.rows()] == ["iris-classifier", "streaming-asgi", "fastapi-command"]


@pytest.mark.parametrize("example", examples.rows(), ids=lambda each: each.id)
def test_an_example_is_complete(example: Example) -> None:
    paths = [file.path for file in examples.files(example.id)]
    assert {"README.md", "requirements.txt"} <= set(paths)
    assert "example.toml" not in paths
    assert not example.entry or example.entry in paths
    assert all(path in readme(example.id) for path in paths if path != "README.md")
    assert (
        "=="
        in (
            Path(os.path.commonpath([file.source for file in examples.files(example.id)])) / "requirements.txt"
        ).read_text()
    )
    json.loads(example.request_body)


def readme(example: str) -> str:
    [source] = [file.source for file in examples.files(example) if file.path == "README.md"]
    return source.read_text()
